// Canonical words of maps made by hand, word for word.

package judge

import (
	"reflect"
	"testing"
)

const (
	seed7   = 0xbbf9a7b6 // hash0 of every map made by a program of seed 7
	noCheck = ^uint64(0)
)

func compare(t *testing.T, what string, got, want []uint64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d words, expected %d:\n%x", what, len(got), len(want), got)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: word %d is %#x, expected %#x", what, i, got[i], want[i])
		}
	}
}

func join(parts ...[]uint64) (all []uint64) {
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

func zeros(n int) []uint64 { return make([]uint64, n) }

func TestWordsOfTheNilMapAndOfAnEmptyOne(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpLen, 0, 0), op(OpNil, 0, 0))
	compare(t, "nil map", wordsAfter(t, p, 1), zeros(7+8))
	compare(t, "empty map", wordsAfter(t, p, 0), join([]uint64{0, seed7 << 32}, zeros(5+8)))
}

func TestWordsOfOneBucketWithAnIterator(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpAssign, 3, 10), op(OpAssign, 4, 11), op(OpAssign, 5, 12),
		op(OpErase, 5, 0), openAt(2, 5))
	p.Hash = HashIdentity
	compare(t, "one bucket", wordsAfter(t, p, 4), join(
		[]uint64{2, 3 | seed7<<32, 0, 1 | 4 | 8, 0, 0, 1},
		[]uint64{0, 0x0505, 3, 4, 5}, zeros(5), // the key of a deleted cell stays; its elem does not
		[]uint64{10, 11}, zeros(6),
		zeros(2),
		// Opened at cell 5: cells 5, 6, 7 are empty, 0 is the fourth, so i is 4.
		[]uint64{1 | 2 | 4 | 5<<16 | 4<<24, 0, 0, noCheck, 1 | 1<<8},
		zeros(5)))
}

func TestWordsOfAnIteratorOpenedOnAnEmptyMap(t *testing.T) {
	p := program(KeyU64, ElemU64, onSlot(OpIter, 0))
	compare(t, "unstarted", wordsAfter(t, p, 0), join([]uint64{0, seed7 << 32}, zeros(5), []uint64{1}, zeros(7)))
}

func TestWordsOfUnitElemsAndSmallKeys(t *testing.T) {
	p := program(KeyU64, ElemUnit, op(OpAssign, 3, 10))
	p.Hash = HashIdentity
	compare(t, "unit", wordsAfter(t, p, 0), join([]uint64{1, seed7 << 32, 0, 1, 0, 0, 1, 0, 5, 3}, zeros(7+8)))
	p = program(KeyU32, ElemU64, op(OpAssign, 3, 10), op(OpAssign, 9, 11))
	p.Hash = HashIdentity
	compare(t, "u32", wordsAfter(t, p, 1), join([]uint64{2, seed7 << 32, 0, 1, 0, 0, 1, 0, 0x0505, 3, 9}, zeros(6),
		[]uint64{10, 11}, zeros(6+8)))
}

func TestWordsOfPointers(t *testing.T) {
	for _, c := range []struct {
		what      string
		key       KeyKind
		elem      ElemKind
		keys      []uint64 // of ids 4 (assigned by operation 0), 5 (1), and 6 (2), which is deleted
		elems     []uint64
		deleteKey uint64
	}{
		// The pointer of a deleted text goes, its length stays.
		{"str keys", KeyStr, ElemU64, []uint64{known | 4, known | copyBit | 5}, []uint64{40, 50}, 60},
		{"big keys", KeyBig, ElemU64, []uint64{known | 4, known | 5}, []uint64{40, 50}, 0},
		{"any keys", KeyAny, ElemU64, []uint64{known | 4, known | 5}, []uint64{40, 50}, 0},
		{"str elems", KeyU64, ElemStr, []uint64{4, 5}, []uint64{known | 40, known | 50}, 6},
		{"big elems", KeyU64, ElemBig, []uint64{4, 5}, []uint64{41, 51}, 6},
		{"fat elems", KeyU64, ElemFat, []uint64{4, 5}, []uint64{41, 51}, 6},
	} {
		p := program(c.key, c.elem, op(OpAssign, 4, 40), op(OpAssign, 5, 50), op(OpAssign, 6, 60), op(OpErase, 6, 0))
		p.Hash = HashIdentity
		compare(t, c.what, wordsAfter(t, p, 3), join([]uint64{2, seed7 << 32, 0, 1, 0, 0, 1, 0, 0x0505},
			c.keys, []uint64{c.deleteKey}, zeros(5), c.elems, zeros(6+8)))
	}
}

func TestWordsOfAnyKeys(t *testing.T) {
	p := program(KeyAny, ElemU64, op(OpAssign, 12, 1), op(OpAssign, 28, 2), op(OpAssign, 4096+14, 3),
		op(OpAssign, 8192+14, 4), op(OpAssign, 3, 5))
	p.Hash = HashIdentity
	compare(t, "any", wordsAfter(t, p, 4)[7:25], join([]uint64{0, 0x050505},
		// The stored key is replaced by the equal one that came last: -0, and the second copy.
		[]uint64{known | 28, known | copyBit | 14, known | 3}, zeros(5), []uint64{2, 4, 5}, zeros(5)))
}

// Nine keys in a bucket of sixteen: the ninth goes to the first preallocated overflow bucket. In a
// map of four buckets none is preallocated.
func TestWordsOfOverflow(t *testing.T) {
	for hint, origin := range map[int64]uint64{100: 1 + 16, 20: heapBucket} {
		p := program(KeyU64, ElemU64, op(OpRemake, 0, hint), op(OpLen, 0, 0))
		for key := uint32(0); key < 9; key++ {
			p = program(KeyU64, ElemU64, append(p.operations(), op(OpAssign, key, 1))...)
		}
		p.Hash = HashConstant // top 0x2A, bucket 10 of 16, 2 of 4
		words := wordsAfter(t, p, 10)
		base, bucket, nextOverflow := uint64(16), 10, uint64(1+17)
		present := uint64(1 | 4 | 8)
		if hint == 20 {
			base, bucket, nextOverflow = 4, 2, 0
		}
		at := 7 + 18*bucket
		compare(t, "header", words[2:7], []uint64{0, present, nextOverflow, 1, base})
		compare(t, "links", []uint64{words[at], words[at+1], words[at+18], words[at+19], words[at+20]},
			[]uint64{1 << 32, 0x2A2A2A2A2A2A2A2A, origin, 0x2A, 8})
	}
}

// The 27th entry of four buckets starts a doubling: old and new array are both in the words.
func TestWordsWhileGrowing(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpLiteral, 0, 26), op(OpAssign, 26, 1))
	p.Hash = HashIdentity
	words := wordsAfter(t, p, 1)
	// Old bucket 2 was evacuated for key 26, and bucket 0 as the next in turn.
	compare(t, "header", append([]uint64{words[0], words[1] & 0xFFFFFFFF}, words[2:7]...),
		[]uint64{27, 3 << 8, 1, 1 | 2, 0, 0, 8 | 4<<32})
	old := words[7+8*18:]
	compare(t, "states", []uint64{old[1], old[18+1], old[2*18+1], old[3*18+1]},
		[]uint64{0x0402030203020302, 0x0005050505050505 | 5<<48, 0x0404030203020302, 0x0000050505050505})
	compare(t, "keys of an evacuated bucket", old[2:10], []uint64{0, 4, 8, 12, 16, 20, 24, 0})
}

func TestFlipChangesTheDigestAndTheSnapshot(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpAssign, 3, 10), op(OpLen, 0, 0))
	plain := play(t, p)
	for _, word := range []uint64{0, 6, 9, 32} {
		flipped := newPlayed()
		flipped.trace.FlipAt, flipped.trace.FlipWord, flipped.trace.FlipBit = 1, word, 3
		Run(p, &flipped.trace)
		if flipped.at(0).Digest == plain.at(0).Digest || flipped.at(1).Digest != plain.at(1).Digest {
			t.Errorf("flipping word %d: digests %x, %x", word, flipped.at(0).Digest, flipped.at(1).Digest)
		}
	}
	if play(t, p).at(0).Digest != digest(wordsAfter(t, p, 0)) {
		t.Error("digest and snapshot disagree")
	}
}

func TestBigTablesAreLookedAtNowAndThen(t *testing.T) {
	operations := []Operation{op(OpRemake, 0, 6000)} // 1,024 buckets: 18,432 words and more
	for i := 0; i < 20; i++ {
		operations = append(operations, op(OpAccess2, 1, 0))
	}
	p := play(t, program(KeyU64, ElemU64, operations...))
	var digested []int
	for i := range operations {
		if p.at(i).Digested != 0 {
			digested = append(digested, i)
		}
	}
	if want := []int{0, 3, 6, 9, 12, 15, 18, 20}; !reflect.DeepEqual(digested, want) {
		t.Errorf("looked at after operations %v, expected %v", digested, want)
	}
}
