#include <cstdio>

#include "gomap/map.h"

int main() {
  gomap::Map<int, int> squares;
  for (int n = 0; n < 100; ++n) {
    squares.assign(n) = n * n;
  }
  std::printf("%d entries, 7 squared is %d\n", int(squares.size()), squares.access1(7));
}
