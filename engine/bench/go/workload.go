package main

// The keys: what ../workload.h says, in Go. A number changed there must change here.
//
// All of it lies outside the heap, so that the collector sees the maps and nothing of the harness.

import (
	"syscall"
	"unsafe"
)

const (
	smallTotal = 4096
	maxQueries = 1 << 20

	largestWarmed = 65536

	absentFrom = 1 << 40
	shuffle    = 1 << 50
)

func splitmix64(position uint64) uint64 {
	z := (position + 1) * 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// workload has the keys of all maps of one size; map m has those from m*size on.
type workload struct {
	size, maps, total, queries int
	present, absent, shuffled  []Key
	hitSum, weight             uint64
}

// firstKeys returns the keys at positions 0 to count-1.
func firstKeys(count int) []Key {
	made := newKeys(count)
	for at := 0; at < count; at++ {
		made.add(uint64(at))
	}
	return made.keys
}

func newWorkload(size int) *workload {
	w := &workload{size: size, maps: 1, queries: size}
	if size < smallTotal {
		w.maps = smallTotal / size
	}
	if size > maxQueries {
		w.queries = maxQueries
	}
	w.total = w.maps * size
	present, absent, shuffled := newKeys(w.total), newKeys(w.total), newKeys(w.total)
	for at := 0; at < w.total; at++ {
		present.add(uint64(at))
		absent.add(uint64(absentFrom + at))
		w.weight += weigh(present.keys[at]) + uint64(at)
	}
	order := make([]uint32, size)
	draw := uint64(shuffle)
	for m := 0; m < w.maps; m++ {
		for at := range order {
			order[at] = uint32(m*size + at)
		}
		for at := size; at > 1; at-- {
			other := splitmix64(draw) % uint64(at)
			draw++
			order[at-1], order[other] = order[other], order[at-1]
		}
		for at, position := range order {
			shuffled.add(uint64(position))
			if at < w.queries {
				w.hitSum += uint64(position)
			}
		}
	}
	w.present, w.absent, w.shuffled = present.keys, absent.keys, shuffled.keys
	return w
}

// offHeap returns memory from the operating system, never given back.
func offHeap(bytes int) unsafe.Pointer {
	memory, err := syscall.Mmap(-1, 0, bytes, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		fail("mmap: %v", err)
	}
	return unsafe.Pointer(&memory[0])
}
