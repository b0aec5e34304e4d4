// Digests: when the table is looked at, and the number that its words come to.

package judge

// A table of so many words is looked at after every step; a larger one only so often that the words
// looked at for each step come to about this number.
const wordsEachStep = 8192

// digest folds words in four lanes, which the processor works on at once.
func digest(words []uint64) uint64 {
	l0, l1, l2, l3 := uint64(1), uint64(2), uint64(3), uint64(4)
	count := uint64(len(words))
	for ; len(words) >= 8; words = words[8:] {
		w := (*[8]uint64)(words) // one check of bounds for all
		l0 = (l0 ^ w[0]) * golden
		l1 = (l1 ^ w[1]) * golden
		l2 = (l2 ^ w[2]) * golden
		l3 = (l3 ^ w[3]) * golden
		l0 = (l0 ^ l0>>29 ^ w[4]) * golden
		l1 = (l1 ^ l1>>29 ^ w[5]) * golden
		l2 = (l2 ^ l2>>29 ^ w[6]) * golden
		l3 = (l3 ^ l3>>29 ^ w[7]) * golden
		l0 ^= l0 >> 29
		l1 ^= l1 >> 29
		l2 ^= l2 >> 29
		l3 ^= l3 >> 29
	}
	lanes := [4]uint64{l0, l1, l2, l3}
	for i, word := range words {
		l := (lanes[i%4] ^ word) * golden
		lanes[i%4] = l ^ l>>29
	}
	return Mix(lanes[0]) + Mix(lanes[1]*3) + Mix(lanes[2]*5) + Mix(lanes[3]*7) + count
}

// look takes the digest of a step if it is due; false when the budget does not allow it.
func (r *runner) look(step *Step, index int, last bool) bool {
	t := r.trace
	snapshot := t.SnapshotAt == int64(index)
	r.sinceDigest++
	if !snapshot && !r.due(index, last) {
		return true
	}
	r.takeWords()
	if !r.spend(uint64(len(r.words))) {
		return false
	}
	if t.FlipAt == int64(index) && t.FlipWord < uint64(len(r.words)) {
		r.words[t.FlipWord] ^= 1 << (t.FlipBit % 64)
	}
	step.Digested, step.Digest = 1, digest(r.words)
	r.sinceDigest = 0
	if snapshot {
		t.WordsSize = uint64(len(r.words))
		if t.WordsSize <= t.WordsCapacity {
			copy(t.words(), r.words)
		}
	}
	return true
}

// due says whether a step is to be looked at.
func (r *runner) due(index int, last bool) bool {
	t := r.trace
	if t.SnapshotAt >= 0 {
		return false // the caller has the digests, and now wants one table
	}
	if last || t.FlipAt == int64(index) || r.report != nil {
		return true
	}
	if words := r.estimate(); words > wordsEachStep && r.sinceDigest*wordsEachStep < words {
		after := shapeOf(r.m)
		return after.m != r.before.m || after.old != r.before.old
	}
	return true
}

// textDigest is FNV-1a, so that every panic's message is compared though only one goes over.
func textDigest(text string) uint64 {
	digest := uint64(0xCBF29CE484222325)
	for i := 0; i < len(text); i++ {
		digest = (digest ^ uint64(text[i])) * 0x100000001B3
	}
	return digest
}
