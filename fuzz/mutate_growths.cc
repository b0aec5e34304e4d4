// Mutations that lead a table to its next growth, and through several.
#include <algorithm>

#include "fuzz/foresight.h"
#include "fuzz/mutator.h"
#include "fuzz/story.h"

namespace mapfuzz {

void Mutator::to_threshold(Program& program) {
  const std::size_t at = place(program.operations);
  Story story(program, at, kPlain, choice_);
  if (choice_.one_in(8)) {
    // Large at once, as one operation after the other makes it seldom.
    constexpr std::size_t sizes = 8;  // 4 buckets to 512
    const std::size_t one = choice_.below(sizes);
    story.literal(std::size_t{4} << std::min<std::size_t>(one, choice_.below(sizes)));
  }
  const std::size_t limit = story.table().limit();
  // Where the table is full already, to the next threshold.
  const std::size_t full = story.table().entries() < limit ? limit : 2 * limit;
  story.fill(full - 1 + choice_.below(3));
  insert(program.operations, at, story.operations());
}

void Mutator::across_growth(Program& program) {
  Operations& operations = program.operations;
  const std::size_t at = place(operations);
  const auto slot = static_cast<std::uint8_t>(choice_.below(kIteratorSlots));
  const auto late = static_cast<std::uint8_t>((slot + 1) % kIteratorSlots);
  const auto piece = [&](std::uint8_t of, bool open, std::uint32_t steps) {
    Operations made;
    if (open) {
      made.push_back({.code = OpCode::iter, .slot = of, .draw = {}});
    }
    for (; steps > 0; --steps) {
      made.push_back({.code = OpCode::next, .slot = of, .draw = {}});
    }
    return made;
  };
  Story story(program, at, kPlain, choice_);
  story.start_doubling();
  const std::size_t length = story.operations().size();
  insert(operations, at, story.operations());
  const std::size_t end = at + length;
  // From behind, so that the places before stay what they are.
  if (choice_.one_in(2)) {
    insert(operations, end, piece(late, true, choice_.below(24)));
  }
  insert(operations, end, piece(slot, false, choice_.between(1, 24)));
  const std::size_t back = std::min<std::size_t>(length, choice_.below(8));
  insert(operations, end - back, piece(slot, true, choice_.below(8)));
}

// A growth outlives all entries, which is `hollow`, only where there are next to none.
void Mutator::start_growth(Story& story, bool hollow) {
  if (hollow) {
    story.empty();
  }
  if (!hollow && choice_.one_in(2)) {
    story.start_doubling();
  } else {
    // Short growths outlive the write that starts them where an exception cuts it short.
    story.start_same_size(choice_.one_in(4) ? 2 : kLongGrowth);
  }
}

void Mutator::empty(Story& story, bool hollow) {
  if (!hollow && choice_.one_in(2)) {
    story.clear();
  } else {
    story.empty();
  }
  for (std::uint32_t one = choice_.below(4); one > 0; --one) {
    story.also(author_.one());
  }
}

// One growth after the other under an iterator: some end before the next begins, the iterator is
// opened in any of them, rests where it is or goes on in between, and mostly runs to its end.
void Mutator::across_growths(Program& program) {
  constexpr std::size_t small = 8;  // buckets: four doublings of more fill a program
  HashKind& hash = program.header.hash.kind;
  if (hash != HashKind::identity && !choice_.one_in(4)) {
    program.header.hash = {};
    hash = HashKind::identity;  // under which keys in a row share their buckets
  }
  std::size_t at = choice_.one_in(2) ? 0 : place(program.operations);
  if (Foresight(program, at).buckets() > small) {
    at = 0;
    program.header.hint = choice_.below(choice_.one_in(32) ? 417 : 27);  // mostly four buckets
  }
  Story story(program, at, kPlain, choice_);
  const auto slot = static_cast<std::uint8_t>(choice_.below(kIteratorSlots));
  const auto open = [&] {
    story.open(slot);
    story.next(slot, choice_.below(6));
  };
  if (choice_.one_in(2)) {
    story.fill(choice_.between(1, 24));
  }
  bool opened = choice_.one_in(2);
  if (opened) {
    open();
  }
  const std::uint32_t growths = choice_.between(1, 3);
  for (std::uint32_t n = 0; n < growths; ++n) {
    const bool hollow = choice_.one_in(8);
    start_growth(story, hollow);
    if (!opened || choice_.one_in(8)) {
      open();
      opened = true;
    }
    story.next(slot, choice_.below(4));
    if (hollow || choice_.one_in(16)) {
      empty(story, hollow);
    }
    if (choice_.one_in(2)) {
      story.end_growth();
    } else {
      story.advance(choice_.below(4));
    }
  }
  if (!choice_.one_in(4)) {
    // To its end, which is where it is told what it missed.
    story.next(slot, story.table().entries() + choice_.below(8));
  }
  insert(program.operations, at, story.operations());
}

}  // namespace mapfuzz
