#include "fuzz/cli/emit_values.h"

#include <fmt/format.h>

#include <string_view>

#include "oracle/kinds.h"

namespace mapfuzz::cli {
namespace {

// Texts by number, two copies of each; `type` is what s(n) gives.
std::string texts(std::string_view type) {
  return fmt::format(R"go(
// s is string number n: its decimal digits, repeated to one of four lengths.
func s(n uint64) {0} {{ return {0}(texts[0][n]) }}

// There are two copies of each string, at different addresses. Steps take turns.
var texts = func() (two [2][4096]string) {{
	for copy := range two {{
		for n := range two[copy] {{
			size := [4]int{{8, 32, 60, 5}}[n%4]
			if n == 0 {{
				size = 0
			}}
			two[copy][n] = strings.Repeat(fmt.Sprintf("%05d", n), 12)[:size]
		}}
	}}
	return two
}}()

// textNumber is the n of s(n).
func textNumber(text string) uint64 {{
	n := uint64(0)
	for i := 0; i < len(text) && i < 5; i++ {{
		n = n*10 + uint64(text[i]-'0')
	}}
	return n
}}
)go",
                     type);
}

std::string reals(std::string_view type) {
  return fmt::format(R"go(
var negZero = {0}(math.Copysign(0, -1))

// nan is a NaN with a number in it, by which to tell it from others.
func nan(n uint64) {0} {{ return {0}(math.Float64frombits(0x7ff8000000000000 | n)) }}
)go",
                     type);
}

constexpr std::string_view kIntegerKeys = R"go(
func key(n uint64) Key         { return Key(n) }
func idOf(k Key) uint64        { return uint64(k) }
func keyName(k Key) string     { return fmt.Sprint(k) }
func storedName(k *Key) string { return keyName(*k) }
)go";

constexpr std::string_view kTextKeys = R"go(
func key(n uint64) Key     { return s(n) }
func idOf(k Key) uint64    { return textNumber(string(k)) }
func keyName(k Key) string { return fmt.Sprintf("s(%d)", idOf(k)) }

func own(k Key, turn uint64) Key { return Key(texts[turn%2][idOf(k)]) }

func storedName(k *Key) string {
	if *(*unsafe.Pointer)(unsafe.Pointer(k)) == nil {
		return "wiped"
	}
	return keyName(*k)
}
)go";

constexpr std::string_view kRealKeys = R"go(
// Key number 1 is -0, and each eighth number is a NaN.
func key(n uint64) Key {
	if n%8 == 7 {
		return nan(n)
	}
	if n == 1 {
		return negZero
	}
	return Key(n)
}

func idOf(k Key) uint64 {
	if k != k {
		return math.Float64bits(float64(k)) & 0xffff
	}
	return uint64(k)
}

func keyName(k Key) string {
	if k != k {
		return fmt.Sprintf("nan(%d)", idOf(k))
	}
	return fmt.Sprint(k)
}

func storedName(k *Key) string { return keyName(*k) }
)go";

constexpr std::string_view kBigKeys = R"go(
func key(n uint64) Key     { return big(n) }
func idOf(k Key) uint64    { return k[0] }
func keyName(k Key) string { return fmt.Sprintf("big(%d)", k[0]) }

func storedName(k *Key) string {
	if k == nil {
		return "wiped"
	}
	return keyName(*k)
}
)go";

constexpr std::string_view kAnyKeys = R"go(
func key(n uint64) Key {
	switch n % 16 {
	case 12:
		if n == 12 {
			return 0.0
		}
		if n == 28 {
			return negZero
		}
		return float64(n)
	case 13:
		return nan(n)
	case 14:
		return s(n % 4096)
	case 15:
		return []int{int(n)} // cannot be hashed
	}
	return int(n)
}

// idOf numbers keys: equal keys alike, and different keys differently.
func idOf(k Key) uint64 {
	switch k := k.(type) {
	case int:
		return uint64(k)
	case string:
		return textNumber(k)
	case float64:
		if k == 0 {
			return 12
		}
		if k != k {
			return math.Float64bits(k) & 0xffff
		}
		return uint64(k)
	}
	return 0
}

func keyName(k Key) string {
	switch k := k.(type) {
	case string:
		return fmt.Sprintf("s(%d)", textNumber(k))
	case float64:
		if k != k {
			return fmt.Sprintf("nan(%d)", idOf(k))
		}
		return fmt.Sprintf("%.1f", k)
	}
	return fmt.Sprintf("%#v", k)
}

func storedName(k *Key) string {
	if *k == nil {
		return "wiped"
	}
	return keyName(*k)
}

func own(k Key, turn uint64) Key {
	if text, ok := k.(string); ok {
		return texts[turn%2][textNumber(text)]
	}
	return k
}
)go";

// Of 136 bytes or more: the bucket holds a pointer.
std::string array(std::string_view name, std::string_view type) {
  return fmt::format(R"go(
// {0} is an array told by its first word; the others follow from it.
func {0}(n uint64) (a {1}) {{
	for i := range a {{
		a[i] = n + uint64(i)*0x9e3779b97f4a7c15
	}}
	return a
}}
)go",
                     name, type);
}

std::string_view key_values(KeyKind key) {
  switch (key) {
    case KeyKind::u64:
    case KeyKind::u32:
      return kIntegerKeys;
    case KeyKind::str:
      return kTextKeys;
    case KeyKind::f64:
      return kRealKeys;
    case KeyKind::big:
    case KeyKind::obj:
      return kBigKeys;
    case KeyKind::any:
      return kAnyKeys;
  }
  return {};
}

std::string elem_values(ElemKind elem) {
  switch (elem) {
    case ElemKind::u64:
      return R"go(
func elem(n uint64) Elem     { return Elem(n) }
func elemName(e Elem) string { return fmt.Sprint(e) }
)go";
    case ElemKind::str:
      return R"go(
func elem(n uint64) Elem     { return s(n % 4096) }
func elemName(e Elem) string { return fmt.Sprintf("s(%d)", textNumber(string(e))) }
)go";
    case ElemKind::unit:
      return R"go(
func elem(n uint64) Elem     { return Elem{} }
func elemName(e Elem) string { return "{}" }
)go";
    case ElemKind::big:
    case ElemKind::fat:
    case ElemKind::obj:
      return fmt::format(R"go({1}
func elem(n uint64) Elem     {{ return {0}(n) }}
func elemName(e Elem) string {{ return fmt.Sprintf("{0}(%d)", e[0]) }}
)go",
                         array_name(elem), array(array_name(elem), "Elem"));
  }
  return {};
}

}  // namespace

std::string_view array_name(ElemKind elem) { return elem == ElemKind::fat ? "fat" : "big"; }

std::string go_values(KeyKind key, ElemKind elem) {
  std::string out(key_values(key));
  out += elem_values(elem);
  if (key == KeyKind::big || key == KeyKind::obj) {
    out += array("big", "Key");
  }
  if (key == KeyKind::str || key == KeyKind::any || elem == ElemKind::str) {
    out += texts(elem == ElemKind::str ? "Elem" : key == KeyKind::str ? "Key" : "string");
  }
  if (key == KeyKind::f64 || key == KeyKind::any) {
    out += reals(key == KeyKind::any ? "float64" : "Key");
  }
  return out;
}

}  // namespace mapfuzz::cli
