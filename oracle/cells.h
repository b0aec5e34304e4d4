// Reads the slots of cells: ids, values, and words without addresses in them (snapshot.h).
//
// Promises: survives any bytes in a slot that holds no pointer, and a null pointer in one that
// does. An object behind a pointer is looked at only where the cell's state says it is alive.
#pragma once

#include <cstring>

#include "gomap/constants.h"
#include "gomap/slot_traits.h"
#include "oracle/bytes.h"
#include "oracle/values.h"

namespace mapfuzz {

// Of pointers: there is one, and it leads nowhere known.
inline constexpr std::uint64_t kSomePointer = std::uint64_t{1} << 63U;
inline constexpr std::uint64_t kUnknown = ~std::uint64_t{0};
// Of a key or text that is there: its id beside it.
inline constexpr std::uint64_t kKnown = std::uint64_t{1} << 40U;
inline constexpr std::uint64_t kSecondCopy = std::uint64_t{1} << 32U;

// No slot of these types holds a pointer.
template <class... Types>
// NOLINTNEXTLINE(misc-redundant-expression): of one type it is
inline constexpr bool kPlainSlots = (!gomap::Slot<Types>::has_pointers && ...);

// The value in a slot, behind its pointer if it is kept there; null where that is null.
template <class T>
[[nodiscard]] const T* value_in(const std::byte* slot) {
  if constexpr (gomap::Slot<T>::indirect) {
    const T* object = nullptr;
    copy_bytes(reinterpret_cast<std::byte*>(&object), slot, sizeof object);
    return object;
  } else {
    return reinterpret_cast<const T*>(slot);
  }
}

template <KeyKind kind>
[[nodiscard]] std::uint32_t key_id_in(const std::byte* slot) {
  const auto* key = value_in<typename KeyValue<kind>::Type>(slot);
  return key == nullptr ? kNoKey : KeyValue<kind>::read(*key);
}

template <ElemKind kind>
[[nodiscard]] std::uint64_t elem_value_in(const std::byte* slot) {
  const auto* elem = value_in<typename ElemValue<kind>::Type>(slot);
  return elem == nullptr ? 0 : ElemValue<kind>::read(*elem);
}

[[nodiscard]] inline std::uint64_t text_word(const Str& text, std::uint8_t state) {
  if (text.data == nullptr) {
    return text.size;
  }
  if (gomap::is_empty(state)) {
    return kSomePointer;
  }
  const std::uint32_t id = StringPool::get().id_of(text);
  return id == kNoKey ? kUnknown
                      : kKnown | id | (StringPool::get().is_second(text.data) ? kSecondCopy : 0);
}

[[nodiscard]] inline std::uint64_t any_word(const Any& key, std::uint8_t state) {
  if (gomap::is_empty(state)) {
    return key.type == 0 && key.data == 0 ? 0 : kSomePointer;
  }
  if (key.type == 0) {
    return 0;
  }
  using Value = KeyValue<KeyKind::any>;
  const std::uint32_t id = Value::read(key);
  if (id == kNoKey) {
    return kUnknown;
  }
  const bool second = any_form(id) == AnyForm::text && Value::second_copy(key);
  return kKnown | id | (second ? kSecondCopy : 0);
}

// The rules of snapshot.h for one slot of type T.
template <class T>
[[nodiscard]] std::uint64_t slot_word(const std::byte* slot, std::uint8_t state) {
  if constexpr (std::is_same_v<T, Str>) {
    return text_word(*value_in<Str>(slot), state);
  } else if constexpr (std::is_same_v<T, Any>) {
    return any_word(*value_in<Any>(slot), state);
  } else if constexpr (gomap::Slot<T>::indirect) {
    const T* object = value_in<T>(slot);
    if (object == nullptr) {
      return 0;
    }
    return state < gomap::kMinTopHash ? kSomePointer : object->number();
  } else {
    static_assert(gomap::Slot<T>::size <= sizeof(std::uint64_t));
    std::uint64_t bits = 0;
    copy_bytes(reinterpret_cast<std::byte*>(&bits), slot, gomap::Slot<T>::size);
    return bits;
  }
}

template <KeyKind kind>
[[nodiscard]] std::uint64_t key_word_in(const std::byte* slot, std::uint8_t state) {
  using Key = typename KeyValue<kind>::Type;
  if constexpr (gomap::Slot<Key>::indirect) {
    const Key* key = value_in<Key>(slot);
    if (key != nullptr && state >= gomap::kMinTopHash) {
      const std::uint32_t id = KeyValue<kind>::read(*key);
      return id == kNoKey ? kUnknown : kKnown | id;
    }
  }
  return slot_word<Key>(slot, state);
}

// A stored object's word is its value plus 1: a zero object is one that was never stored to.
template <ElemKind kind>
[[nodiscard]] std::uint64_t elem_word_in(const std::byte* slot, std::uint8_t state) {
  using Elem = typename ElemValue<kind>::Type;
  if constexpr (gomap::Slot<Elem>::indirect) {
    const Elem* elem = value_in<Elem>(slot);
    if (elem != nullptr && state >= gomap::kMinTopHash) {
      const std::uint64_t value = elem->number();
      return elem->is_zero() ? 0 : elem->is(value) ? value + 1 : kUnknown;
    }
  }
  return slot_word<Elem>(slot, state);
}

}  // namespace mapfuzz
