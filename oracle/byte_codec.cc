// The layout. Numbers are little endian; a varint holds 7 bits a byte, lowest first, bit 7 says
// that another follows (10 bytes at most); "zigzag" is a varint of 0, -1, 1, -2, ... Missing bytes
// read as 0. Whatever is read then goes through repair(), so any operand may be out of range.
//
// Header
//   kinds      1 byte: bits 0-2 key kind, bits 3-5 elem kind, bits 6-7 width 8, 4, 2, 1
//   hash       1 byte: bits 0-2 hash kind (6 and 7: mix); bits 3-5 mean something only where bits
//              6 and 7 are set: 3 policy go-exact, 4 a hint follows, 5 an off mask follows
//   parameter  1 byte, hash kinds low and top alone
//   hashes     hash kind explicit alone: count (mod 65), then for each: key varint, top 1 byte,
//              low varint
//   seed varint, hint zigzag, off varint
//
// Operations: one byte each, code in bits 0-4, modifiers m in bits 5-7, then operands
//    0         len             m free
//    1  2  5   access1, access2, delete: key
//    3  4      assign, update: key; bit 2 of m: value varint follows, otherwise derived
//    9         range           m free
//   10         iter            1 byte: slot; m = 7: draw varint follows
//   11 12      next, close     m: slot
//    6-8 13-21 clear, remake, literal, copy, move, swap, expect-...: only where m = 7, operands as
//              varints, key before value, a hint as zigzag. Any other m: a common operation
//              (kCommon) with these modifiers
//   22 23      unassigned: len
//   24         id jump         varint, added to the next operation's id
//   25 to 28   burst of assign, delete, access2, update: base, count (bits 0-6) + 1
//   29         burst of next   m: slot; count (bits 0-4) + 1
//   30         piles           base, shape: bits 0-2 + 9 keys a pile, bits 3-5 + 1 piles. Each pile
//                              is assigned, then deleted; the next one starts at base + 1
//   31         walk            base (bits 0-2: slot), count (bits 0-5) + 1: opens the iterator, and
//                              then assign and next by turns
// A key is 1 byte (bits 0-5) or, where bits 0 and 1 of m are set, 2 bytes. Keys of a burst are
// base + i * 2^m, mod 4096: under an identity hash or few low bits they share a bucket. Piles
// leave empty overflow buckets behind, which is what same-size growth takes, and walks hold an
// iterator across growth. Measured with libFuzzer from an empty corpus (-max_len=512): without
// piles, walks and kCommon no same-size growth in 15,000 runs; with them after 800 to 2,200.
//
// encode() writes no burst, and no code above 24. A value is derived from the operation's id.
#include "oracle/byte_codec.h"

#include <array>
#include <utility>

#include "oracle/draws.h"
#include "oracle/kinds.h"

namespace mapfuzz {
namespace {

enum ByteCode : std::uint8_t {
  kIdJump = 24,
  kAssignBurst,
  kEraseBurst,
  kAccessBurst,
  kUpdateBurst,
  kNextBurst,
  kPiles,
  kWalk,
};

constexpr std::uint8_t kCodeMask = 31;
constexpr int kModifierShift = 5;
constexpr std::uint8_t kAllModifiers = 7;
constexpr std::uint8_t kWideKey = 3;
constexpr std::uint8_t kExplicitValue = 4;

constexpr int kElemKindShift = 3;
constexpr int kWidthShift = 6;
constexpr std::uint8_t kKindMask = 7;
constexpr std::array<std::uint8_t, 4> kWidths = {8, 4, 2, 1};

constexpr std::uint8_t kOptions = 0xC0;
constexpr std::uint8_t kGoExact = 0x08;
constexpr std::uint8_t kHasHint = 0x10;
constexpr std::uint8_t kHasOff = 0x20;

constexpr std::uint32_t kNarrowKeys = 64;
constexpr std::uint32_t kBurstKeys = 4096;
static_assert(kBurstKeys <= kStringKeys, "a burst must not fold its stride away");

// What a code means without all its modifiers. One code in 32 is too often for operations that
// throw the map's state away, and for assertions: in most random bytes they build state up instead.
constexpr std::array<OpCode, kOpCodes> kCommon = {
    OpCode::len,   OpCode::access1, OpCode::access2, OpCode::assign, OpCode::update,
    OpCode::erase, OpCode::assign,  OpCode::erase,   OpCode::assign, OpCode::range,
    OpCode::iter,  OpCode::next,    OpCode::close,   OpCode::next,   OpCode::next,
    OpCode::erase, OpCode::assign,  OpCode::access2, OpCode::update, OpCode::next,
    OpCode::erase, OpCode::iter,    OpCode::len,     OpCode::len,
};

bool is_rare(OpCode code) { return kCommon[static_cast<std::size_t>(code)] != code; }

// Small, and different from one assignment to the next.
std::int64_t derived_value(std::uint32_t id) { return id % 251 + 1; }

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes)
      : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool done() const { return at_ == end_; }

  std::uint8_t byte() { return done() ? std::uint8_t{0} : *at_++; }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t part = byte();
      value |= std::uint64_t{part & 127U} << shift;
      if (part < 128) {
        break;
      }
    }
    return value;
  }

  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1));
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

void read_hash(Reader& in, HashSpec& hash, HashKind kind) {
  hash.kind = kind;
  hash.explicit_hashes.clear();
  if (hash.kind == HashKind::low || hash.kind == HashKind::top) {
    hash.parameter = in.byte();
  } else if (hash.kind == HashKind::explicit_) {
    for (std::size_t left = in.byte() % (kMaxExplicitHashes + 1); left > 0; --left) {
      KeyHash entry;
      entry.key = static_cast<std::uint16_t>(in.varint());
      entry.top = in.byte();
      entry.low = static_cast<std::uint16_t>(in.varint());
      hash.explicit_hashes.push_back(entry);
    }
  }
}

void read_header(Reader& in, Header& header) {
  const unsigned kinds = in.byte();
  header.key = static_cast<KeyKind>(kinds & kKindMask);
  header.elem = static_cast<ElemKind>((kinds >> kElemKindShift) & kKindMask);
  header.width = kWidths[kinds >> kWidthShift];
  const unsigned hash = in.byte();
  const unsigned options = (hash & kOptions) == kOptions ? hash : 0;
  header.policy = (options & kGoExact) != 0 ? Policy::go_exact : Policy::sound;
  read_hash(in, header.hash, static_cast<HashKind>(hash & kKindMask));
  header.seed = static_cast<std::uint32_t>(in.varint());
  header.hint = (options & kHasHint) != 0 ? in.zigzag() : 0;
  header.off = (options & kHasOff) != 0 ? static_cast<std::uint32_t>(in.varint()) : 0;
}

class OperationReader {
 public:
  OperationReader(Reader& in, Program& program) : in_(in), operations_(program.operations) {}

  void read_all() {
    operations_.clear();
    while (!in_.done() && !full()) {
      const unsigned byte = in_.byte();
      read(byte & kCodeMask, static_cast<std::uint8_t>(byte >> kModifierShift));
    }
  }

 private:
  // kPrepareId is nobody's: ids end below it.
  [[nodiscard]] bool full() const {
    return operations_.size() == kMaxOperations || next_id_ == kPrepareId;
  }

  Operation* add(OpCode code) {
    if (full()) {
      return nullptr;
    }
    Operation& added = operations_.emplace_back();
    added.code = code;
    added.id = next_id_++;
    return &added;
  }

  void add_keyed(OpCode code, std::uint32_t key) {
    if (Operation* added = add(code)) {
      added->key = key;
      if (code == OpCode::assign || code == OpCode::update) {
        added->value = derived_value(added->id);
      }
    }
  }

  void add_slotted(OpCode code, unsigned slot) {
    if (Operation* added = add(code)) {
      added->slot = static_cast<std::uint8_t>(slot % kIteratorSlots);
    }
  }

  void read(unsigned code, std::uint8_t modifiers) {
    if (code < kOpCodes) {
      const auto named = static_cast<OpCode>(code);
      if (is_rare(named) && modifiers == kAllModifiers) {
        read_rare(named);
      } else {
        read_common(kCommon[code], modifiers);
      }
      return;
    }
    switch (code) {
      case kIdJump: {
        const std::uint64_t distance = in_.varint();
        if (distance < kPrepareId - next_id_) {
          next_id_ += static_cast<std::uint32_t>(distance);
        }
        break;
      }
      case kAssignBurst:
        read_burst(OpCode::assign, modifiers);
        break;
      case kEraseBurst:
        read_burst(OpCode::erase, modifiers);
        break;
      case kAccessBurst:
        read_burst(OpCode::access2, modifiers);
        break;
      case kUpdateBurst:
        read_burst(OpCode::update, modifiers);
        break;
      case kNextBurst:
        for (unsigned left = (in_.byte() & 31U) + 1; left > 0; --left) {
          add_slotted(OpCode::next, modifiers);
        }
        break;
      case kPiles:
        read_piles(modifiers);
        break;
      case kWalk:
        read_walk(modifiers);
        break;
      default:
        add(OpCode::len);
    }
  }

  void read_rare(OpCode code) {
    const OpShape& shape = shape_of(code);
    Operation& added = *add(code);
    if (shape.key) {
      added.key = static_cast<std::uint32_t>(in_.varint());
    }
    if (shape.value) {
      added.value = shape.hint ? in_.zigzag() : static_cast<std::int64_t>(in_.varint());
    }
  }

  void read_common(OpCode code, std::uint8_t modifiers) {
    switch (code) {
      case OpCode::access1:
      case OpCode::access2:
      case OpCode::erase:
      case OpCode::assign:
      case OpCode::update:
        add_keyed(code, read_key(modifiers));
        if ((code == OpCode::assign || code == OpCode::update) &&
            (modifiers & kExplicitValue) != 0) {
          operations_.back().value = static_cast<std::int64_t>(in_.varint());
        }
        break;
      case OpCode::iter:
        add_slotted(code, in_.byte());
        if (modifiers == kAllModifiers) {
          operations_.back().draw = static_cast<std::uint32_t>(in_.varint());
        }
        break;
      case OpCode::next:
      case OpCode::close:
        add_slotted(code, modifiers);
        break;
      default:
        add(code);
    }
  }

  std::uint32_t read_key(std::uint8_t modifiers) {
    const std::uint32_t low = in_.byte();
    if ((modifiers & kWideKey) != kWideKey) {
      return low % kNarrowKeys;
    }
    return low | (std::uint32_t{in_.byte()} << 8U);
  }

  static std::uint32_t burst_key(std::uint32_t base, unsigned i, std::uint8_t modifiers) {
    return (base + (i << modifiers)) % kBurstKeys;
  }

  void read_burst(OpCode code, std::uint8_t modifiers) {
    const std::uint32_t base = in_.byte();
    const unsigned count = (in_.byte() & 127U) + 1;
    for (unsigned i = 0; i < count; ++i) {
      add_keyed(code, burst_key(base, i, modifiers));
    }
  }

  void read_piles(std::uint8_t modifiers) {
    const std::uint32_t base = in_.byte();
    const unsigned shape = in_.byte();
    const unsigned height = (shape & 7U) + 9;
    const unsigned piles = ((shape >> 3U) & 7U) + 1;
    for (unsigned pile = 0; pile < piles; ++pile) {
      for (const OpCode code : {OpCode::assign, OpCode::erase}) {
        for (unsigned i = 0; i < height; ++i) {
          add_keyed(code, burst_key(base + pile, i, modifiers));
        }
      }
    }
  }

  void read_walk(std::uint8_t modifiers) {
    const std::uint32_t base = in_.byte();
    const unsigned count = (in_.byte() & 63U) + 1;
    add_slotted(OpCode::iter, base);
    for (unsigned i = 0; i < count; ++i) {
      add_keyed(OpCode::assign, burst_key(base, i, modifiers));
      add_slotted(OpCode::next, base);
    }
  }

  Reader& in_;
  decltype(Program::operations)& operations_;
  std::uint32_t next_id_ = 0;
};

class Writer {
 public:
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

  void header(const Header& header) {
    unsigned width = 0;
    while (width + 1 < kWidths.size() && kWidths[width] != header.width) {
      ++width;
    }
    byte(static_cast<unsigned>(header.key) | static_cast<unsigned>(header.elem) << kElemKindShift |
         width << kWidthShift);
    const unsigned options = (header.policy == Policy::go_exact ? kGoExact : 0U) |
                             (header.hint != 0 ? kHasHint : 0U) | (header.off != 0 ? kHasOff : 0U);
    byte(static_cast<unsigned>(header.hash.kind) | options | (options != 0 ? kOptions : 0U));
    hash(header.hash);
    varint(header.seed);
    if (header.hint != 0) {
      zigzag(header.hint);
    }
    if (header.off != 0) {
      varint(header.off);
    }
  }

  void operation(const Operation& operation, ElemKind elem) {
    if (operation.id != next_id_) {
      byte(kIdJump);
      varint(operation.id - next_id_);
    }
    next_id_ = operation.id + 1;
    if (is_rare(operation.code)) {
      rare(operation);
    } else {
      common(operation, elem);
    }
  }

 private:
  void byte(unsigned value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }

  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7U) {
      byte(static_cast<unsigned>(value & 127U) | 128U);
    }
    byte(static_cast<unsigned>(value));
  }

  void zigzag(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    varint(value < 0 ? ~(bits << 1U) : bits << 1U);
  }

  void hash(const HashSpec& hash) {
    if (hash.kind == HashKind::low || hash.kind == HashKind::top) {
      byte(hash.parameter);
    } else if (hash.kind == HashKind::explicit_) {
      byte(static_cast<unsigned>(hash.explicit_hashes.size()));
      for (const KeyHash& entry : hash.explicit_hashes) {
        varint(entry.key);
        byte(entry.top);
        varint(entry.low);
      }
    }
  }

  void code(OpCode code, unsigned modifiers) {
    byte(static_cast<unsigned>(code) | modifiers << kModifierShift);
  }

  void rare(const Operation& operation) {
    const OpShape& shape = shape_of(operation.code);
    code(operation.code, kAllModifiers);
    if (shape.key) {
      varint(operation.key);
    }
    if (shape.value) {
      shape.hint ? zigzag(operation.value) : varint(static_cast<std::uint64_t>(operation.value));
    }
  }

  void common(const Operation& operation, ElemKind elem) {
    const OpShape& shape = shape_of(operation.code);
    if (shape.key) {
      const bool wide = operation.key >= kNarrowKeys;
      const bool derived = !shape.value || static_cast<std::uint64_t>(operation.value) ==
                                               elem_value(elem, derived_value(operation.id));
      code(operation.code, (wide ? kWideKey : 0U) | (derived ? 0U : kExplicitValue));
      byte(operation.key & 0xFFU);
      if (wide) {
        byte(operation.key >> 8U);
      }
      if (!derived) {
        varint(static_cast<std::uint64_t>(operation.value));
      }
    } else if (operation.code == OpCode::iter) {
      code(operation.code, operation.draw.has_value() ? kAllModifiers : 0U);
      byte(operation.slot);
      if (operation.draw.has_value()) {
        varint(*operation.draw);
      }
    } else {
      code(operation.code, shape.slot ? operation.slot : 0U);
    }
  }

  std::vector<std::uint8_t> bytes_;
  std::uint32_t next_id_ = 0;
};

}  // namespace

void decode(std::span<const std::uint8_t> bytes, Program& program) {
  Reader in(bytes);
  read_header(in, program.header);
  OperationReader(in, program).read_all();
  repair(program);
}

Program decode(std::span<const std::uint8_t> bytes) {
  Program program;
  decode(bytes, program);
  return program;
}

std::vector<std::uint8_t> encode(const Program& program) {
  Writer out;
  out.header(program.header);
  for (const Operation& operation : program.operations) {
    out.operation(operation, program.header.elem);
  }
  return out.take();
}

}  // namespace mapfuzz
