// Canonical words: a map and its iterators as numbers that hold no address, so that a map in C++ can
// give the same. The order of words is that of oracle/snapshot.h.

package judge

import (
	"unsafe"

	"mapfuzz/oracle/go/livemap"
)

const (
	heapBucket = 0xFFFFFFFF // origin of an overflow bucket that was not preallocated
	oddities   = 1 << 63    // what an empty cell holds although it should not
	known      = 1 << 40    // a key or text of ours
	copyBit    = 1 << 32    // its second copy

	headerWords   = 7
	iteratorWords = 5
)

// array is a bucket array in memory.
type array struct {
	base  unsafe.Pointer
	count uintptr // base buckets
	total uintptr // with preallocated overflow
	size  uintptr // of a bucket
}

func (r *runner) currentArray() array {
	if r.m == nil || r.m.Buckets == nil {
		return array{}
	}
	t := &r.row.mapType
	return array{r.m.Buckets, uintptr(1) << r.m.B, t.TotalBuckets(r.m.B), uintptr(t.BucketSize)}
}

func (r *runner) oldArray() array {
	if r.m == nil || r.m.OldBuckets == nil {
		return array{}
	}
	t := &r.row.mapType
	return array{r.m.OldBuckets, r.m.OldCount(), t.TotalBuckets(r.m.OldB()), uintptr(t.BucketSize)}
}

// index is the position of a bucket in the array.
func (a *array) index(b unsafe.Pointer) (uintptr, bool) {
	offset := uintptr(b) - uintptr(a.base)
	if a.base == nil || offset >= a.total*a.size {
		return 0, false
	}
	return offset / a.size, true
}

// wordsOfBucket is how many words a bucket gives.
func (r *runner) wordsOfBucket() uint64 {
	if r.row.elem == ElemUnit {
		return 2 + livemap.BucketCells
	}
	return 2 + 2*livemap.BucketCells
}

// estimate is about how many words the table gives, without walking it.
func (r *runner) estimate() uint64 {
	words := uint64(headerWords + iteratorWords*iteratorSlots)
	if r.m != nil && r.m.Buckets != nil {
		buckets := uint64(1)<<r.m.B + uint64(r.m.OldCount()) + uint64(r.m.NOverflow)
		words += buckets * r.wordsOfBucket()
	}
	return words
}

// takeWords puts the canonical words of the map and its iterators into r.words.
func (r *runner) takeWords() {
	current, old := r.currentArray(), r.oldArray()
	r.headerWords(&current, &old)
	r.arrayWords(&current)
	r.arrayWords(&old)
	r.iteratorWords(&current, &old)
}

func bit(set bool, n uint) uint64 {
	if set {
		return 1 << n
	}
	return 0
}

func (r *runner) headerWords(current, old *array) {
	m := r.m
	if m == nil {
		r.words = append(r.words[:0], 0, 0, 0, 0, 0, 0, 0)
		return
	}
	present := bit(m.Buckets != nil, 0) | bit(m.OldBuckets != nil, 1)
	var nextOverflow, lists uint64
	if x := m.Extra; x != nil {
		present |= 1<<2 | bit(x.Overflow != nil, 3) | bit(x.OldOverflow != nil, 4)
		if x.NextOverflow != nil {
			index, _ := current.index(x.NextOverflow)
			nextOverflow = 1 + uint64(index)
		}
		if x.Overflow != nil {
			lists = uint64(len(*x.Overflow))
		}
		if x.OldOverflow != nil {
			lists |= uint64(len(*x.OldOverflow)) << 32
		}
	}
	r.words = append(r.words[:0],
		uint64(m.Count),
		uint64(m.Flags)|uint64(m.B)<<8|uint64(m.NOverflow)<<16|uint64(m.Hash0)<<32,
		uint64(m.NEvacuate),
		present,
		nextOverflow,
		lists,
		uint64(current.count)|uint64(old.count)<<32)
}

// arrayWords walks all chains of an array.
func (r *runner) arrayWords(a *array) {
	perBucket := int(r.wordsOfBucket())
	t := &r.row.mapType
	for i := uintptr(0); i < a.count; i++ {
		origin := uint64(0)
		for b := unsafe.Add(a.base, i*a.size); b != nil; {
			used := len(r.words)
			r.reserve(perBucket)
			next := t.Overflow(b)
			r.words[used] = origin | bit(next != nil, 32)
			r.bucketWords(r.words[used+1:used+perBucket], b)
			if next != nil {
				origin = heapBucket
				if index, ours := a.index(next); ours {
					origin = 1 + uint64(index)
				}
			}
			b = next
		}
	}
}

// bucketWords writes the state word, then keys, then elems.
func (r *runner) bucketWords(to []uint64, b unsafe.Pointer) {
	states := *(*uint64)(b)
	to[0] = states
	slots := unsafe.Add(b, livemap.DataOffset)
	keys := (*[8]uint64)(to[1:])
	switch r.row.key {
	case KeyU64, KeyF64:
		*keys = *(*[8]uint64)(slots)
	case KeyU32:
		for i, key := range (*[8]uint32)(slots) {
			keys[i] = uint64(key)
		}
	case KeyStr:
		textWords(keys, slots, states)
	case KeyAny:
		for i := range keys {
			keys[i] = anyWord(&(*[8]livemap.Eface)(slots)[i], uint8(states>>(8*i)))
		}
	case KeyBig:
		for i, pointer := range (*[8]unsafe.Pointer)(slots) {
			if states>>(8*i)&0xFF >= livemap.MinTopHash {
				keys[i] = keyIDWord(readKey(KeyBig, pointer), false)
			} else {
				keys[i] = bit(pointer != nil, 63)
			}
		}
	}
	if r.row.elem == ElemUnit {
		return
	}
	slots = unsafe.Add(slots, livemap.BucketCells*uintptr(r.row.mapType.KeySize))
	elems := (*[8]uint64)(to[9:])
	switch r.row.elem {
	case ElemU64:
		*elems = *(*[8]uint64)(slots)
	case ElemStr:
		textWords(elems, slots, states)
	case ElemBig, ElemFat:
		for i, pointer := range (*[8]unsafe.Pointer)(slots) {
			if states>>(8*i)&0xFF >= livemap.MinTopHash {
				elems[i] = wideWord(pointer)
			} else {
				elems[i] = bit(pointer != nil, 63)
			}
		}
	}
}

// anyWord tells what a slot for an interface value holds.
func anyWord(eface *livemap.Eface, state uint8) uint64 {
	switch {
	case eface.Type == nil && (state >= livemap.EvacuatedX || eface.Data == nil):
		if state >= livemap.MinTopHash {
			return notOurs
		}
		return 0
	case state <= livemap.EmptyOne:
		return oddities
	}
	return keyIDWord(readAny(eface))
}

func keyIDWord(id uint32, second bool) uint64 {
	if id == noKey {
		return notOurs
	}
	return known | bit(second, 32) | uint64(id)
}

// textWords tells what eight slots for strings hold.
func textWords(to *[8]uint64, slots unsafe.Pointer, states uint64) {
	for i := range to {
		s := &(*[8]stringHeader)(slots)[i]
		switch {
		case s.data == nil:
			to[i] = uint64(s.size)
		case states>>(8*i)&0xFF <= livemap.EmptyOne:
			to[i] = oddities
		default:
			to[i] = keyIDWord(readText(s))
		}
	}
}

// wideWord tells what an indirect elem is. The runtime writes elems whole or not at all: the first
// words tell which value this is.
func wideWord(pointer unsafe.Pointer) uint64 {
	if pointer == nil {
		return notOurs
	}
	value, next := *(*uint64)(pointer), *(*uint64)(unsafe.Add(pointer, 8))
	switch {
	case next == value+golden:
		return value + 1
	case value == 0 && next == 0:
		return 0
	}
	return notOurs
}

func (r *runner) iteratorWords(current, old *array) {
	used := len(r.words)
	r.reserve(iteratorWords * iteratorSlots)
	to := r.words[used : used+iteratorWords*iteratorSlots]
	for i := range r.slots {
		s := &r.slots[i]
		if !s.open || s.onOther {
			to[0], to = 0, to[1:]
			used++
			continue
		}
		it := &s.iter
		started := it.Map != nil
		to[0] = 1 | bit(it.Wrapped, 1) | bit(started, 2) | uint64(it.B)<<8 | uint64(it.Offset)<<16 | uint64(it.I)<<24
		if !started {
			to = to[1:]
			used++
			continue
		}
		to[1], to[2], to[3] = uint64(it.StartBucket), uint64(it.Bucket), uint64(it.CheckBucket)
		to[4] = placeOf(it, current, old)
		to = to[iteratorWords:]
		used += iteratorWords
	}
	r.words = r.words[:used]
}

// placeOf says in which array the iterator's bucket array and its present bucket are.
func placeOf(it *livemap.Iter, current, old *array) uint64 {
	place := uint64(3)
	switch it.Buckets {
	case nil:
		place = 0
	case current.base:
		place = 1
	case old.base:
		place = 2
	}
	if it.BucketPtr == nil {
		return place
	}
	if index, ours := current.index(it.BucketPtr); ours {
		return place | 1<<8 | uint64(index)<<32
	}
	if index, ours := old.index(it.BucketPtr); ours {
		return place | 2<<8 | uint64(index)<<32
	}
	return place | 3<<8
}

// reserve lengthens r.words by n words of whatever was there.
func (r *runner) reserve(n int) {
	used := len(r.words)
	if used+n > cap(r.words) {
		r.words = append(make([]uint64, 0, 2*cap(r.words)+4096), r.words...)
	}
	r.words = r.words[:used+n]
}
