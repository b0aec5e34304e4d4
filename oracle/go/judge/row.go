// Rows: the map types that programs use, each a copy of the compiler's descriptor with our hasher.

package judge

import (
	"unsafe"

	"mapfuzz/oracle/go/livemap"
)

// family is which of the runtime's functions the compiler picks for a map type.
type family uint8

const (
	familyGeneric family = iota
	familyFat            // generic, with a zero object of the type's own for misses
	familyFast32
	familyFast64
	familyStr
)

// row is a map type under judgement.
type row struct {
	key     KeyKind
	elem    ElemKind
	family  family
	mapType livemap.MapType
	keyType livemap.Type // mapType.Key points here, so that equality can be watched
	equal   func(unsafe.Pointer, unsafe.Pointer) bool
	plain   bool // neither key nor elem slots hold pointers

	// What one assign may allocate beyond growth: objects of indirect slots, a share of a bucket.
	assignBytes uint64
}

// rows is indexed by kinds; nil where there is no such row.
var rows [keyKinds][elemKinds]*row

// makeRows copies the descriptors. Only after livemap.Prove: it relies on their layout.
func makeRows() {
	for _, r := range []struct {
		key    KeyKind
		elem   ElemKind
		family family
		of     any
		hasher func(unsafe.Pointer, uintptr) uintptr
	}{
		{KeyU64, ElemU64, familyFast64, map[uint64]uint64(nil), hashU64},
		{KeyStr, ElemU64, familyStr, map[string]uint64(nil), hashStr},
		{KeyF64, ElemU64, familyGeneric, map[float64]uint64(nil), hashF64},
		{KeyU64, ElemStr, familyFast64, map[uint64]string(nil), hashU64},
		{KeyU64, ElemUnit, familyFast64, map[uint64]struct{}(nil), hashU64},
		{KeyU32, ElemU64, familyFast32, map[uint32]uint64(nil), hashU32},
		{KeyBig, ElemU64, familyGeneric, map[wide17]uint64(nil), hashBig},
		{KeyAny, ElemU64, familyGeneric, map[any]uint64(nil), hashAny},
		{KeyU64, ElemBig, familyGeneric, map[uint64]wide17(nil), hashU64},
		{KeyU64, ElemFat, familyFat, map[uint64]wide129(nil), hashU64},
	} {
		made := &row{key: r.key, elem: r.elem, family: r.family, mapType: *livemap.MapTypeOf(r.of)}
		t := &made.mapType
		made.keyType = *t.Key
		made.equal = t.Key.Equal
		t.Key = &made.keyType
		t.Hasher = r.hasher
		made.plain = t.PointerFree()
		made.assignBytes = uint64(t.BucketSize) / 4
		if t.Flags&livemap.TypeIndirectKey != 0 {
			made.assignBytes += uint64(t.Key.Size)
		}
		if t.Flags&livemap.TypeIndirectElem != 0 {
			made.assignBytes += uint64(t.Elem.Size)
		}
		rows[r.key][r.elem] = made
	}
}

// The hashers. The runtime calls them with a key's address and the map's seed; what they need to know
// of the program they find in `current`.

func hashU64(p unsafe.Pointer, seed uintptr) uintptr {
	return current.hashed(readKey(KeyU64, p), seed)
}

func hashU32(p unsafe.Pointer, seed uintptr) uintptr {
	return current.hashed(readKey(KeyU32, p), seed)
}

func hashF64(p unsafe.Pointer, seed uintptr) uintptr {
	id := readKey(KeyF64, p)
	hash := current.hashed(keyClass(KeyF64, id), seed)
	if neverEqual(KeyF64, id) {
		return uintptr(Mix(uint64(hash) ^ uint64(livemap.Draw())))
	}
	return hash
}

func hashStr(p unsafe.Pointer, seed uintptr) uintptr {
	return current.hashed(readKey(KeyStr, p), seed)
}

func hashBig(p unsafe.Pointer, seed uintptr) uintptr {
	if p == nil {
		panic(errNilKey)
	}
	return current.hashed(readKey(KeyBig, p), seed)
}

func hashAny(p unsafe.Pointer, seed uintptr) uintptr {
	id := readKey(KeyAny, p)
	if unhashable(KeyAny, id) {
		livemap.InterfaceHash(p, seed) // panics, in the runtime's own words
	}
	hash := current.hashed(keyClass(KeyAny, id), seed)
	if neverEqual(KeyAny, id) {
		return uintptr(Mix(uint64(hash) ^ uint64(livemap.Draw())))
	}
	return hash
}

// nilKey is what the compiler's own hasher of a large key ends in when the runtime hands it the key of
// a cell that was wiped under an iterator (spec Q5): it reads from address 0. Ours says so without
// the detour through a signal, which sanitizers would want to report.
type nilKey struct{}

var errNilKey error = nilKey{}

func (nilKey) Error() string {
	return "runtime error: invalid memory address or nil pointer dereference"
}

// hashed hashes a class and keeps account of the call.
func (r *runner) hashed(class uint32, seed uintptr) uintptr {
	if r.armed == armedHash {
		r.reenter()
	}
	r.hashCalls++
	r.hashTrace = Mix(r.hashTrace^(uint64(class)<<32|uint64(seed))) + 1
	return uintptr(r.plan.hash(class, uint32(seed)))
}

// watchEquality puts a look at `armed` before each comparison, in programs that need one: the
// others compare at full speed.
func (r *runner) watchEquality(watch bool) {
	equal := r.row.equal
	r.row.keyType.Equal = equal
	if watch {
		r.row.keyType.Equal = func(a, b unsafe.Pointer) bool {
			if r.armed == armedEqual {
				r.reenter()
			}
			return equal(a, b)
		}
	}
}
