#include <string>
#include <utility>
#include <vector>

#include "oracle/explore_space.h"
#include "oracle/run_plan.h"

namespace mapfuzz {
namespace {

constexpr std::uint32_t kWrites = all_of({OpCode::assign, OpCode::erase, OpCode::clear});
constexpr std::uint32_t kIteration = all_of({OpCode::iter, OpCode::next, OpCode::close});
constexpr std::uint32_t kAll = kWrites | kIteration;

constexpr Row narrow(std::uint8_t width) { return {KeyKind::u64, ElemKind::u64, width}; }

// Top bytes below 5 alias others, equal ones make look-ups compare keys: there are both in every
// space with explicit hashes. Two classes of one bucket that part later stand for a pile that a
// doubling splits; two piles of three are what starts a same-size growth at width 1.

Space overflow_w1(std::string name, std::uint32_t operations, std::uint16_t most_entries = 0) {
  return {.name = std::move(name),
          .about = "two piles of three: chains of three, same-size growth, a growth behind another",
          .row = narrow(1),
          .classes = {{0, 3, 1, 0}, {3, 3, 9, 3}},
          .operations = operations,
          .most_entries = most_entries};
}

Space doublings_w1(std::string name, std::vector<KeyClass> classes, std::uint32_t operations) {
  return {.name = std::move(name),
          .about =
              "seven keys: doublings to 2, 4, 8 and 16 buckets, the last two of them over several "
              "writes",
          .row = narrow(1),
          .classes = std::move(classes),
          .operations = operations};
}

Space walks_w1(std::string name, std::vector<KeyClass> classes, std::vector<std::uint32_t> draws) {
  return {.name = std::move(name),
          .about = "an iterator from every bucket, across doublings to 8 buckets",
          .row = narrow(1),
          .classes = std::move(classes),
          .operations = kAll,
          .draws = std::move(draws)};
}

Space walks_w2(std::string name, std::vector<KeyClass> classes, std::vector<std::uint32_t> draws) {
  return {.name = std::move(name),
          .about = "an iterator over buckets of two cells, across doublings to 4 buckets",
          .row = narrow(2),
          .classes = std::move(classes),
          .operations = kAll,
          .draws = std::move(draws)};
}

Space overflow_w2(std::string name) {
  return {.name = std::move(name),
          .about = "two piles of five at two cells a bucket: holes, and same-size growth",
          .row = narrow(2),
          .classes = {{0, 5, 1, 0}, {5, 5, 1, 1}},
          .operations = kWrites};
}

Space doublings_w2(std::string name) {
  return {.name = std::move(name),
          .about = "eight keys at two cells a bucket: doublings up to 8 buckets",
          .row = narrow(2),
          .classes = {{0, 3, 1, 0}, {3, 2, 1, 4}, {5, 2, 9, 1}, {7, 1, 2, 2}},
          .operations = kWrites};
}

Space piles(std::string name, std::uint8_t width, std::uint16_t first, std::uint16_t second) {
  return {.name = std::move(name),
          .about = "two piles that grow and shrink at their ends: the triggers of both growths",
          .row = narrow(width),
          .classes = {{0, first, 1, 0}, {first, second, 9, 1}},
          .operations = kWrites,
          .stack = true};
}

Space preallocated(std::string name) {
  return {
      .name = std::move(name),
      .about = "16 buckets from the start: preallocated overflow buckets, the last one, and clear",
      .row = narrow(1),
      .classes = {{0, 4, 1, 0}, {4, 1, 9, 1}},
      .hint = 7,
      .operations = kAll};
}

Space seeded(std::string name) {
  return {.name = std::move(name),
          .about = "hashes that depend on the seed, which nothing replaces",
          .row = narrow(1),
          .classes = {{0}, {1}, {2}, {3}, {4}, {5}, {6}},
          .explicit_hashes = false,
          .operations = all_of({OpCode::assign})};
}

Space nans(std::string name, std::vector<KeyClass> classes, std::vector<std::uint32_t> draws) {
  return {.name = std::move(name),
          .about = "NaN keys under an iterator that is opened before or in a doubling, width 8",
          .row = {KeyKind::f64, ElemKind::u64, 8},
          .classes = std::move(classes),
          .explicit_hashes = false,
          .literal = 26,
          .operations = all_of({OpCode::assign, OpCode::iter, OpCode::next}),
          .draws = std::move(draws),
          .most_entries = 29};
}

Space texts(std::string name, std::vector<KeyClass> classes) {
  return {.name = std::move(name),
          .about = "keys with pointers: what a doubling wipes, and what an iterator keeps, width 8",
          .row = {KeyKind::str, ElemKind::u64, 8},
          .classes = std::move(classes),
          .explicit_hashes = false,
          .literal = 26,
          .operations = all_of({OpCode::assign, OpCode::erase}) | kIteration};
}

std::vector<Scope> make_scopes() {
  const std::vector<std::uint32_t> every = {0, 1, 2, 3, 4, 5, 6, 7};
  return {
      {.name = "tiny",
       .about = "a second or two",
       .spaces = {overflow_w1("overflow-w1", kWrites),
                  doublings_w1("doublings-w1", {{0, 3, 1, 0}, {3, 2, 1, 1}, {5, 2, 0, 4}}, kWrites),
                  walks_w1("walks-w1", {{0, 2, 1, 0}, {2, 1, 1, 1}, {3, 1, 9, 2}}, {0}),
                  preallocated("preallocated-w1")}},
      {.name = "small",
       .about = "half a minute; every growth, at every width",
       .spaces = {overflow_w1("overflow-w1", kWrites),
                  doublings_w1("doublings-w1", {{0, 3, 1, 0}, {3, 2, 1, 1}, {5, 2, 0, 4}}, kWrites),
                  preallocated("preallocated-w1"), seeded("seeded-w1"), overflow_w2("overflow-w2"),
                  doublings_w2("doublings-w2"), piles("piles-w4", 4, 13, 5),
                  piles("piles-w8", 8, 26, 9), nans("nans-w8", {{26}, {27}, {28}}, {0, 5}),
                  texts("texts-w8", {{26}, {27}}), overflow_w1("overflow-walks-w1", kAll, 3),
                  walks_w1("walks-w1", {{0, 2, 1, 0}, {2, 1, 1, 1}, {3, 1, 9, 2}}, every),
                  walks_w2("walks-w2", {{0, 3, 1, 0}, {3, 1, 1, 1}}, {0, 1, 2, 3})}},
      {.name = "medium",
       .about = "millions of states: what small has, and iterators with all of it",
       .spaces = {overflow_w1("overflow-w1", kAll),
                  doublings_w1("doublings-w1", {{0, 4, 1, 0}, {4, 3, 1, 4}}, kAll),
                  walks_w1("walks-w1", {{0, 2, 1, 0}, {2, 1, 1, 1}, {3, 1, 9, 2}, {4, 1, 3, 4}},
                           every),
                  walks_w2("walks-w2", {{0, 3, 1, 0}, {3, 1, 1, 1}, {4, 1, 9, 2}}, {0, 1, 2, 3}),
                  piles("piles-w4", 4, 17, 9), nans("nans-w8", {{26}, {27}, {28}}, {0, 3, 5}),
                  texts("texts-w8", {{2}, {26}, {27}, {28}})}},
      {.name = "due",
       .about = "can a growth become due while another is on? (props/claims.md)",
       .spaces = {piles("piles-w1", 1, 4, 4), piles("piles-w2", 2, 8, 8),
                  piles("piles-w4", 4, 18, 18), piles("piles-w8", 8, 36, 28)}},
  };
}

}  // namespace

std::span<const Scope> all_scopes() {
  static const std::vector<Scope> scopes = make_scopes();
  return scopes;
}

}  // namespace mapfuzz
