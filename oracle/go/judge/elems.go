// Elements: what a value is in the map, and reading it back.

package judge

import "unsafe"

// ElemKind numbers elem types as oracle/program.h does.
type ElemKind uint8

// Codes of oracle/program.h.
const (
	ElemU64 ElemKind = iota
	ElemStr
	ElemUnit
	ElemBig
	ElemFat
	elemKinds
)

// wide129 is an elem beyond the 1,024 bytes of the runtime's shared zero value.
type wide129 = [129]uint64

const notOurs = 0xFFFFFFFFFFFFFFFF

func storeWide(words []uint64, value uint64) {
	for i := range words {
		words[i] = value
		value += golden
	}
}

// isWide says whether the words are what storeWide made of value.
func isWide(words []uint64, value uint64) bool {
	for _, word := range words {
		if word != value {
			return false
		}
		value += golden
	}
	return true
}

// readWide gives the stored value; stored is false for the zero element, which reads as 0.
func readWide(words []uint64) (value uint64, stored bool) {
	value = words[0]
	if isWide(words, value) {
		return value, true
	}
	for _, word := range words {
		if word != 0 {
			return notOurs, true
		}
	}
	return 0, false
}

// elemValue is what an elem of this kind makes of a value.
func elemValue(kind ElemKind, value int64) uint64 {
	switch kind {
	case ElemStr:
		return uint64(value) % stringKeys
	case ElemUnit:
		return 0
	}
	return uint64(value)
}

// updatedValue is what `m[k] op= value` makes of an old element.
func updatedValue(kind ElemKind, old uint64, value int64) uint64 {
	if kind == ElemStr || kind == ElemUnit {
		return elemValue(kind, value)
	}
	return old + uint64(value)
}

// storeElem writes a value where the map said that the element lies.
func storeElem(kind ElemKind, p unsafe.Pointer, value uint64) {
	switch kind {
	case ElemU64:
		*(*uint64)(p) = value
	case ElemStr:
		*(*string)(p) = textStrings[value]
	case ElemBig:
		storeWide((*wide17)(p)[:], value)
	case ElemFat:
		storeWide((*wide129)(p)[:], value)
	}
}

func readElem(kind ElemKind, p unsafe.Pointer) uint64 {
	switch kind {
	case ElemU64:
		return *(*uint64)(p)
	case ElemStr:
		s := (*stringHeader)(p)
		if s.data == nil && s.size == 0 {
			return 0
		}
		id, _ := readText(s)
		return uint64(id)
	case ElemBig:
		value, _ := readWide((*wide17)(p)[:])
		return value
	case ElemFat:
		value, _ := readWide((*wide129)(p)[:])
		return value
	}
	return 0
}
