package main

// What growing costs: the latency of single inserts (../histogram.cc) and bytes per entry
// (../memory_use.h), for Go's map.

import (
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"time"
)

const counted = 1 << 16

// grow returns p50, p99, p99.9 and the maximum, in nanoseconds.
func (b *bench) grow(entries int) [4]float64 {
	keys := b.keys(entries)
	stamps := (*[1 << 40]uint64)(offHeap(8 * (entries + 1)))[: entries+1 : entries+1]
	for at := range stamps {
		stamps[at] = 1 // no page faults later
	}
	runtime.GC()
	m := make(map[Key]uint64)
	began := time.Now()
	stamps[0] = ticks()
	for at, key := range keys {
		m[key] = uint64(at)
		stamps[at+1] = ticks()
	}
	tick := float64(time.Since(began).Nanoseconds()) / float64(stamps[entries]-stamps[0])
	require(len(m) == entries, "latency")

	counts := make([]int, counted)
	var slow []uint64
	for at := 0; at < entries; at++ {
		if difference := stamps[at+1] - stamps[at]; difference < counted {
			counts[difference]++
		} else {
			slow = append(slow, difference)
		}
	}
	sort.Slice(slow, func(i, j int) bool { return slow[i] < slow[j] })
	quantile := func(share float64) float64 {
		rank := int(share * float64(entries))
		if float64(rank) < share*float64(entries) {
			rank++
		}
		seen := 0
		for difference, count := range counts {
			if seen += count; seen >= rank {
				return float64(difference) * tick
			}
		}
		return float64(slow[rank-seen-1]) * tick
	}
	return [4]float64{quantile(0.5), quantile(0.99), quantile(0.999), quantile(1)}
}

// fill returns bytes per entry: on the heap, mean and peak; resident, mean and peak. The heap is
// what lives after a forced collection; resident is what the process has at that moment, after
// giving back what it can.
func (b *bench) fill(entries int) [4]float64 {
	keys := b.keys(entries)
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // starts the high-water mark over
	residentBase := status("VmRSS:")
	heap := func() float64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return float64(stats.HeapAlloc)
	}
	base := heap()
	const samples = 64
	var result [4]float64
	grewAt := entries
	m := make(map[Key]uint64)
	for at, key := range keys {
		m[key] = uint64(at)
		size := at + 1
		if size <= entries/2 {
			continue
		}
		if full := at / 13; at%13 == 0 && full&(full-1) == 0 {
			// This insert was one too many for 6.5 entries a bucket. The high-water mark is read
			// first: a forced collection must not add to it.
			grewAt = size
			result[1] = (heap() - base) / float64(size)
		}
		if (size-entries/2)%(entries/2/samples) == 0 {
			result[0] += (heap() - base) / float64(size) / samples
			debug.FreeOSMemory()
			result[2] += (status("VmRSS:") - residentBase) / float64(size) / samples
		}
	}
	runtime.KeepAlive(m)
	result[3] = (status("VmHWM:") - residentBase) / float64(grewAt)
	return result
}

// status reads "Name:  123 kB" from /proc/self/status, in bytes.
func status(name string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail("%v", err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, name) {
			kilobytes, _ := strconv.ParseFloat(strings.Fields(line)[1], 64)
			return kilobytes * 1024
		}
	}
	fail("/proc/self/status has no %s", name)
	return 0
}
