#include "fuzz/stats_page.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace mapfuzz {
namespace {

StatsPage* open_page() {
  const char* path = std::getenv(kStatsVariable);
  if (path == nullptr || *path == '\0') {
    return nullptr;
  }
  const int file = open(path, O_RDWR | O_CLOEXEC);
  StatsPage* page = file < 0 ? nullptr : map_stats_page(file);
  if (file >= 0) {
    close(file);
  }
  if (page == nullptr) {
    std::fprintf(stderr, "mapfuzz: cannot map %s=%s: its reader will see nothing\n", kStatsVariable,
                 path);
  }
  return page;
}

}  // namespace

StatsPage& stats_page() {
  static StatsPage without_supervisor;
  static StatsPage* const shared = open_page();
  return shared != nullptr ? *shared : without_supervisor;
}

// The file's zero bytes are a StatsPage: mapping it begins the object's lifetime, not its values.
StatsPage* map_stats_page(int file) {
  void* memory = mmap(nullptr, kStatsPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<StatsPage*>(memory);
}

void note_death(StatsPage& page, const Progress& progress) {
  page.step = progress.step;
  page.code = progress.code;
  page.phase = progress.phase;
}

}  // namespace mapfuzz
