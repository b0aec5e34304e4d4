#include "fuzz/cli/emit_kinds.h"

#include <fmt/format.h>

#include "fuzz/cli/emit_values.h"
#include "oracle/kinds.h"

namespace mapfuzz::cli {
namespace {

bool is_inline_without_pointers(KeyKind key) {
  return key == KeyKind::u64 || key == KeyKind::u32 || key == KeyKind::f64;
}
bool is_inline_without_pointers(ElemKind elem) {
  return elem == ElemKind::u64 || elem == ElemKind::unit;
}
bool is_indirect(KeyKind key) { return key == KeyKind::big || key == KeyKind::obj; }
bool is_indirect(ElemKind elem) {
  return elem == ElemKind::big || elem == ElemKind::fat || elem == ElemKind::obj;
}

// The compiler makes one call of mapclear out of this loop, where keys are equal to themselves.
constexpr std::string_view kClear = R"go(	live := m.live
	for k := range live { // the compiler makes this mapclear
		delete(live, k)
	}
)go";
constexpr std::string_view kClearByTwin =
    R"go(	// The compiler makes such a loop mapclear, but only for keys that equal themselves. To it, the
	// map is one of keys of the same size.
	twin := *(*map[@twin@]Elem)(unsafe.Pointer(&m.live))
	for k := range twin {
		delete(twin, k)
	}
)go";

constexpr std::string_view kHasher =
    R"go(	return uintptr(hashOf(idOf(*(*Key)(p)), uint64(hash0)))
)go";
constexpr std::string_view kHasherOfReals = R"go(	k := *(*Key)(p)
	h := hashOf(idOf(k), uint64(hash0))
	if k != k { // a NaN has another hash each time
		h = mix(h ^ uint64(draw()))
	}
	return uintptr(h)
)go";
constexpr std::string_view kHasherOfAny = R"go(	k := *(*Key)(p)
	if _, ok := k.([]int); ok {
		return originalHasher(p, hash0) // panics
	}
	h := hashOf(idOf(k), uint64(hash0))
	if f, ok := k.(float64); ok && f != f { // a NaN has another hash each time
		h = mix(h ^ uint64(draw()))
	}
	return uintptr(h)
)go";

// Comparisons of Key, too, can be interrupted.
constexpr std::string_view kEqual =
    R"go(	equal := (*func(a, b unsafe.Pointer) bool)(unsafe.Add(t.key, 24))
	original := *equal
	overwrite(equal, func(a, b unsafe.Pointer) bool {
		interrupt("equal")
		return original(a, b)
	})
)go";
constexpr std::string_view kReenter = R"go(
// nested is an operation that the next step runs from inside itself.
var nested *struct {
	m      *Map
	inside string // a call of Key's "hash" or "equal"
	run    func()
	armed  bool
}

// reenter lets the next step, at its first call of Key's hash or equality function while the map
// is being written, perform another operation on the map.
func (m *Map) reenter(inside, what string, k Key) {
	m.begin("when the next step, writing, calls %s of a key: %s m[%s]", inside, what, keyName(k))
	defer m.end()
@own@	m.arm(inside, map[string]func(){
		"access": func() { _, _ = m.live[k] },
		"assign": func() { m.live[k] = elem(1) },
		"delete": func() { delete(m.live, k) },
	}[what])
}

func (m *Map) arm(inside string, run func()) {
	nested = &struct {
		m      *Map
		inside string
		run    func()
		armed  bool
	}{m, inside, run, false}
}

// disarm comes at the end of each step, at the end of reenter itself too.
func disarm() {
	if nested != nil && nested.armed {
		nested = nil
	}
	if nested != nil {
		nested.armed = true
	}
}

func interrupt(inside string) {
	n := nested
	if n != nil && n.armed && n.inside == inside && header(n.m.live).flags&hashWriting != 0 {
		nested = nil
		fmt.Fprint(out, "  (now)")
		out.Flush()
		n.run()
	}
}
)go";

}  // namespace

GoKinds::GoKinds(KeyKind key, ElemKind elem)
    : key_(key), elem_(elem), values_(go_values(key, elem)) {}

bool GoKinds::has_reals() const { return key_ == KeyKind::f64 || key_ == KeyKind::any; }

std::string GoKinds::key(std::uint32_t id) const {
  switch (key_) {
    case KeyKind::u64:
    case KeyKind::u32:
      return fmt::format("{}", id);
    case KeyKind::str:
      return fmt::format("s({})", id);
    case KeyKind::f64:
      return never_equal(key_, id) ? fmt::format("nan({})", id)
             : id == 1             ? "negZero"
                                   : fmt::format("{}", id);
    case KeyKind::big:
    case KeyKind::obj:
      return fmt::format("big({})", id);
    case KeyKind::any:
      break;
  }
  switch (any_form(id)) {
    case AnyForm::real:
      return id == kAnyMinusZero ? "negZero" : fmt::format("{}.0", id == kAnyPlusZero ? 0 : id);
    case AnyForm::nan:
      return fmt::format("nan({})", id);
    case AnyForm::text:
      return fmt::format("s({})", stored_id(key_, id));
    case AnyForm::slice:
      return fmt::format("[]int{{{}}}", id);
    case AnyForm::integer:
      break;
  }
  return fmt::format("{}", id);
}

std::string GoKinds::elem(std::int64_t value) const {
  const std::uint64_t stored = elem_value(elem_, value);
  switch (elem_) {
    case ElemKind::u64:
      break;
    case ElemKind::str:
      return fmt::format("s({})", stored);
    case ElemKind::unit:
      return "Elem{}";
    case ElemKind::big:
    case ElemKind::fat:
    case ElemKind::obj:
      return fmt::format("{}({})", array_name(elem_), stored);
  }
  return fmt::format("{}", stored);
}

std::string_view GoKinds::key_type() const {
  switch (key_) {
    case KeyKind::u64:
      return "uint64";
    case KeyKind::str:
      return "string";
    case KeyKind::f64:
      return "float64";
    case KeyKind::u32:
      return "uint32";
    case KeyKind::big:
    case KeyKind::obj:
      return "[17]uint64";
    case KeyKind::any:
      return "any";
  }
  return {};
}

std::string_view GoKinds::elem_type() const {
  switch (elem_) {
    case ElemKind::u64:
      return "uint64";
    case ElemKind::str:
      return "string";
    case ElemKind::unit:
      return "struct{}";
    case ElemKind::big:
    case ElemKind::obj:
      return "[17]uint64";
    case ElemKind::fat:
      return "[129]uint64";
  }
  return {};
}

std::vector<std::string_view> GoKinds::packages() const {
  std::vector<std::string_view> out = {"bufio", "fmt"};
  if (has_reals()) {
    out.emplace_back("math");
  }
  for (const char* name :
       {"math/bits", "os", "reflect", "runtime", "runtime/debug", "strings", "syscall", "unsafe"}) {
    out.emplace_back(name);
  }
  return out;
}

std::vector<GoPiece> GoKinds::pieces(bool reenters) const {
  const bool plain = is_inline_without_pointers(key_) && is_inline_without_pointers(elem_);
  const bool big_key = is_indirect(key_);
  const bool own = key_ == KeyKind::str || key_ == KeyKind::any;
  std::vector<GoPiece> out;
  out.push_back({"key", std::string(key_type())});
  out.push_back({"elem", std::string(elem_type())});
  out.push_back({"ids", fmt::format("{}", key_ids(key_))});
  out.push_back({"own", own ? "\tk = own(k, m.step)\n" : ""});
  out.push_back({"own_literal", own ? "\t\tk = own(k, at)\n" : ""});
  // Bucket layout.
  out.push_back({"key_slot", big_key ? "*Key" : "Key"});
  out.push_back({"key_at", big_key ? "b.keys[i]" : "&b.keys[i]"});
  out.push_back({"elem_slot", is_indirect(elem_) ? "*Elem" : "Elem"});
  out.push_back({"elem_at", is_indirect(elem_) ? "b.elems[i]" : "&b.elems[i]"});
  out.push_back({"link", plain ? "uintptr" : "*bucket"});
  out.push_back({"next", plain ? "*(**bucket)(unsafe.Pointer(&b.overflow))" : "b.overflow"});
  // m[k] op= e. Go has no += for arrays, so that they are looked up first; it leads to the same.
  out.push_back({"op", elem_ == ElemKind::str || elem_ == ElemKind::unit ? "=" : "+="});
  out.push_back(
      {"update", elem_ == ElemKind::u64 ? "\tm.live[k] += e\n"
                 : is_indirect(elem_)
                     ? fmt::format("\tm.live[k] = {}(m.live[k][0] + e[0])\n", array_name(elem_))
                     : "\tm.live[k] = e\n"});
  const bool reflexive = key_ != KeyKind::f64 && key_ != KeyKind::any;
  out.push_back({"clear", std::string(reflexive ? kClear : kClearByTwin)});
  out.push_back({"twin", key_ == KeyKind::f64 ? "uint64" : "[2]*int"});
  out.push_back({"hasher", fmt::format("{}{}", reenters ? "\tinterrupt(\"hash\")\n" : "",
                                       key_ == KeyKind::any   ? kHasherOfAny
                                       : key_ == KeyKind::f64 ? kHasherOfReals
                                                              : kHasher)});
  const bool panics = key_ == KeyKind::any;
  out.push_back({"keep_original", panics ? "\toriginalHasher = t.hasher\n" : ""});
  out.push_back(
      {"original", panics ? "\nvar originalHasher func(unsafe.Pointer, uintptr) uintptr\n" : ""});
  out.push_back({"equal", std::string(reenters ? kEqual : "")});
  out.push_back({"reenter", std::string(reenters ? kReenter : "")});
  out.push_back({"disarm", reenters ? "\tdisarm()\n" : ""});
  return out;
}

}  // namespace mapfuzz::cli
