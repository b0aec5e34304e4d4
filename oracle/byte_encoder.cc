#include <bit>
#include <optional>
#include <utility>

#include "oracle/byte_codec.h"
#include "oracle/byte_layout.h"

namespace mapfuzz {
namespace {

using namespace byte_layout;

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

  // Writes the first of `operations`, or as many as one burst stands for; returns how many.
  std::size_t operations(std::span<const Operation> operations, ElemKind elem) {
    const Operation& first = operations.front();
    if (first.id != next_id_) {
      byte(kIdJump);
      varint(first.id - next_id_);
    }
    std::size_t written = burst(operations, elem);
    if (written == 0) {
      written = 1;
      if (is_rare(first.code)) {
        rare(first);
      } else {
        common(first, elem);
      }
    }
    next_id_ = first.id + static_cast<std::uint32_t>(written);
    return written;
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

  void code(unsigned code, unsigned modifiers) { byte(code | modifiers << kModifierShift); }
  void code(OpCode named, unsigned modifiers) { code(static_cast<unsigned>(named), modifiers); }

  // 0 where a burst would save nothing.
  std::size_t burst(std::span<const Operation> operations, ElemKind elem) {
    constexpr std::size_t worth_it = 3;
    const Operation& first = operations.front();
    const bool steps = first.code == OpCode::next;
    const std::optional<unsigned> stride = steps ? 0 : stride_of(operations);
    if (!stride.has_value()) {
      return 0;
    }
    std::size_t count = 0;
    const std::size_t most = steps ? 32 : 128;
    while (count < operations.size() && count < most &&
           belongs(operations[count], first, static_cast<unsigned>(count), *stride, elem)) {
      ++count;
    }
    if (count < worth_it) {
      return 0;
    }
    code(burst_code(first.code), steps ? first.slot : *stride);
    if (!steps) {
      byte(first.key);
    }
    byte(static_cast<unsigned>(count - 1));
    return count;
  }

  // The power of two between the keys of the first two operations, if a burst can begin with them.
  static std::optional<unsigned> stride_of(std::span<const Operation> operations) {
    if (operations.size() < 2 || burst_code(operations[0].code) == 0 || operations[0].key > 255 ||
        operations[1].key <= operations[0].key) {
      return std::nullopt;
    }
    const std::uint32_t step = operations[1].key - operations[0].key;
    const auto power = static_cast<unsigned>(std::countr_zero(step));
    return std::has_single_bit(step) && power <= kAllModifiers ? std::optional(power)
                                                               : std::nullopt;
  }

  static bool belongs(const Operation& operation, const Operation& first, unsigned at,
                      unsigned stride, ElemKind elem) {
    if (operation.code != first.code || operation.id != first.id + at ||
        operation.slot != first.slot) {
      return false;
    }
    return first.code == OpCode::next ||
           (operation.key == first.key + (at << stride) && operation.key < kBurstKeys &&
            has_plain_value(operation, elem));
  }

  static unsigned burst_code(OpCode code) {
    switch (code) {
      case OpCode::assign:
        return kAssignBurst;
      case OpCode::erase:
        return kEraseBurst;
      case OpCode::access2:
        return kAccessBurst;
      case OpCode::update:
        return kUpdateBurst;
      case OpCode::next:
        return kNextBurst;
      default:
        return 0;
    }
  }

  static bool has_plain_value(const Operation& operation, ElemKind elem) {
    return !shape_of(operation.code).value || static_cast<std::uint64_t>(operation.value) ==
                                                  elem_value(elem, plain_value(operation.id));
  }

  void rare(const Operation& operation) {
    const OpShape& shape = shape_of(operation.code);
    switch (operation.code) {
      case OpCode::inject:
        code(OpCode::reenter, kInjects);
        break;
      case OpCode::interleave:
        code(OpCode::reenter, kInterleaves);
        break;
      default:
        code(operation.code, kAllModifiers);
    }
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
      const bool derived = has_plain_value(operation, elem);
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

std::vector<std::uint8_t> encode(const Program& program) {
  Writer out;
  out.header(program.header);
  std::span<const Operation> left(program.operations.data(), program.operations.size());
  while (!left.empty()) {
    left = left.subspan(out.operations(left, program.header.elem));
  }
  return out.take();
}

std::int64_t plain_value(std::uint32_t id) { return id % 251 + 1; }

}  // namespace mapfuzz
