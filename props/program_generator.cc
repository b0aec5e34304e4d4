// A program is a row of acts: a fill, a drain, piles, a walk, a few operations of any kind. Single
// operations drawn one by one fill small tables and drain them again; they start no same-size
// growth in thousands of programs.
#include "props/program_generator.h"

#include <algorithm>
#include <array>
#include <ostream>

#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

constexpr std::size_t kFewest = 10;
constexpr std::size_t kMost = 400;
constexpr int kFullSize = 100;  // RapidCheck's largest size, unless RC_PARAMS says otherwise

class Choice {
 public:
  explicit Choice(const rc::Random& random) : random_(random) {}

  [[nodiscard]] std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(random_.next() % bound);
  }
  [[nodiscard]] std::uint32_t between(std::uint32_t low, std::uint32_t high) {
    return low + below(high - low + 1);
  }
  [[nodiscard]] bool one_in(std::uint32_t n) { return below(n) == 0; }

  template <class List>
  [[nodiscard]] auto of(const List& list) {
    return list[below(static_cast<std::uint32_t>(std::size(list)))];
  }

 private:
  rc::Random random_;
};

// Few top bytes, those that alias and some that do not; buckets as under identity, or any of 8.
void explicit_hashes(Choice& choice, HashSpec& spec) {
  const bool like_identity = choice.one_in(2);
  for (std::uint16_t key = 0; key < kMaxExplicitHashes; ++key) {
    const auto low = static_cast<std::uint16_t>(like_identity ? key : choice.below(8));
    spec.explicit_hashes.push_back({key, static_cast<std::uint8_t>(choice.below(12)), low});
  }
}

HashSpec hash(Choice& choice) {
  HashSpec spec;
  // Twice those under which a program can mean two keys to share a bucket.
  constexpr std::array<HashKind, 8> kinds = {
      HashKind::mix, HashKind::identity, HashKind::identity,  HashKind::constant,
      HashKind::low, HashKind::top,      HashKind::explicit_, HashKind::explicit_};
  spec.kind = choice.of(kinds);
  switch (spec.kind) {
    case HashKind::low:
      spec.parameter = static_cast<std::uint8_t>(choice.below(6));
      break;
    case HashKind::top:
      spec.parameter = static_cast<std::uint8_t>(choice.one_in(2) ? choice.below(10) : 200);
      break;
    case HashKind::explicit_:
      explicit_hashes(choice, spec);
      break;
    default:
      break;
  }
  return spec;
}

// Around the limits of each table size, and what make() ignores.
constexpr std::array<std::int64_t, 14> kHints = {0,  0,  0,  8,   9,  13,         14,
                                                 26, 27, 52, 104, -1, kBogusHint, 1000};

class Author {
 public:
  Author(Choice& choice, Program& program, std::size_t length)
      : choice_(choice), program_(program), length_(length) {}

  void write() {
    while (program_.operations.size() < length_) {
      switch (choice_.below(10)) {
        case 0:
        case 1:
          fill();
          break;
        case 2:
          drain();
          break;
        case 3:
        case 4:
          piles();
          break;
        case 5:
        case 6:
          walk();
          break;
        default:
          for (std::uint32_t left = choice_.between(1, 12); left > 0; --left) {
            anything();
          }
      }
    }
    program_.operations.resize(length_);
  }

  void write_writes() {
    while (program_.operations.size() < length_) {
      switch (choice_.below(4)) {
        case 0:
          fill();
          break;
        case 1:
          drain();
          break;
        default:
          common(choice_.below(3) + 2);
          if (choice_.one_in(40)) {
            add({.code = OpCode::clear, .draw = {}});
          }
      }
    }
    program_.operations.resize(length_);
  }

 private:
  Operation& add(const Operation& operation) { return program_.operations.emplace_back(operation); }
  void assign(std::uint32_t key) {
    add({.code = OpCode::assign, .key = key, .value = choice_.between(1, 1000), .draw = {}});
  }
  void erase(std::uint32_t key) { add({.code = OpCode::erase, .key = key, .draw = {}}); }

  [[nodiscard]] std::uint32_t key() { return choice_.below(choice_.one_in(3) ? 128 : 40); }
  [[nodiscard]] std::uint32_t stride() { return std::uint32_t{1} << choice_.below(5); }
  [[nodiscard]] std::uint8_t slot() { return static_cast<std::uint8_t>(choice_.below(3)); }

  void fill() {
    const std::uint32_t step = stride();
    std::uint32_t at = key();
    for (std::uint32_t left = choice_.between(2, 60); left > 0; --left, at += step) {
      assign(at);
    }
  }

  void drain() {
    const std::uint32_t step = stride();
    std::uint32_t at = choice_.below(40);
    for (std::uint32_t left = choice_.between(2, 40); left > 0; --left, at += step) {
      erase(at);
    }
  }

  // Chains of three buckets, each emptied but for a few before the next is filled, until there are
  // as many overflow buckets as buckets: then a new key starts a same-size growth, under the steps
  // of an iterator that was there before.
  void piles() {
    const std::uint32_t width = program_.header.width;
    const std::uint32_t b = choice_.of(std::array<std::uint32_t, 5>{1, 2, 2, 2, 3});
    const std::uint32_t buckets = std::uint32_t{1} << b;
    if (!choice_.one_in(4)) {
      // The largest hint that leaves the table at 2^b buckets, at this width.
      add({.code = OpCode::remake, .value = 13 * width * buckets / 16, .draw = {}});
    }
    for (std::uint32_t pile = 0; pile < (buckets + 1) / 2; ++pile) {
      const std::uint32_t height = 2 * width + 1;
      const std::uint32_t kept = choice_.below(4);
      for (std::uint32_t at = 0; at < height; ++at) {
        assign(pile + at * buckets);
      }
      for (std::uint32_t at = kept; at < height; ++at) {
        erase(pile + at * buckets);
      }
    }
    const bool watched = !choice_.one_in(3);
    if (watched) {
      open();
    }
    const std::uint8_t slot = program_.operations.back().slot;
    const std::uint32_t first_new = choice_.between(200, 240);
    const std::uint32_t length = choice_.between(4, 16);
    for (std::uint32_t at = 0; at < length; ++at) {
      if (watched) {
        add({.code = OpCode::next, .slot = slot, .draw = {}});
      }
      if (at == 0 || choice_.one_in(4)) {
        assign(first_new + at);
      }
    }
  }

  void open() {
    Operation& operation = add({.code = OpCode::iter, .slot = slot(), .draw = {}});
    if (choice_.one_in(2)) {
      operation.draw = choice_.below(256);
    }
  }

  // Steps of an iterator between writes.
  void walk() {
    open();
    const std::uint8_t slot = program_.operations.back().slot;
    const std::uint32_t first_new = choice_.between(40, 100);
    const std::uint32_t length = choice_.between(3, 40);
    for (std::uint32_t at = 0; at < length; ++at) {
      add({.code = OpCode::next, .slot = slot, .draw = {}});
      switch (choice_.below(4)) {
        case 0:
          erase(key());
          break;
        case 1:
          common(choice_.below(5));
          break;
        default:
          assign(first_new + at);
      }
    }
  }

  void common(std::uint32_t which) {
    constexpr std::array<OpCode, 5> codes = {OpCode::access1, OpCode::access2, OpCode::assign,
                                             OpCode::update, OpCode::erase};
    add({.code = codes.at(which), .key = key(), .value = choice_.between(0, 1000), .draw = {}});
  }

  void anything() {
    if (!choice_.one_in(3)) {
      common(choice_.below(5));
      return;
    }
    Operation operation{.code = static_cast<OpCode>(choice_.below(kOpCodes)),
                        .slot = slot(),
                        .key = key(),
                        .value = choice_.below(60),
                        .draw = {}};
    switch (operation.code) {
      case OpCode::clear:
      case OpCode::remake:
      case OpCode::literal:
      case OpCode::move:
        // They throw away what was built up.
        if (!choice_.one_in(3)) {
          return;
        }
        operation.value = operation.code == OpCode::remake ? choice_.of(kHints) : operation.value;
        break;
      case OpCode::expect_phase:
        operation.value = choice_.below(3);
        break;
      case OpCode::nil:
        if (!choice_.one_in(3)) {
          return;
        }
        // A few operations see it, then there is a map again.
        add(operation);
        for (int n = 0; n < 3; ++n) {
          common(choice_.below(5));
        }
        operation.code = OpCode::remake;
        operation.value = choice_.of(kHints);
        break;
      case OpCode::reenter:
        // Met by a write, it ends the program.
        if (!choice_.one_in(5)) {
          return;
        }
        break;
      default:
        break;
    }
    add(operation);
  }

  Choice& choice_;
  Program& program_;
  std::size_t length_;
};

Header header(Choice& choice, const Row& row) {
  Header made;
  made.key = row.key;
  made.elem = row.elem;
  made.width = row.width;
  made.hash = hash(choice);
  made.seed = choice.below(1000);
  made.hint = choice.of(kHints);
  if (choice.one_in(8)) {
    made.off =
        choice.below(std::uint32_t{1} << kOpCodes) & choice.below(std::uint32_t{1} << kOpCodes);
  }
  return made;
}

rc::Gen<Program> written(const Row& row, void (Author::*how)()) {
  return [=](const rc::Random& random, int size) {
    Choice choice(random);
    const auto share = static_cast<std::size_t>(std::clamp(size, 0, kFullSize));
    Program program;
    program.header = header(choice, row);
    (Author(choice, program, kFewest + (kMost - kFewest) * share / kFullSize).*how)();
    repair(program);
    renumber(program);
    return rc::shrinkable::just(program);
  };
}

}  // namespace

rc::Gen<Program> any_program() { return rc::gen::mapcat(any_row(), program_of); }

rc::Gen<Program> program_of(const Row& row) { return written(row, &Author::write); }

rc::Gen<Program> writes_of(const Row& row) { return written(row, &Author::write_writes); }

rc::Gen<Row> any_row() {
  return [](const rc::Random& random, int /*size*/) {
    return rc::shrinkable::just(Choice(random).of(all_rows()));
  };
}

rc::Gen<HashSpec> any_hash() {
  return [](const rc::Random& random, int /*size*/) {
    Choice choice(random);
    return rc::shrinkable::just(hash(choice));
  };
}

void showValue(const Program& program, std::ostream& os) { os << '\n' << print_ops(program); }

void showValue(const Row& row, std::ostream& os) {
  os << to_string(row.key) << " -> " << to_string(row.elem) << ", width "
     << static_cast<int>(row.width);
}

void PrintTo(const Row& row, std::ostream* os) { showValue(row, *os); }

void showValue(const HashSpec& hash, std::ostream& os) {
  Program empty;
  empty.header.hash = hash;
  showValue(empty, os);
}

}  // namespace mapfuzz
