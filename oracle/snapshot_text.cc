// Two snapshots beside each other.
#include <algorithm>
#include <tuple>

#include "gomap/constants.h"
#include "oracle/cells.h"
#include "oracle/snapshot.h"
#include "oracle/text.h"

namespace mapfuzz {
namespace {

std::uint64_t word_at(const Snapshot& snapshot, std::size_t at) {
  return at < snapshot.words().size() ? snapshot.words()[at] : 0;
}

const char* header_name(std::size_t at) {
  constexpr std::array<const char*, kHeaderWords> names = {
      "count",
      "flags, B, noverflow or hash0",
      "nevacuate",
      "presence of buckets, oldbuckets, extra or its lists",
      "nextOverflow",
      "lengths of overflow and oldoverflow",
      "number of buckets"};
  return names.at(at);
}

// Which of the packed fields of the second word differ.
std::string fields_text(std::uint64_t word) {
  return cat("flags ", word & 0xFFU, ", B ", word >> 8U & 0xFFU, ", noverflow ",
             word >> 16U & 0xFFFFU, ", hash0 ", hex(word >> 32U, 8));
}

std::string presence_text(std::uint64_t word) {
  constexpr std::array<const char*, 5> names = {"buckets", "oldbuckets", "extra", "overflow",
                                                "oldoverflow"};
  std::string out;
  for (std::size_t bit = 0; bit < names.size(); ++bit) {
    if ((word >> bit & 1U) != 0) {
      out += cat(out.empty() ? "" : ", ", names.at(bit));
    }
  }
  return out.empty() ? "none" : out;
}

std::string header_text(std::size_t at, std::uint64_t word) {
  switch (at) {
    case kFieldsWord:
      return fields_text(word);
    case kPresentWord:
      return presence_text(word);
    case kNextOverflowWord:
      return word == 0 ? "none" : cat("bucket ", word - 1);
    case kListsWord:
    case kBucketsWord:
      return cat(word & 0xFFFFFFFFU, " and ", word >> 32U);
    default:
      return cat(word);
  }
}

std::string cell_text(const Snapshot& snapshot, std::size_t at, std::size_t cell, bool elems) {
  const auto state = static_cast<std::uint8_t>(word_at(snapshot, at + 1) >> (8 * cell) & 0xFFU);
  const std::string key = slot_text(word_at(snapshot, at + 2 + cell));
  const std::string elem =
      elems ? cat('=', slot_text(word_at(snapshot, at + 2 + kSnapshotCells + cell)))
            : std::string();
  // A cell without an entry is shown with the bytes that are left in it, where there are any.
  const std::string left = key == "0" && (elem.empty() || elem == "=0") ? "" : cat(key, elem);
  switch (state) {
    case gomap::kEmptyRest:
      return cat('-', left);
    case gomap::kEmptyOne:
      return cat('.', left);
    case gomap::kEvacuatedX:
    case gomap::kEvacuatedY:
      return cat(state == gomap::kEvacuatedX ? "X:" : "Y:", key, elem);
    case gomap::kEvacuatedEmpty:
      return cat('E', left);
    default:
      return cat(hex(state, 2), ':', key, elem);
  }
}

std::string origin_text(std::uint64_t word) {
  const std::uint64_t origin = word & 0xFFFFFFFFU;
  if (origin == 0) {
    return {};
  }
  return origin == kHeapBucket ? " heap" : cat(" #", origin - 1);
}

bool same_cell(const Snapshot& a, std::size_t a_at, const Snapshot& b, std::size_t b_at,
               std::size_t cell, bool elems) {
  const std::uint64_t states = word_at(a, a_at + 1) ^ word_at(b, b_at + 1);
  const std::size_t key = 2 + cell;
  return (states >> (8 * cell) & 0xFFU) == 0 && word_at(a, a_at + key) == word_at(b, b_at + key) &&
         (!elems ||
          word_at(a, a_at + key + kSnapshotCells) == word_at(b, b_at + key + kSnapshotCells));
}

// One bucket; cells whose words differ from the other side's are marked.
std::string bucket_line(const Snapshot& mine, std::size_t at, const Snapshot* other,
                        std::size_t other_at, bool elems) {
  const std::uint64_t link = word_at(mine, at);
  std::string out = origin_text(link) + " [";
  for (std::size_t cell = 0; cell < kSnapshotCells; ++cell) {
    const std::string text = cell_text(mine, at, cell, elems);
    const bool marked = other != nullptr && !same_cell(mine, at, *other, other_at, cell, elems);
    out += cat(marked ? " >" : " ", text, marked ? "<" : "");
  }
  out += " ]";
  if ((link & kAnotherFollows) != 0) {
    out += " ->";
  }
  if (other != nullptr && link != word_at(*other, other_at)) {
    out += "  <-- origin or link";
  }
  return out;
}

bool same_words(const Snapshot& a, std::size_t a_at, const Snapshot& b, std::size_t b_at,
                std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) {
    if (word_at(a, a_at + k) != word_at(b, b_at + k)) {
      return false;
    }
  }
  return true;
}

// For differences in bits that have no text.
std::string raw_words(const Snapshot& snapshot, std::size_t at, std::size_t n) {
  std::string out = "  (";
  for (std::size_t k = 0; k < n; ++k) {
    out += cat(k == 0 ? "" : " ", hex(word_at(snapshot, at + k), 16));
  }
  return out + ")";
}

std::string iterator_text(const Snapshot& snapshot, std::size_t at) {
  const std::uint64_t status = word_at(snapshot, at);
  if (status == 0) {
    return "closed";
  }
  if ((status & 4U) == 0) {
    return "open, of an empty map";
  }
  const auto array = [](std::uint64_t code) {
    constexpr std::array<const char*, 4> names = {"nil", "the array", "the old array", "elsewhere"};
    return names.at(code & 3U);
  };
  const std::uint64_t place = word_at(snapshot, at + 4);
  const std::uint64_t check = word_at(snapshot, at + 3);
  return cat("start ", word_at(snapshot, at + 1), ", offset ", status >> 16U & 0xFFU, ", bucket ",
             word_at(snapshot, at + 2), ", i ", status >> 24U & 0xFFU, ", B ", status >> 8U & 0xFFU,
             (status & 2U) != 0 ? ", wrapped" : "", ", check ",
             check == ~std::uint64_t{0} ? std::string("none") : cat(check), ", walks ",
             array(place), ", at bucket ", place >> 32U, " of ", array(place >> 8U));
}

}  // namespace

std::string slot_text(std::uint64_t word) {
  if (word == kUnknown) {
    return "?";
  }
  if (word == kSomePointer) {
    return "ptr";
  }
  if ((word >> 40U) == 1) {
    return cat(word & 0xFFFFFFFFU, (word & kSecondCopy) != 0 ? "'" : "");
  }
  return word > 0xFFFFFFFFU ? hex(word, 16) : cat(word);
}

SnapshotMap map_of(const Snapshot& snapshot, bool elem_words) {
  SnapshotMap map;
  const std::size_t size = snapshot.words().size();
  map.bucket_words = 2 + kSnapshotCells + (elem_words ? kSnapshotCells : 0);
  std::size_t at = kHeaderWords;
  const std::uint64_t counts = word_at(snapshot, kBucketsWord);
  for (const bool old_array : {false, true}) {
    const std::size_t chains = old_array ? counts >> 32U : counts & 0xFFFFFFFFU;
    for (std::size_t chain = 0; chain < chains && at < size; ++chain) {
      bool more = true;
      for (std::size_t depth = 0; more && at < size; ++depth, at += map.bucket_words) {
        map.buckets.push_back({old_array, chain, depth, at});
        more = (word_at(snapshot, at) & kAnotherFollows) != 0;
      }
    }
  }
  map.iterators_at = at;
  for (int slot = 0; slot < kIteratorSlots; ++slot) {
    at += iterator_words(snapshot, at);
  }
  map.complete = at == size;
  return map;
}

std::string side_by_side(const Snapshot& ours, const Snapshot& theirs, bool elem_words,
                         const char* their_name) {
  const std::size_t width = std::max<std::size_t>(6, std::string_view(their_name).size());
  const auto column = [width](std::string_view name) {
    return std::string(name) + std::string(width - name.size() + 2, ' ');
  };
  const std::string us = column("engine");
  const std::string they = column(their_name);
  const std::string both = column("both");
  std::string out;
  const auto pair = [&](const std::string& name, std::string mine, std::string other, std::size_t a,
                        std::size_t b, std::size_t n) {
    const bool same = same_words(ours, a, theirs, b, n);
    if (!same && mine == other) {
      mine += raw_words(ours, a, n);
      other += raw_words(theirs, b, n);
    }
    if (same) {
      out += cat("  ", both, name, ' ', mine, '\n');
    } else {
      out += cat("> ", us, name, ' ', mine, "\n> ", they, name, ' ', other, '\n');
    }
  };
  for (std::size_t at = 0; at < kHeaderWords; ++at) {
    pair(at == kFieldsWord ? "" : header_name(at), header_text(at, word_at(ours, at)),
         header_text(at, word_at(theirs, at)), at, at, 1);
  }
  const SnapshotMap our_map = map_of(ours, elem_words);
  const SnapshotMap their_map = map_of(theirs, elem_words);
  // Chains may be of different lengths: buckets meet by name.
  const auto key = [](const SnapshotBucket& bucket) {
    return std::tuple(!bucket.old_array, bucket.chain, bucket.depth);
  };
  std::vector<SnapshotBucket> mine = our_map.buckets;
  std::vector<SnapshotBucket> others = their_map.buckets;
  const auto by_name = [&](const SnapshotBucket& a, const SnapshotBucket& b) {
    return key(a) < key(b);
  };
  std::sort(mine.begin(), mine.end(), by_name);
  std::sort(others.begin(), others.end(), by_name);
  auto a = mine.begin();
  auto b = others.begin();
  while (a != mine.end() || b != others.end()) {
    const bool only_ours = b == others.end() || (a != mine.end() && key(*a) < key(*b));
    const bool only_theirs = a == mine.end() || (b != others.end() && key(*b) < key(*a));
    if (only_ours || only_theirs) {
      const SnapshotBucket& one = only_ours ? *a++ : *b++;
      out += cat("> ", only_ours ? us : they, name_of(one),
                 bucket_line(only_ours ? ours : theirs, one.at, nullptr, 0, elem_words),
                 "  <-- here only\n");
      continue;
    }
    if (same_words(ours, a->at, theirs, b->at, our_map.bucket_words)) {
      out += cat("  ", both, name_of(*a), bucket_line(ours, a->at, nullptr, 0, elem_words), '\n');
    } else {
      out +=
          cat("> ", us, name_of(*a), bucket_line(ours, a->at, &theirs, b->at, elem_words), "\n> ",
              they, name_of(*b), bucket_line(theirs, b->at, &ours, a->at, elem_words), '\n');
    }
    ++a;
    ++b;
  }
  std::size_t our_at = our_map.iterators_at;
  std::size_t their_at = their_map.iterators_at;
  for (int slot = 0; slot < kIteratorSlots; ++slot) {
    const std::string mine_text = iterator_text(ours, our_at);
    const std::string their_text = iterator_text(theirs, their_at);
    if (mine_text != "closed" || their_text != "closed") {
      pair(cat("iterator ", static_cast<char>('a' + slot), ":"), mine_text, their_text, our_at,
           their_at, std::max(iterator_words(ours, our_at), iterator_words(theirs, their_at)));
    }
    our_at += iterator_words(ours, our_at);
    their_at += iterator_words(theirs, their_at);
  }
  return out;
}

}  // namespace mapfuzz
