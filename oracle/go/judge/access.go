// The map's verbs on the current map, each through the function that the compiler would call.

package judge

import (
	"unsafe"

	"mapfuzz/oracle/go/livemap"
)

// What a missing elem of the fat type reads as.
var fatZero wide129

func (r *runner) access1(id uint32, second bool) unsafe.Pointer {
	t, m := &r.row.mapType, r.m
	switch r.row.family {
	case familyFast64:
		return livemap.Access1Fast64(t, m, uint64(id))
	case familyFast32:
		return livemap.Access1Fast32(t, m, id)
	case familyStr:
		return livemap.Access1FastStr(t, m, text(id, second))
	case familyFat:
		return livemap.Access1Fat(t, m, r.maker.make(r.row.key, id, second), unsafe.Pointer(&fatZero))
	}
	return livemap.Access1(t, m, r.maker.make(r.row.key, id, second))
}

func (r *runner) access2(id uint32, second bool) (unsafe.Pointer, bool) {
	t, m := &r.row.mapType, r.m
	switch r.row.family {
	case familyFast64:
		return livemap.Access2Fast64(t, m, uint64(id))
	case familyFast32:
		return livemap.Access2Fast32(t, m, id)
	case familyStr:
		return livemap.Access2FastStr(t, m, text(id, second))
	case familyFat:
		return livemap.Access2Fat(t, m, r.maker.make(r.row.key, id, second), unsafe.Pointer(&fatZero))
	}
	return livemap.Access2(t, m, r.maker.make(r.row.key, id, second))
}

func (r *runner) assign(id uint32, second bool) unsafe.Pointer {
	r.allocated += r.row.assignBytes
	return r.assignAt(r.m, r.maker.make(r.row.key, id, second))
}

// assignAt takes the key where it lies, as copying a map needs it.
func (r *runner) assignAt(m *livemap.Header, key unsafe.Pointer) unsafe.Pointer {
	t := &r.row.mapType
	switch r.row.family {
	case familyFast64:
		return livemap.AssignFast64(t, m, *(*uint64)(key))
	case familyFast32:
		return livemap.AssignFast32(t, m, *(*uint32)(key))
	case familyStr:
		return livemap.AssignFastStr(t, m, *(*string)(key))
	}
	return livemap.Assign(t, m, key)
}

func (r *runner) erase(id uint32, second bool) {
	t, m := &r.row.mapType, r.m
	switch r.row.family {
	case familyFast64:
		livemap.DeleteFast64(t, m, uint64(id))
	case familyFast32:
		livemap.DeleteFast32(t, m, id)
	case familyStr:
		livemap.DeleteFastStr(t, m, text(id, second))
	default:
		livemap.Delete(t, m, r.maker.make(r.row.key, id, second))
	}
}

func (r *runner) make(hint int64) *livemap.Header {
	m := livemap.MakeMap(&r.row.mapType, int(hint), nil)
	r.allocated += 128
	if m.Buckets != nil {
		r.allocated += r.arrayBytes(m.B)
	}
	return m
}

func (r *runner) arrayBytes(b uint8) uint64 {
	return uint64(r.row.mapType.TotalBuckets(b)) * uint64(r.row.mapType.BucketSize)
}

// length is what len() compiles to.
func length(m *livemap.Header) uint64 {
	if m == nil {
		return 0
	}
	return uint64(m.Count)
}

// copyOf makes a map of the same entries, assigned in the order in which they lie in memory: the
// current array chain by chain, then the old one. (What C++'s copy constructor does; Go 1.19 has no
// such operation of its own.) Indirect elems are stored anew, as every copy of a value is.
func (r *runner) copyOf(from *livemap.Header) *livemap.Header {
	if from == nil {
		return nil
	}
	to := r.make(int64(from.Count))
	if from.Buckets != nil {
		r.copyArray(to, from.Buckets, uintptr(1)<<from.B)
	}
	if from.Growing() {
		r.copyArray(to, from.OldBuckets, from.OldCount())
	}
	return to
}

func (r *runner) copyArray(to *livemap.Header, array unsafe.Pointer, count uintptr) {
	t := &r.row.mapType
	for i := uintptr(0); i < count; i++ {
		for b := unsafe.Add(array, i*uintptr(t.BucketSize)); b != nil; b = t.Overflow(b) {
			for cell := uintptr(0); cell < livemap.BucketCells; cell++ {
				if *(*uint8)(unsafe.Add(b, cell)) < livemap.MinTopHash {
					continue
				}
				key := unsafe.Add(b, livemap.DataOffset+cell*uintptr(t.KeySize))
				if t.Flags&livemap.TypeIndirectKey != 0 {
					key = *(*unsafe.Pointer)(key)
				}
				elem := unsafe.Add(b, livemap.DataOffset+livemap.BucketCells*uintptr(t.KeySize)+cell*uintptr(t.ElemSize))
				if t.Flags&livemap.TypeIndirectElem != 0 {
					elem = *(*unsafe.Pointer)(elem)
				}
				r.allocated += r.row.assignBytes
				copyElem(r.row.elem, r.assignAt(to, key), elem)
			}
		}
	}
}

func copyElem(kind ElemKind, to, from unsafe.Pointer) {
	switch kind {
	case ElemU64:
		*(*uint64)(to) = *(*uint64)(from)
	case ElemStr:
		*(*string)(to) = *(*string)(from)
	case ElemBig:
		*(*wide17)(to) = *(*wide17)(from)
	case ElemFat:
		*(*wide129)(to) = *(*wide129)(from)
	}
}
