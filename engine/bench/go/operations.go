package main

// The measured loops: those of ../cell.h, for Go's map.

import (
	"runtime"
	"runtime/debug"
)

type bench struct {
	work    *workload
	full    []map[Key]uint64
	worn    []map[Key]uint64
	warm    bool
	churned int // pairs of operations that worn has seen
	ordered []Key
}

type timing struct {
	nanoseconds float64
	operations  int
}

func (t *timing) add(start float64, operations int) {
	t.nanoseconds += cpuNanoseconds() - start
	t.operations += operations
}

func (b *bench) useSize(entries int) {
	if b.work == nil || b.work.size != entries {
		b.full, b.worn, b.warm = nil, nil, false
		b.work = newWorkload(entries)
	}
}

// keys returns the first so many keys, which a single map is grown with.
func (b *bench) keys(entries int) []Key {
	if len(b.ordered) != entries {
		b.ordered = firstKeys(entries)
	}
	return b.ordered
}

func (b *bench) fillAll(hint int) []map[Key]uint64 {
	w := b.work
	maps := make([]map[Key]uint64, 0, w.maps)
	for begin := 0; begin < w.total; begin += w.size {
		var m map[Key]uint64
		if hint == 0 {
			m = make(map[Key]uint64)
		} else {
			m = make(map[Key]uint64, hint)
		}
		for at, key := range w.present[begin : begin+w.size] {
			m[key] = uint64(begin + at)
		}
		maps = append(maps, m)
	}
	return maps
}

// makeFull leaves b.full as the maps grew, and no garbage.
func (b *bench) makeFull() {
	if b.full == nil {
		b.full = b.fillAll(0)
		runtime.GC()
	}
}

// settle puts the heap into a known state: for large maps all free memory is given back, so that
// they always grow into fresh pages; for small ones the collector goes round a few times, so that
// all pages have been touched, as they have in a C++ allocator that reuses what was just freed.
func (b *bench) settle() {
	if b.work.size > largestWarmed {
		debug.FreeOSMemory()
		return
	}
	if b.warm {
		return
	}
	b.warm = true
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	for until := stats.NumGC + 4; stats.NumGC < until; runtime.ReadMemStats(&stats) {
		b.fillAll(0)
	}
}

// insert pays for the collections that its garbage causes, as a Go program does.
func (b *bench) insert(t *timing, hint int) {
	b.settle()
	start := cpuNanoseconds()
	maps := b.fillAll(hint)
	t.add(start, b.work.total)
	for _, m := range maps {
		require(len(m) == b.work.size, "insert")
	}
}

func (b *bench) hit(t *timing) {
	b.makeFull()
	w := b.work
	keys := w.shuffled
	var sum uint64
	start := cpuNanoseconds()
	for _, m := range b.full {
		for _, key := range keys[:w.queries] {
			value, ok := m[key]
			if !ok {
				value = 1
			}
			sum += value
		}
		keys = keys[w.size:]
	}
	t.add(start, w.queries*w.maps)
	require(sum == w.hitSum, "hit")
}

func (b *bench) miss(t *timing) {
	b.makeFull()
	w := b.work
	keys := w.absent
	found := 0
	start := cpuNanoseconds()
	for _, m := range b.full {
		for _, key := range keys[:w.queries] {
			if _, ok := m[key]; ok {
				found++
			}
		}
		keys = keys[w.size:]
	}
	t.add(start, w.queries*w.maps)
	require(found == 0, "miss")
}

func (b *bench) iterate(t *timing) {
	b.makeFull()
	var sum uint64
	start := cpuNanoseconds()
	for _, m := range b.full {
		for key, value := range m {
			sum += weigh(key) + value
		}
	}
	t.add(start, b.work.total)
	require(sum == b.work.weight, "iterate")
}

func (b *bench) churn(t *timing) {
	if b.worn == nil {
		b.worn = b.fillAll(0)
		unused := timing{}
		for b.churned = 0; b.churned < b.work.size; {
			b.churnBatch(&unused)
		}
		runtime.GC()
	}
	b.churnBatch(t)
}

func (b *bench) churnBatch(t *timing) {
	w := b.work
	size := w.size
	begin := 0
	left := 0
	start := cpuNanoseconds()
	for _, m := range b.worn {
		halves := [2][]Key{w.present[begin : begin+size], w.absent[begin : begin+size]}
		place := b.churned % size
		half := b.churned / size % 2
		old, young := halves[half], halves[1-half]
		for pair := 0; pair < w.queries; pair++ {
			delete(m, old[place])
			m[young[place]] = uint64(begin + place)
			place++
			if place == size {
				place = 0
				old, young = young, old
			}
		}
		left += len(m)
		begin += size
	}
	t.add(start, 2*w.queries*w.maps)
	b.churned += w.queries
	require(left == w.total, "churn")
}

func (b *bench) remove(t *timing) {
	maps := b.fillAll(0)
	runtime.GC() // the garbage of filling is not delete's
	w := b.work
	keys := w.shuffled
	left := 0
	start := cpuNanoseconds()
	for _, m := range maps {
		for _, key := range keys[:w.size] {
			delete(m, key)
		}
		left += len(m)
		keys = keys[w.size:]
	}
	t.add(start, w.total)
	require(left == 0, "delete")
}

func (b *bench) time(operation string, entries, batches int) timing {
	b.useSize(entries)
	t := timing{}
	for batch := 0; batch < batches; batch++ {
		switch operation {
		case "insert":
			b.insert(&t, 0)
		case "insert_hint":
			b.insert(&t, entries)
		case "hit":
			b.hit(&t)
		case "miss":
			b.miss(&t)
		case "iterate":
			b.iterate(&t)
		case "churn":
			b.churn(&t)
		case "delete":
			b.remove(&t)
		default:
			fail("no operation %q", operation)
		}
	}
	return t
}
