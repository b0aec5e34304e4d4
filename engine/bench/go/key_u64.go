//go:build !text

package main

// Key is a type of its own in each of two programs, rather than a type parameter, because the
// compiler chooses a map's access functions by it.
type Key = uint64

func weigh(key Key) uint64 { return key }

type keyArray struct{ keys []Key }

func newKeys(count int) *keyArray {
	return &keyArray{(*[1 << 40]Key)(offHeap(8 * count))[:0:count]}
}

func (k *keyArray) add(position uint64) { k.keys = append(k.keys, splitmix64(position)) }
