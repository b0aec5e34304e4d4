// Keys: what a key id stands for, and reading it back.
//
// Texts and boxed values live in tables made once: no key costs an allocation, and a stored key is
// told by where it points.

package judge

import (
	"math"
	"unsafe"

	"mapfuzz/oracle/go/livemap"
)

// KeyKind numbers key types as oracle/program.h does.
type KeyKind uint8

// Codes of oracle/program.h.
const (
	KeyU64 KeyKind = iota
	KeyStr
	KeyF64
	KeyU32
	KeyBig
	KeyAny
	keyKinds
)

const (
	noKey      = 0xFFFFFFFF // what bytes that are no key of ours read as
	maxKey     = 65535
	maxKeyBits = 0xFFFFFFF // what a u64 or u32 may be read as; benchmarks go beyond maxKey
	stringKeys = 4096
	nanBits    = 0x7FF8000000000000

	anyPlusZero  = 12
	anyMinusZero = 28

	textStride = 64
)

// wide17 is a key or elem beyond the 128 bytes that a bucket takes.
type wide17 = [17]uint64

// keyIDs is how many ids a kind has.
func keyIDs(kind KeyKind) uint32 {
	if kind == KeyStr {
		return stringKeys
	}
	return maxKey + 1
}

// What an any key holds, by id % 16; all others are ints.
const (
	anyReal  = 12
	anyNaN   = 13
	anyText  = 14
	anySlice = 15
)

// keyClass is the id that stands for all keys equal to this one.
func keyClass(kind KeyKind, id uint32) uint32 {
	switch {
	case id == noKey:
	case kind == KeyF64 && id == 1:
		return 0
	case kind == KeyAny && id == anyMinusZero:
		return anyPlusZero
	case kind == KeyAny && id%16 == anyText:
		return id % stringKeys
	}
	return id
}

// neverEqual says whether the key differs from itself.
func neverEqual(kind KeyKind, id uint32) bool {
	return id != noKey && (kind == KeyF64 && id%8 == 7 || kind == KeyAny && id%16 == anyNaN)
}

func unhashable(kind KeyKind, id uint32) bool {
	return kind == KeyAny && id != noKey && id%16 == anySlice
}

// stringHeader is a string in its two words. Unlike &text[i:j][0] it can point at an empty text.
type stringHeader struct {
	data unsafe.Pointer
	size int
}

// texts holds two copies of each text at different addresses; textStrings are their headers.
var (
	texts       [2 * stringKeys * textStride]byte
	textStrings [2 * stringKeys]string
	anyInts     [maxKey + 1]uint64
	anyFloats   [maxKey + 1]uint64
	anySlices   [1][]int
	intType     = livemap.TypeOf(int(0))
	floatType   = livemap.TypeOf(float64(0))
	stringType  = livemap.TypeOf("")
	sliceType   = livemap.TypeOf([]int(nil))
)

func init() {
	for index := uint32(0); index < 2*stringKeys; index++ {
		id := index % stringKeys
		// The id in five digits, again and again: ids differ in their last four bytes at most.
		var digits [5]byte
		for i, rest := 4, id; i >= 0; i, rest = i-1, rest/10 {
			digits[i] = byte('0' + rest%10)
		}
		text := texts[index*textStride:][:textStride]
		for at := range text {
			text[at] = digits[at%5]
		}
		*(*stringHeader)(unsafe.Pointer(&textStrings[index])) = stringHeader{unsafe.Pointer(&text[0]), textSize(id)}
	}
	for id := range anyInts {
		anyInts[id] = uint64(id)
		anyFloats[id] = math.Float64bits(float64(id))
		if id%16 == anyNaN {
			anyFloats[id] = nanBits | uint64(id)
		}
	}
	anyFloats[anyPlusZero] = 0
	anyFloats[anyMinusZero] = 1 << 63
}

func textSize(id uint32) int {
	if id == 0 {
		return 0
	}
	return [4]int{8, 32, 60, 5}[id%4]
}

// text gives the text of an id; its two copies are equal, but lie at different addresses.
func text(id uint32, second bool) string {
	if second {
		return textStrings[id+stringKeys]
	}
	return textStrings[id]
}

// readText tells which text a string of the map is.
func readText(s *stringHeader) (id uint32, second bool) {
	offset := uintptr(s.data) - uintptr(unsafe.Pointer(&texts))
	if offset >= uintptr(len(texts)) || offset%textStride != 0 {
		return noKey, false
	}
	index := uint32(offset / textStride)
	if s.size != textSize(index%stringKeys) {
		return noKey, false
	}
	return index % stringKeys, index >= stringKeys
}

// readAny tells which key an interface value of the map is; a text by its smallest id.
func readAny(e *livemap.Eface) (id uint32, second bool) {
	switch e.Type {
	case intType:
		if offset := uintptr(e.Data) - uintptr(unsafe.Pointer(&anyInts)); offset < unsafe.Sizeof(anyInts) {
			return uint32(offset / 8), false
		}
	case floatType:
		if offset := uintptr(e.Data) - uintptr(unsafe.Pointer(&anyFloats)); offset < unsafe.Sizeof(anyFloats) {
			return uint32(offset / 8), false
		}
	case stringType:
		return readText((*stringHeader)(e.Data))
	case sliceType:
		return anySlice, false
	}
	return noKey, false
}

func readF64(bits uint64) uint32 {
	switch {
	case bits == 0:
		return 0
	case bits == 1<<63:
		return 1
	case bits&nanBits == nanBits:
		return uint32(bits & maxKey)
	}
	return uint32(math.Float64frombits(bits))
}

// keyMaker makes keys in place. One for each use: a key must not change while the map reads it.
type keyMaker struct {
	word  uint64
	eface livemap.Eface
	wide  wide17
}

// make gives the key's address, valid until the next call.
func (m *keyMaker) make(kind KeyKind, id uint32, second bool) unsafe.Pointer {
	switch kind {
	case KeyU64, KeyU32: // little endian: the lower half is the u32
		m.word = uint64(id)
	case KeyF64:
		switch {
		case id == 1:
			m.word = 1 << 63
		case neverEqual(kind, id):
			m.word = nanBits | uint64(id)
		default:
			m.word = math.Float64bits(float64(id))
		}
	case KeyStr:
		if second {
			id += stringKeys
		}
		return unsafe.Pointer(&textStrings[id])
	case KeyBig:
		storeWide(m.wide[:], uint64(id))
		return unsafe.Pointer(&m.wide)
	case KeyAny:
		m.makeAny(id, second)
		return unsafe.Pointer(&m.eface)
	}
	return unsafe.Pointer(&m.word)
}

func (m *keyMaker) makeAny(id uint32, second bool) {
	switch id % 16 {
	case anyReal, anyNaN:
		m.eface = livemap.Eface{Type: floatType, Data: unsafe.Pointer(&anyFloats[id])}
	case anyText:
		id %= stringKeys
		if second {
			id += stringKeys
		}
		m.eface = livemap.Eface{Type: stringType, Data: unsafe.Pointer(&textStrings[id])}
	case anySlice:
		m.eface = livemap.Eface{Type: sliceType, Data: unsafe.Pointer(&anySlices)}
	default:
		m.eface = livemap.Eface{Type: intType, Data: unsafe.Pointer(&anyInts[id])}
	}
}

// readKey tells the id of the key at p; for an indirect key, p is where the key itself lies. A wiped
// indirect key has no address (spec Q5) and reads as no key.
func readKey(kind KeyKind, p unsafe.Pointer) uint32 {
	switch kind {
	case KeyU64:
		if word := *(*uint64)(p); word <= maxKeyBits {
			return uint32(word)
		}
	case KeyU32:
		if word := *(*uint32)(p); word <= maxKeyBits {
			return word
		}
	case KeyF64:
		return readF64(*(*uint64)(p))
	case KeyStr:
		id, _ := readText((*stringHeader)(p))
		return id
	case KeyBig:
		if p != nil {
			if words := (*wide17)(p); words[0] <= maxKey && isWide(words[:], words[0]) {
				return uint32(words[0])
			}
		}
	case KeyAny:
		id, _ := readAny((*livemap.Eface)(p))
		return id
	}
	return noKey
}
