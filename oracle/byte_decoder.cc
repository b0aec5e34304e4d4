#include <utility>

#include "oracle/byte_codec.h"
#include "oracle/byte_layout.h"
#include "oracle/draws.h"

namespace mapfuzz {
namespace {

using namespace byte_layout;

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
        added->value = plain_value(added->id);
      }
    }
  }

  void add_slotted(OpCode code, unsigned slot) {
    if (Operation* added = add(code)) {
      added->slot = static_cast<std::uint8_t>(slot % kIteratorSlots);
    }
  }

  void read(unsigned code, std::uint8_t modifiers) {
    if (code < kOwnCodes) {
      auto named = static_cast<OpCode>(code);
      if (named == OpCode::reenter && (modifiers == kInjects || modifiers == kInterleaves)) {
        named = modifiers == kInjects ? OpCode::inject : OpCode::interleave;
        modifiers = kAllModifiers;
      }
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

}  // namespace mapfuzz
