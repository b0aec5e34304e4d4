// The self-check: shows on live maps that the layout and the random state are what this package says.
// It reads before it writes, and stops at the first thing that differs.

package livemap

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"unsafe"
)

// The sizes that compiler and runtime agree on; checked when this is compiled.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(Header{})-48]
	_ = [1]struct{}{}[unsafe.Sizeof(Iter{})-96]
	_ = [1]struct{}{}[unsafe.Sizeof(Type{})-48]
	_ = [1]struct{}{}[unsafe.Sizeof(MapType{})-88]
)

const serves = "Serving: Go 1.19 (verified) and 1.20 (same map code, expected). Go 1.21 to 1.23 keep the " +
	"layout but were not verified and must pass the same proofs (1.21 changed clear and the load " +
	"factor, 1.22 the random numbers); Go 1.24 and later have another map. " +
	"Put a Go 1.19 or 1.20 first in PATH and build again."

// Prove returns nil if maps of this runtime can be judged, else an error that says what differs.
func Prove() error {
	if err := proveVersion(runtime.Version()); err != nil {
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// A collection in the middle would draw numbers of its own; so do samples of the heap profile,
	// which therefore stays off.
	runtime.MemProfileRate = 0
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	Pin()
	defer Unpin()
	for _, proof := range []func() string{proveTypes, proveHeader, proveRandom, proveGrowth, proveArray} {
		if wrong := proof(); wrong != "" {
			return fmt.Errorf("the Go runtime's map (%s) is not the one that mapfuzz knows: %s. %s",
				runtime.Version(), wrong, serves)
		}
	}
	return nil
}

func proveVersion(version string) error {
	rest := strings.TrimPrefix(version, "go1.")
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	minor, err := strconv.Atoi(rest[:digits])
	if rest == version || err != nil || minor < 19 || minor > 23 {
		return fmt.Errorf("the Go runtime is %s, and its map is not the one that mapfuzz knows. %s",
			version, serves)
	}
	return nil
}

// proveTypes compares map type descriptors with what is known of them.
func proveTypes() string {
	type known struct {
		name                string
		of                  *MapType
		key, elem           *Type
		keySize, elemSize   uint8
		bucketSize          uint16
		flags               uint32
		bucketPointersUntil uintptr
	}
	u64, str := TypeOf(uint64(0)), TypeOf("")
	big := TypeOf([17]uint64{})
	for _, k := range []known{
		{"uint64->uint64", MapTypeOf(map[uint64]uint64{}), u64, u64, 8, 8, 144, TypeReflexiveKey, 0},
		{"string->uint64", MapTypeOf(map[string]uint64{}), str, u64, 16, 8, 208, TypeReflexiveKey | TypeNeedKeyUpdate, 208},
		{"float64->uint64", MapTypeOf(map[float64]uint64{}), TypeOf(0.0), u64, 8, 8, 144, TypeNeedKeyUpdate, 0},
		{"any->uint64", MapTypeOf(map[any]uint64{}), nil, u64, 16, 8, 208, TypeNeedKeyUpdate | TypeHashMightPanic, 208},
		{"[17]uint64->uint64", MapTypeOf(map[[17]uint64]uint64{}), big, u64, 8, 8, 144, TypeIndirectKey | TypeReflexiveKey, 144},
		{"uint64->[17]uint64", MapTypeOf(map[uint64][17]uint64{}), u64, big, 8, 8, 144, TypeIndirectElem | TypeReflexiveKey, 144},
		{"uint64->struct{}", MapTypeOf(map[uint64]struct{}{}), u64, TypeOf(struct{}{}), 8, 0, 80, TypeReflexiveKey, 0},
	} {
		t := k.of
		if t.KeySize != k.keySize || t.ElemSize != k.elemSize || t.BucketSize != k.bucketSize || t.Flags != k.flags {
			return fmt.Sprintf("type %s has slots %d and %d, buckets of %d bytes, flags %d; expected %d, %d, %d, %d",
				k.name, t.KeySize, t.ElemSize, t.BucketSize, t.Flags, k.keySize, k.elemSize, k.bucketSize, k.flags)
		}
		if t.Elem != k.elem || (k.key != nil && t.Key != k.key) {
			return "type " + k.name + " does not point at its key and elem types"
		}
		if t.Bucket == nil || t.Bucket.Size != uintptr(k.bucketSize) || t.Bucket.PtrData != k.bucketPointersUntil {
			return "type " + k.name + " has another bucket type than expected"
		}
	}
	return ""
}

// proveHeader reads an ordinary map, filled by compiled code, through Header.
func proveHeader() string {
	m := make(map[uint64]uint64)
	for i := uint64(0); i < 8; i++ {
		m[1000+i] = 2000 + i
	}
	h := *(**Header)(unsafe.Pointer(&m))
	if h.Count != 8 || h.B != 0 || h.Flags != 0 || h.NOverflow != 0 || h.Buckets == nil || h.OldBuckets != nil {
		return fmt.Sprintf("a map of 8 entries has count %d, B %d, flags %d, noverflow %d",
			h.Count, h.B, h.Flags, h.NOverflow)
	}
	for i := uint64(0); i < 8; i++ {
		if top := *(*uint8)(unsafe.Add(h.Buckets, i)); top < MinTopHash {
			return fmt.Sprintf("a full bucket has cell state %d", top)
		}
		key := *(*uint64)(unsafe.Add(h.Buckets, DataOffset+8*i))
		elem := *(*uint64)(unsafe.Add(h.Buckets, DataOffset+64+8*i))
		if key != 1000+i || elem != 2000+i {
			return fmt.Sprintf("cell %d of a bucket holds (%d, %d); expected (%d, %d)", i, key, elem, 1000+i, 2000+i)
		}
	}
	runtime.KeepAlive(m)
	return ""
}

// Identity with a top byte: what is proven about the hasher needs no more.
func proofHash(p unsafe.Pointer, _ uintptr) uintptr {
	proofCalls++
	key := uintptr(*(*uint64)(p))
	return key | (key+7)<<56
}

var proofCalls int

func proofType() *MapType {
	t := *MapTypeOf(map[uint64]uint64{})
	t.Hasher = proofHash
	return &t
}

// proveRandom shows that the state can be found and set: it foretells seeds and iteration starts.
func proveRandom() string {
	if !findRandomState() {
		return "its random state was not found: seeds and iteration starts cannot be foretold"
	}
	t, random := proofType(), ThreadRandom()
	for start := uint64(1); start < 100; start++ {
		random.Set(start << 40)
		h := MakeMap(t, 52, nil)
		if h.Hash0 != FirstDraw(start<<40) || random.DrawsSince(start<<40) != 1 || h.B != 3 {
			return fmt.Sprintf("a new map for 52 entries has seed %#x and B %d; expected %#x and 3",
				h.Hash0, h.B, FirstDraw(start<<40))
		}
		*(*uint64)(AssignFast64(t, h, 5)) = 50
		var it Iter
		wanted := uint32(start)
		random.Set(StateDrawing(wanted, h.B+3, start))
		IterInit(t, h, &it)
		if it.StartBucket != uintptr(wanted&7) || it.Offset != uint8(wanted>>3&7) || it.B != 3 ||
			it.Map != h || it.Buckets != h.Buckets || it.Type != t {
			return fmt.Sprintf("an iterator starts at bucket %d, offset %d; expected %d, %d",
				it.StartBucket, it.Offset, wanted&7, wanted>>3&7)
		}
		if it.Key == nil || *(*uint64)(it.Key) != 5 || *(*uint64)(it.Elem) != 50 ||
			it.BucketPtr != unsafe.Add(h.Buckets, 5*144) || it.Wrapped != (5 < wanted&7 || it.Bucket == 0) {
			return "an iterator over a map of one entry does not stand on that entry"
		}
		if h.Flags != FlagIterator|FlagOldIterator || h.Extra == nil || h.Extra.Overflow != it.Overflow {
			return "opening an iterator leaves other marks in the map than expected"
		}
	}
	return ""
}

// proveGrowth shows our hasher at work: cells, the load at which a map grows, the marks of a growth.
func proveGrowth() string {
	t := proofType()
	h := MakeMap(t, 26, nil)
	proofCalls = 0
	for key := uint64(0); key < 26; key++ {
		*(*uint64)(AssignFast64(t, h, key)) = key
		at := key / 4 // keys go round the four buckets
		b := unsafe.Add(h.Buckets, key%4*144)
		if top := *(*uint8)(unsafe.Add(b, at)); top != uint8(key+7) {
			return fmt.Sprintf("the top hash of key %d is %d; expected %d", key, top, key+7)
		}
	}
	if h.B != 2 || h.Growing() || proofCalls != 26 {
		return fmt.Sprintf("26 entries in a map made for them: B %d, growing %v, %d hasher calls; expected 2, false, 26",
			h.B, h.Growing(), proofCalls)
	}
	old := h.Buckets
	AssignFast64(t, h, 26)
	if h.B != 3 || h.OldBuckets != old || h.OldCount() != 4 || h.NEvacuate == 0 {
		return fmt.Sprintf("the 27th entry of four buckets: B %d, %d old buckets, nevacuate %d; expected 3, 4 and more than 0",
			h.B, h.OldCount(), h.NEvacuate)
	}
	if state := *(*uint8)(old); state != EvacuatedX && state != EvacuatedY {
		return fmt.Sprintf("the first evacuated cell has state %d; expected %d or %d", state, EvacuatedX, EvacuatedY)
	}
	return ""
}

// proveArray shows the preallocated overflow buckets: their number and their end mark.
func proveArray() string {
	t := proofType()
	for b, hint := uint8(4), 104; b < 9; b, hint = b+1, hint*2 {
		h := MakeMap(t, hint, nil)
		size := uintptr(t.BucketSize)
		if h.B != b || h.Extra == nil || h.Extra.NextOverflow != unsafe.Add(h.Buckets, size<<b) {
			return fmt.Sprintf("a map made for %d entries has B %d; expected %d and preallocated overflow", hint, h.B, b)
		}
		total := t.TotalBuckets(b)
		for i := uintptr(1) << b; i < total; i++ {
			link := t.Overflow(unsafe.Add(h.Buckets, i*size))
			if (link == h.Buckets) != (i == total-1) || (link == nil) == (i == total-1) {
				return fmt.Sprintf("an array of 2^%d buckets does not end after %d buckets", b, total)
			}
		}
	}
	return ""
}
