// Which parts of a mapped bucket array lie on small pages, and which of those are there already.
//
// Small pages are brought in a block at a time, when a bucket in it is first written to; huge ones
// come by themselves. Promises: never throws but where it is made.
// Leaves to others: asking for memory and giving it back (pages.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "gomap/pages.h"

namespace gomap::detail {

class PageMap {
 public:
  // Of an array on the heap: nothing to bring in.
  PageMap() = default;

  // `upper_half`, in bytes: where an array that replaces another gets the entries whose new hash
  // bit is set; 0 for any other array. Throws std::bad_alloc.
  PageMap(std::byte* array, std::size_t bytes, PageKind kind, std::size_t upper_half)
      : array_(array),
        tail_(small_pages_from(bytes, kind)),
        end_(bytes),
        there_(bytes / kBlock + 1) {
    // The write that starts a growth writes to four places, two of which are the starts of the
    // halves. On huge pages it would take four faults of those, and be the slowest write of all.
    if (kind == PageKind::huge && upper_half >= 2 * kHugePage) {
      second_small_ = upper_half / kHugePage * kHugePage;
      first_small_ = 0;
      prefer_small_pages(array_, kHugePage);
      prefer_small_pages(array_ + second_small_, kHugePage);
    }
  }

  // A bucket is about to be written to for the first time. Costs nothing where it was before.
  void bring_in(const std::byte* bucket) {
    if (there_.empty()) {
      return;
    }
    const auto at = static_cast<std::size_t>(bucket - array_);
    const Part part = small_part(at);
    if (at >= part.to || there_[at / kBlock]) {
      return;
    }
    there_[at / kBlock] = true;
    const std::size_t block = at / kBlock * kBlock;
    populate(array_ + std::max(block, part.from), array_ + std::min(block + kBlock, part.to));
  }

  // How much is to be given back at once, where `from` bytes are gone already.
  [[nodiscard]] std::size_t piece(std::size_t from) const {
    return from < small_part(from).to ? kSmallPiece : kHugePage;
  }

 private:
  static constexpr std::size_t kBlock = kPopulated;
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  struct Part {
    std::size_t from;
    std::size_t to;
  };

  // The part on small pages that has this byte; an empty one if it is on a huge page.
  [[nodiscard]] Part small_part(std::size_t at) const {
    if (at >= tail_) {
      return {tail_, end_};
    }
    const std::size_t page = at / kHugePage * kHugePage;
    if (page == first_small_ || page == second_small_) {
      return {page, page + kHugePage};
    }
    return {0, 0};
  }

  std::byte* array_ = nullptr;
  // In bytes from the start of the array.
  std::size_t tail_ = kNowhere;  // what fills no huge page
  std::size_t end_ = 0;
  std::size_t first_small_ = kNowhere;
  std::size_t second_small_ = kNowhere;
  std::vector<bool> there_;  // by block
};

}  // namespace gomap::detail
