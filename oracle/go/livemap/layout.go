// Package livemap reaches the map inside the running Go runtime: its functions, its memory and its
// random state.
//
// Promises: Prove() shows every assumption made here on a live map before anybody relies on it.
// Leaves to others: what is done with a map (package judge).
package livemap

import "unsafe"

// Cells of a bucket, and the states that a top hash byte may hold instead of a top hash.
const (
	BucketCells = 8

	EmptyRest      = 0
	EmptyOne       = 1
	EvacuatedX     = 2
	EvacuatedY     = 3
	EvacuatedEmpty = 4
	MinTopHash     = 5

	// Bytes before the first key of a bucket.
	DataOffset = 8
)

// Bits of Header.Flags.
const (
	FlagIterator     = 1
	FlagOldIterator  = 2
	FlagHashWriting  = 4
	FlagSameSizeGrow = 8
)

// Bits of MapType.Flags.
const (
	TypeIndirectKey    = 1
	TypeIndirectElem   = 2
	TypeReflexiveKey   = 4
	TypeNeedKeyUpdate  = 8
	TypeHashMightPanic = 16
)

// Header is the runtime's hmap.
type Header struct {
	Count      int
	Flags      uint8
	B          uint8
	NOverflow  uint16
	Hash0      uint32
	Buckets    unsafe.Pointer
	OldBuckets unsafe.Pointer
	NEvacuate  uintptr
	Extra      *Extra
}

// Extra is the runtime's mapextra.
type Extra struct {
	Overflow     *[]unsafe.Pointer
	OldOverflow  *[]unsafe.Pointer
	NextOverflow unsafe.Pointer
}

// Iter is the runtime's hiter. The pointers are typed so that the collector keeps what they lead to.
type Iter struct {
	Key         unsafe.Pointer
	Elem        unsafe.Pointer
	Type        *MapType
	Map         *Header
	Buckets     unsafe.Pointer
	BucketPtr   unsafe.Pointer
	Overflow    *[]unsafe.Pointer
	OldOverflow *[]unsafe.Pointer
	StartBucket uintptr
	Offset      uint8
	Wrapped     bool
	B           uint8
	I           uint8
	Bucket      uintptr
	CheckBucket uintptr
}

// Type is the common head of every type descriptor.
type Type struct {
	Size       uintptr
	PtrData    uintptr
	Hash       uint32
	TFlag      uint8
	Align      uint8
	FieldAlign uint8
	Kind       uint8
	Equal      func(unsafe.Pointer, unsafe.Pointer) bool
	GCData     *byte
	Str        int32
	PtrToThis  int32
}

// MapType is the descriptor of a map type.
type MapType struct {
	Type
	Key        *Type
	Elem       *Type
	Bucket     *Type
	Hasher     func(unsafe.Pointer, uintptr) uintptr
	KeySize    uint8
	ElemSize   uint8
	BucketSize uint16
	Flags      uint32
}

// Eface is an interface value without methods, in its two words.
type Eface struct {
	Type *Type
	Data unsafe.Pointer
}

// TypeOf gives the descriptor of v's dynamic type.
func TypeOf(v any) *Type { return (*Eface)(unsafe.Pointer(&v)).Type }

// MapTypeOf gives the descriptor of the map type of m. It is read-only memory: copy before changing.
func MapTypeOf(m any) *MapType { return (*MapType)(unsafe.Pointer(TypeOf(m))) }

// Growing says whether a growth is under way.
func (h *Header) Growing() bool { return h.OldBuckets != nil }

// OldCount is the number of base buckets of the old array: 0 when no growth is under way.
func (h *Header) OldCount() uintptr {
	if h.OldBuckets == nil {
		return 0
	}
	return uintptr(1) << h.OldB()
}

// OldB is the exponent of the old array; only meaningful while growing.
func (h *Header) OldB() uint8 {
	if h.Flags&FlagSameSizeGrow != 0 {
		return h.B
	}
	return h.B - 1
}

// TotalBuckets is how many buckets an array with exponent b has, preallocated overflow included.
func (t *MapType) TotalBuckets(b uint8) uintptr {
	base := uintptr(1) << b
	if b < 4 {
		return base
	}
	size := uintptr(t.BucketSize)
	wanted := (base + base>>4) * size
	got := roundupsize(wanted)
	if got == wanted {
		return base + base>>4
	}
	return got / size
}

// PointerFree says whether the collector does not look into buckets: only then does the runtime keep
// lists of overflow buckets.
func (t *MapType) PointerFree() bool { return t.Bucket.PtrData == 0 }

// Overflow is the bucket that follows b in its chain.
func (t *MapType) Overflow(b unsafe.Pointer) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Add(b, uintptr(t.BucketSize)-8))
}
