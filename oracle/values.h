// What key ids and elem values are in C++: the types that the rows instantiate.
//
// Promises: `make` and `read` are inverse to each other, and `read` survives any bytes: a damaged
// key reads as kNoKey. Types are Go-sized, so bucket layouts are Go's.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>

#include "gomap/slot_traits.h"
#include "oracle/kinds.h"
#include "oracle/observation.h"
#include "oracle/program.h"

namespace mapfuzz {

// A Go string: 16 bytes, the text lies elsewhere.
struct Str {
  const char* data;
  std::uint64_t size;
};

struct Unit {};

// The texts of string ids: empty, short, exactly 32 bytes, long. Two copies of each, at different
// addresses, so that equality cannot lean on the pointer.
class StringPool {
 public:
  static constexpr std::size_t kStride = 64;

  [[nodiscard]] static const StringPool& get();

  [[nodiscard]] Str text(std::uint32_t id, bool second_copy) const {
    const std::size_t index = (second_copy ? kStringKeys : 0) + id;
    return {&bytes_[index * kStride], size_of(id)};
  }

  // kNoKey for a pointer that is not one of ours, as after a wipe.
  [[nodiscard]] std::uint32_t id_of(const Str& text) const {
    const auto offset =
        std::bit_cast<std::uintptr_t>(text.data) - std::bit_cast<std::uintptr_t>(bytes_.get());
    if (offset >= 2 * kStringKeys * kStride || offset % kStride != 0) {
      return kNoKey;
    }
    const auto id = static_cast<std::uint32_t>(offset / kStride % kStringKeys);
    return text.size == size_of(id) ? id : kNoKey;
  }

 private:
  StringPool();

  [[nodiscard]] static std::uint64_t size_of(std::uint32_t id) {
    constexpr std::array<std::uint64_t, 4> sizes = {8, 32, 60, 5};
    return id == 0 ? 0 : sizes[id % sizes.size()];
  }

  std::unique_ptr<char[]> bytes_;
};

template <KeyKind kind>
struct KeyValue;

template <>
struct KeyValue<KeyKind::u64> {
  using Type = std::uint64_t;
  struct Equal {
    bool operator()(Type a, Type b) const { return a == b; }
  };
  MAPFUZZ_UNCHECKED static Type make(std::uint32_t id, bool /*second_copy*/) { return id; }
  MAPFUZZ_UNCHECKED static std::uint32_t read(Type key) {
    return key <= kMaxKeyAnywhere ? static_cast<std::uint32_t>(key) : kNoKey;
  }
  // Benchmarks go beyond kMaxKey.
  static constexpr std::uint64_t kMaxKeyAnywhere = 0xFFFFFFF;
};

template <>
struct KeyValue<KeyKind::str> {
  using Type = Str;
  struct Equal {
    bool operator()(const Str& a, const Str& b) const {
      return a.size == b.size && (a.size == 0 || std::memcmp(a.data, b.data, a.size) == 0);
    }
  };
  static Type make(std::uint32_t id, bool second_copy) {
    return StringPool::get().text(id, second_copy);
  }
  static std::uint32_t read(const Str& key) { return StringPool::get().id_of(key); }
};

// Ids 0 and 1 are +0 and -0, which are equal; each eighth id is a NaN, which equals nothing.
template <>
struct KeyValue<KeyKind::f64> {
  using Type = double;
  struct Equal {
    bool operator()(double a, double b) const { return a == b; }
  };
  static constexpr std::uint64_t kNan = 0x7FF8000000000000U;
  static Type make(std::uint32_t id, bool /*second_copy*/) {
    if (never_equal(KeyKind::f64, id)) {
      return std::bit_cast<double>(kNan | id);
    }
    return id == 1 ? -0.0 : static_cast<double>(id);
  }
  static std::uint32_t read(double key) {
    const auto bits = std::bit_cast<std::uint64_t>(key);
    if (std::isnan(key)) {
      const auto id = static_cast<std::uint32_t>(bits & kMaxKey);
      return bits == (kNan | id) && never_equal(KeyKind::f64, id) ? id : kNoKey;
    }
    if (key == 0) {
      return std::signbit(key) ? 1 : 0;
    }
    if (key < 2 || key > kMaxKey || key != std::floor(key)) {
      return kNoKey;
    }
    const auto id = static_cast<std::uint32_t>(key);
    return never_equal(KeyKind::f64, id) ? kNoKey : id;  // 7.0 is nobody's: key 7 is a NaN
  }
};

template <ElemKind kind>
struct ElemValue;

template <>
struct ElemValue<ElemKind::u64> {
  using Type = std::uint64_t;
  static Type make(std::uint64_t value) { return value; }
  static std::uint64_t read(Type elem) { return elem; }
};

// A zero Str is the zero value and reads as 0, as does text number 0.
template <>
struct ElemValue<ElemKind::str> {
  using Type = Str;
  static Type make(std::uint64_t value) {
    return StringPool::get().text(static_cast<std::uint32_t>(value), false);
  }
  static std::uint64_t read(const Str& elem) {
    return elem.data == nullptr && elem.size == 0 ? 0 : StringPool::get().id_of(elem);
  }
};

template <>
struct ElemValue<ElemKind::unit> {
  using Type = Unit;
  static Type make(std::uint64_t /*value*/) { return {}; }
  static std::uint64_t read(const Unit& /*elem*/) { return 0; }
};

}  // namespace mapfuzz

// Go's answers for a string: pointers inside, equal to itself, but equal texts may lie elsewhere.
template <>
struct gomap::slot_traits<mapfuzz::Str> {
  static constexpr bool zero_width = false;
  static constexpr std::size_t size = sizeof(mapfuzz::Str);
  static constexpr std::size_t align = alignof(mapfuzz::Str);
  static constexpr bool has_pointers = true;
  static constexpr bool reflexive = true;
  static constexpr bool needs_key_update = true;
};
