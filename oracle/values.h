// What key ids and elem values are in C++: the types that the rows instantiate.
//
// Promises: `make` and `read` are inverse to each other, and `read` survives any bytes: a damaged
// key reads as kNoKey. Types are Go-sized, so bucket layouts are Go's.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <type_traits>

#include "gomap/slot_traits.h"
#include "oracle/counted.h"
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

// More than 128 bytes, which Go keeps behind a pointer; more than 1,024, for which it has zero
// objects of their own. Word j of a value's object is the value plus j times an odd constant.
template <std::size_t kWords>
struct Wide {
  std::array<std::uint64_t, kWords> words;

  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;

  [[nodiscard]] static Wide of(std::uint64_t value) {
    Wide wide;
    for (std::uint64_t& word : wide.words) {
      word = value;
      value += kStep;
    }
    return wide;
  }
  [[nodiscard]] std::uint64_t number() const { return words.front(); }
  [[nodiscard]] bool is(std::uint64_t value) const {
    for (const std::uint64_t word : words) {
      if (word != value) {
        return false;
      }
      value += kStep;
    }
    return true;
  }
  [[nodiscard]] bool is_zero() const {
    return std::all_of(words.begin(), words.end(), [](std::uint64_t word) { return word == 0; });
  }
};
using Big = Wide<17>;
using Fat = Wide<129>;

// A Go interface value: which type, and the value or where it lies.
struct Any {
  std::uint64_t type;  // 0 is nil; else 1 + AnyForm
  std::uint64_t data;
};

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
    const std::uint32_t id = id_at(text.data);
    return id != kNoKey && text.size == size_of(id) ? id : kNoKey;
  }
  [[nodiscard]] std::uint32_t id_at(const char* text) const {
    const std::uintptr_t offset = offset_of(text);
    if (offset >= 2 * kStringKeys * kStride || offset % kStride != 0) {
      return kNoKey;
    }
    return static_cast<std::uint32_t>(offset / kStride % kStringKeys);
  }
  // Of a text of ours: is it the second copy?
  [[nodiscard]] bool is_second(const char* text) const {
    return offset_of(text) >= kStringKeys * kStride;
  }

 private:
  StringPool();

  [[nodiscard]] std::uintptr_t offset_of(const char* text) const {
    return std::bit_cast<std::uintptr_t>(text) - std::bit_cast<std::uintptr_t>(bytes_.get());
  }

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

template <>
struct KeyValue<KeyKind::u32> {
  using Type = std::uint32_t;
  struct Equal {
    bool operator()(Type a, Type b) const { return a == b; }
  };
  static Type make(std::uint32_t id, bool /*second_copy*/) { return id; }
  static std::uint32_t read(Type key) { return key <= kMaxKey ? key : kNoKey; }
};

template <>
struct KeyValue<KeyKind::big> {
  using Type = Big;
  struct Equal {
    bool operator()(const Big& a, const Big& b) const { return a.words == b.words; }
  };
  static Type make(std::uint32_t id, bool /*second_copy*/) { return Big::of(id); }
  static std::uint32_t read(const Big& key) {
    const std::uint64_t id = key.words.front();
    return id <= kMaxKey && key.is(id) ? static_cast<std::uint32_t>(id) : kNoKey;
  }
};

template <>
struct KeyValue<KeyKind::any> {
  using Type = Any;

  static constexpr std::uint64_t tag(AnyForm form) { return 1 + static_cast<std::uint64_t>(form); }

  // Two slices cannot be compared: Go panics. No map holds one, so none is ever asked to.
  struct Equal {
    bool operator()(const Any& a, const Any& b) const {
      if (a.type != b.type) {
        return false;
      }
      if (a.type == tag(AnyForm::real) || a.type == tag(AnyForm::nan)) {
        return std::bit_cast<double>(a.data) == std::bit_cast<double>(b.data);
      }
      return a.type == tag(AnyForm::text) ? text_id(a) == text_id(b) : a.data == b.data;
    }
  };

  static Type make(std::uint32_t id, bool second_copy) {
    const AnyForm form = any_form(id);
    std::uint64_t data = id;
    if (form == AnyForm::real) {
      data = id == kAnyPlusZero
                 ? 0
                 : std::bit_cast<std::uint64_t>(id == kAnyMinusZero ? -0.0 : double(id));
    } else if (form == AnyForm::nan) {
      data = KeyValue<KeyKind::f64>::kNan | id;
    } else if (form == AnyForm::text) {
      data = std::bit_cast<std::uint64_t>(
          StringPool::get().text(stored_id(KeyKind::any, id), second_copy).data);
    }
    return {tag(form), data};
  }

  static std::uint32_t read(const Any& key) {
    const std::uint32_t id = claimed_id(key);
    if (id > kMaxKey || key.type != tag(any_form(id))) {
      return kNoKey;
    }
    return key.type == tag(AnyForm::text) || make(id, false).data == key.data ? id : kNoKey;
  }

  // Whether the text of a text key is the pool's second copy.
  static bool second_copy(const Any& key) { return StringPool::get().is_second(pointer(key)); }

 private:
  static const char* pointer(const Any& key) { return std::bit_cast<const char*>(key.data); }
  static std::uint32_t text_id(const Any& key) { return StringPool::get().id_at(pointer(key)); }

  static std::uint32_t claimed_id(const Any& key) {
    if (key.type == tag(AnyForm::text)) {
      return text_id(key);
    }
    if (key.type != tag(AnyForm::real)) {
      return static_cast<std::uint32_t>(key.data & (key.type == tag(AnyForm::nan) ? kMaxKey : ~0U));
    }
    const auto value = std::bit_cast<double>(key.data);
    if (value == 0) {
      return std::signbit(value) ? kAnyMinusZero : kAnyPlusZero;
    }
    return value > 0 && value <= kMaxKey ? static_cast<std::uint32_t>(value) : kNoKey;
  }
};

template <>
struct KeyValue<KeyKind::obj> {
  using Type = Counted;
  struct Equal {
    bool operator()(const Counted& a, const Counted& b) const { return a == b; }
  };
  static Type make(std::uint32_t id, bool /*second_copy*/) { return Counted(id); }
  static std::uint32_t read(const Counted& key) {
    return key.number() <= kMaxKey ? static_cast<std::uint32_t>(key.number()) : kNoKey;
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

// A value that was never stored is all zero and reads as 0.
template <class T>
struct WideElemValue {
  using Type = T;
  static Type make(std::uint64_t value) { return T::of(value); }
  static std::uint64_t read(const T& elem) {
    const std::uint64_t value = elem.words.front();
    return elem.is(value) || elem.is_zero() ? value : ~std::uint64_t{0};
  }
};
template <>
struct ElemValue<ElemKind::big> : WideElemValue<Big> {};
template <>
struct ElemValue<ElemKind::fat> : WideElemValue<Fat> {};

template <>
struct ElemValue<ElemKind::obj> {
  using Type = Counted;
  static Type make(std::uint64_t value) { return Counted(value); }
  static std::uint64_t read(const Counted& elem) { return elem.number(); }
};

}  // namespace mapfuzz

// Go's answers for an interface: pointers inside, some values never equal, some unhashable.
template <>
struct gomap::slot_traits<mapfuzz::Any> : gomap::default_slot_traits<mapfuzz::Any> {
  static constexpr bool has_pointers = true;
  static constexpr bool reflexive = false;
  static constexpr bool needs_key_update = true;
  static constexpr bool hash_might_throw = true;
};

// Go's answers for a string: pointers inside, equal to itself, but equal texts may lie elsewhere.
template <>
struct gomap::slot_traits<mapfuzz::Str> : gomap::default_slot_traits<mapfuzz::Str> {
  static constexpr bool has_pointers = true;
  static constexpr bool needs_key_update = true;
  static constexpr KeyFamily family = KeyFamily::string;
  [[nodiscard]] static std::string_view bytes(const mapfuzz::Str& text) {
    return {text.data, text.size};
  }
  // What deleting does to a stored key (spec 2.14).
  static void forget(mapfuzz::Str& text) { text.data = nullptr; }
};
