//go:build text

package main

import "unsafe"

// Key: see key_u64.go.
type Key = string

const textLength = 20

func weigh(key Key) uint64 { return uint64(len(key)) }

type keyArray struct {
	arena []byte
	keys  []Key
}

func newKeys(count int) *keyArray {
	return &keyArray{
		(*[1 << 44]byte)(offHeap(textLength * count))[: textLength*count : textLength*count],
		(*[1 << 40]Key)(offHeap(16 * count))[:0:count],
	}
}

// add appends the position's number in 20 decimal digits.
func (k *keyArray) add(position uint64) {
	text := k.arena[len(k.keys)*textLength:][:textLength]
	number := splitmix64(position)
	for at := textLength - 1; at >= 0; at-- {
		text[at] = byte('0' + number%10)
		number /= 10
	}
	k.keys = append(k.keys, *(*string)(unsafe.Pointer(&struct {
		data   *byte
		length int
	}{&text[0], textLength})))
}
