// Vectors: hashes, digests, seeds and traces, computed from their definitions by an independent
// program (Python), so that C++ and Go cannot agree on a shared mistake.

package judge

import "testing"

func TestHashPlanVectors(t *testing.T) {
	if Mix(1) != 0x5692161d100b05e5 {
		t.Errorf("Mix(1) is %#x", Mix(1))
	}
	listed := []KeyHash{{Key: 3, Low: 0x1234, Top: 0xAB}, {Key: 9, Low: 1, Top: 2}}
	for _, c := range []struct {
		plan        hashPlan
		class, seed uint32
		want        uint64
	}{
		{hashPlan{kind: HashMix}, 0, 0, 0},
		{hashPlan{kind: HashMix}, 3, 7, 0xe6984080bab12a02},
		{hashPlan{kind: HashMix}, 65535, 0xFFFFFFFF, 0x74f8ef9d6ed9c901},
		{hashPlan{kind: HashMix}, noKey, 1, 0x452daab84fbe6b9b},
		{hashPlan{kind: HashIdentity}, 3, 7, 3},
		{hashPlan{kind: HashConstant}, 3, 7, 0x2A2A2A2A2A2A2A2A},
		{hashPlan{kind: HashLow, parameter: 2}, 3, 7, 0xe600000000000002},
		{hashPlan{kind: HashLow, parameter: 0}, 3, 7, 0xe600000000000000},
		{hashPlan{kind: HashTop, parameter: 0x55}, 3, 7, 0x55984080bab12a02},
		{hashPlan{kind: HashExplicit, explicit: listed}, 3, 7, 0xAB00000000001234},
		{hashPlan{kind: HashExplicit, explicit: listed}, 9, 7, 0x0200000000000001},
		{hashPlan{kind: HashExplicit, explicit: listed[1:]}, 3, 7, 0xe6984080bab12a02},
	} {
		if got := c.plan.hash(c.class, c.seed); got != c.want {
			t.Errorf("plan %d(%d) of class %d, seed %d: %#x, expected %#x",
				c.plan.kind, c.plan.parameter, c.class, c.seed, got, c.want)
		}
	}
}

func TestDigestVectors(t *testing.T) {
	for _, c := range []struct {
		words []uint64
		want  uint64
	}{
		{nil, 0x0b249d46e8df6a2c},
		{[]uint64{1}, 0xb4928729d8d46448},
		{[]uint64{1, 2, 3}, 0xdf890a4933721ba5},
		{[]uint64{1, 2, 3, 4}, 4},
		{[]uint64{5, 4, 3, 2, 1, 0, ^uint64(0)}, 0x84cf9e368f5cd1c1},
	} {
		if got := digest(c.words); got != c.want {
			t.Errorf("digest of %v is %#x, expected %#x", c.words, got, c.want)
		}
	}
}

// The seed is the first draw of the map's making, the trace is of the one hasher call of an assign.
func TestSeedAndTraceVectors(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpAssign, 3, 10))
	words := wordsAfter(t, p, 0)
	if words[1]>>32 != 0xbbf9a7b6 {
		t.Errorf("hash0 is %#x", words[1]>>32)
	}
	step := play(t, p).at(0)
	if step.HashTrace != 0x53f8110b48933ad9 || step.HashCalls != 1 || step.Draws != 0 {
		t.Errorf("%+v", *step)
	}
}

func TestEveryKeyReadsBack(t *testing.T) {
	var maker keyMaker
	for kind := KeyU64; kind < keyKinds; kind++ {
		for id := uint32(0); id < keyIDs(kind); id++ {
			want := id
			if kind == KeyAny && id%16 == anyText {
				want = id % stringKeys
			}
			if unhashable(kind, id) {
				want = anySlice
			}
			for _, second := range []bool{false, true} {
				if got := readKey(kind, maker.make(kind, id, second)); got != want {
					t.Fatalf("key %d of kind %d reads as %d", id, kind, got)
				}
			}
		}
	}
}

func TestTexts(t *testing.T) {
	for id, want := range map[uint32]string{
		0: "", 4: "00004000", 5: "00005000050000500005000050000500", 4095: "04095",
		1234: "012340123401234012340123401234012340123401234012340123401234",
	} {
		if text(id, false) != want || text(id, true) != want {
			t.Errorf("text %d is %q, expected %q", id, text(id, false), want)
		}
	}
}

func TestEveryElemReadsBack(t *testing.T) {
	var memory wide129
	for _, value := range []uint64{0, 1, 4095, 1 << 31, 0xFFFFFFFF} {
		for _, kind := range []ElemKind{ElemU64, ElemBig, ElemFat} {
			storeElem(kind, ptr(&memory), value)
			if got := readElem(kind, ptr(&memory)); got != value {
				t.Errorf("elem kind %d: %d reads as %d", kind, value, got)
			}
		}
	}
	memory[100]++
	if readElem(ElemFat, ptr(&memory)) != notOurs {
		t.Error("a damaged elem passes for a value")
	}
	memory = wide129{}
	if value, stored := readWide(memory[:]); value != 0 || stored {
		t.Error("the zero elem does not read as 0")
	}
}
