// Random programs in every row, against what any map must do and the draws that Go's must make.

package judge

import (
	"flag"
	"math/rand"
	"reflect"
	"testing"
	"time"
)

var programs = flag.Int("programs", 1000, "random programs for each row")

const (
	textNilMap     = "assignment to entry in nil map"
	textUnhashable = "runtime error: hash of unhashable type []int"
)

// randomProgram is short or long, with keys that collide in many ways.
func randomProgram(rng *rand.Rand, key KeyKind, elem ElemKind, size int) *Program {
	codes := []OpCode{OpLen, OpAccess1, OpAccess2, OpAssign, OpUpdate, OpErase, OpRange, OpIter, OpNext, OpClose}
	for i := 0; i < rng.Intn(20); i++ {
		codes = append(codes, OpAssign)
	}
	for i := 0; i < rng.Intn(8); i++ {
		codes = append(codes, OpErase, OpNext)
	}
	if rng.Intn(2) == 0 {
		codes = append(codes, OpClear, OpRemake, OpLiteral, OpCopy, OpMove, OpSwap, OpNil)
	}
	keys := []int{8, 64, 1000, int(keyIDs(key))}[rng.Intn(4)]
	operations := make([]Operation, size)
	for i := range operations {
		operations[i] = Operation{
			Code: codes[rng.Intn(len(codes))], Key: uint32(rng.Intn(keys)), Value: rng.Int63n(1 << 32),
			Slot: uint8(rng.Intn(iteratorSlots)), HasDraw: uint8(rng.Intn(2)), Draw: rng.Uint32(),
		}
		switch operations[i].Code {
		case OpRemake:
			operations[i].Value = []int64{0, -1, 1 << 62, rng.Int63n(300)}[rng.Intn(4)]
		case OpLiteral:
			operations[i].Value = rng.Int63n(100)
		}
	}
	p := program(key, elem, operations...)
	p.Hash, p.Seed = HashKind(rng.Intn(6)), rng.Uint32()
	p.HashParameter = uint8(rng.Intn(17))
	if p.Hash == HashExplicit {
		p.KeyHashes = 8
		for i := range p.ExplicitHashes[:8] {
			p.ExplicitHashes[i] = KeyHash{Key: uint16(2 * i), Low: uint16(i % 3), Top: uint8(i / 4)}
		}
	}
	p.Hint = []int64{0, 0, rng.Int63n(120)}[rng.Intn(3)]
	return p
}

// model is a map as everybody knows it, of classes of keys; a never-equal key is an entry each time.
type model struct {
	isNil   bool
	entries map[uint32]uint64
	never   int
}

func newModel() *model { return &model{entries: map[uint32]uint64{}} }

func (m *model) length() uint64 { return uint64(len(m.entries) + m.never) }

// foretell runs an operation on the models and says what the step must show: lookups, lengths, and
// draws where no key hashes at random.
func foretell(p *Program, o *Operation, m, other **model) (want Step) {
	class, never := keyClass(p.Key, o.Key), neverEqual(p.Key, o.Key)
	some := (*m).length() != 0
	switch o.Code {
	case OpLen:
		want.Step, want.Length = StepLength, (*m).length()
	case OpAccess1, OpAccess2, OpErase, OpAssign, OpUpdate:
		if (o.Code == OpAssign || o.Code == OpUpdate) && (*m).isNil {
			return Step{Panicked: 1, Value: textDigest(textNilMap)}
		}
		if unhashable(p.Key, o.Key) {
			return Step{Panicked: 1, Value: textDigest(textUnhashable)}
		}
		value, found := (*m).entries[class]
		found = found && !never
		switch o.Code {
		case OpAssign, OpUpdate:
			stored := elemValue(p.Elem, o.Value)
			if o.Code == OpUpdate {
				if !found {
					value = 0
				}
				stored = updatedValue(p.Elem, value, o.Value)
				want.Step, want.Found, want.Value = StepLookup, 1, stored
			}
			if never {
				(*m).never++
			} else {
				(*m).entries[class] = stored
			}
			return want
		case OpErase:
			if found {
				delete((*m).entries, class)
				if (*m).length() == 0 {
					want.Draws = 1
				}
			}
			value = 0
		}
		want.Step = StepLookup
		if found {
			want.Value = value
			if o.Code != OpAccess1 {
				want.Found = 1
			}
		}
	case OpClear:
		if some {
			want.Draws = 1
		}
		(*m).entries, (*m).never = map[uint32]uint64{}, 0
	case OpRemake:
		*m, want.Draws = newModel(), 1
	case OpLiteral:
		*m, want.Draws = newModel(), 1
		for at := uint32(0); int64(at) < o.Value; at++ {
			id := (o.Key + at) % keyIDs(p.Key)
			if unhashable(p.Key, id) {
				want.Panicked, want.Value = 1, textDigest(textUnhashable)
				break
			}
			if neverEqual(p.Key, id) {
				(*m).never++
			} else {
				(*m).entries[keyClass(p.Key, id)] = elemValue(p.Elem, int64(id))
			}
		}
	case OpRange, OpIter:
		if some {
			want.Draws = 1
		}
		if o.Code == OpRange {
			want.Step, want.Entries = StepEntries, uint32((*m).length())
		} else if some {
			want.Step = StepEntry
		} else {
			want.Step = StepEnd
		}
	case OpCopy:
		copied := &model{isNil: (*m).isNil, entries: map[uint32]uint64{}, never: (*m).never}
		for key, value := range (*m).entries {
			copied.entries[key] = value
		}
		*other = copied
		if !copied.isNil {
			want.Draws = 1
		}
	case OpMove:
		*other, *m, want.Draws = *m, newModel(), 1
	case OpSwap:
		if *other == nil {
			*other, want.Draws = newModel(), 1
		}
		*m, *other = *other, *m
	case OpNil:
		*m = newModel()
		(*m).isNil = true
	}
	return want
}

func TestRandomProgramsInEveryRow(t *testing.T) {
	result := newPlayed()
	for _, row := range allRows {
		rng := rand.New(rand.NewSource(int64(row.key)*100 + int64(row.elem)))
		var grown, ended, overflowed int
		for n := 0; n < *programs; n++ {
			size := 64
			if n%50 == 0 {
				size = 1000
			}
			p := randomProgram(rng, row.key, row.elem, size)
			Run(p, &result.trace)
			if result.trace.StepsSize != p.OperationsSize+1 {
				t.Fatalf("row %v, program %d ended after %d steps: %s", row, n, result.trace.StepsSize, result.text())
			}
			m, other := newModel(), (*model)(nil)
			for i := range p.operations() {
				o := &p.operations()[i]
				got, want := *result.at(i), foretell(p, o, &m, &other)
				calls := got.HashCalls
				if o.Code == OpIter {
					want.EntryKey, want.EntryValue = got.EntryKey, got.EntryValue
				}
				if o.Code == OpNext {
					want.Step, want.EntryKey, want.EntryValue = got.Step, got.EntryKey, got.EntryValue
					if row.key == KeyBig {
						want.Panicked, want.Value = got.Panicked, got.Value // at a key that was wiped under it
					}
					if got.Step == StepEnd {
						ended++
					}
				}
				if row.key == KeyF64 || row.key == KeyAny {
					want.Draws = got.Draws // never-equal keys draw at every hash
				}
				if (got.HashTrace == 0) != (calls == 0) || got.Digested != 1 {
					t.Fatalf("row %v, program %d, operation %d: %+v", row, n, i, got)
				}
				got.Digested, got.Digest, got.HashCalls, got.HashTrace, got.FirstEntry = 0, 0, 0, 0, 0
				if got != want {
					t.Fatalf("row %v, program %d, operation %d %+v:\n%+v, expected\n%+v", row, n, i, *o, got, want)
				}
				if calls > 1 && o.Code == OpAssign {
					grown++
				}
			}
			if n%100 == 0 {
				again := newPlayed()
				Run(p, &again.trace)
				if !reflect.DeepEqual(again.steps[:size+1], result.steps[:size+1]) {
					t.Fatalf("row %v, program %d ran differently the second time", row, n)
				}
				if words := wordsAfter(t, p, size-1); digest(words) != result.at(size-1).Digest {
					t.Fatalf("row %v, program %d: digest and snapshot differ", row, n)
				} else if words[1]>>16&0xFFFF != 0 {
					overflowed++
				}
			}
		}
		if *programs >= 1000 && (grown == 0 || ended == 0 || overflowed == 0) {
			t.Errorf("row %v: %d assigns while growing, %d iterators at their end, %d programs with overflow: "+
				"too tame to show anything", row, grown, ended, overflowed)
		}
	}
}

// What a usual program costs on this side alone.
func BenchmarkProgramOf64(b *testing.B) {
	for _, row := range allRows {
		b.Run(rowName(row.key, row.elem), func(b *testing.B) {
			rng := rand.New(rand.NewSource(1))
			var all []*Program
			for i := 0; i < 256; i++ {
				all = append(all, randomProgram(rng, row.key, row.elem, 64))
			}
			result := newPlayed()
			start := time.Now()
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				Run(all[i%len(all)], &result.trace)
			}
			b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N)/64, "ns/operation")
		})
	}
}

func rowName(key KeyKind, elem ElemKind) string {
	return []string{"u64", "str", "f64", "u32", "big", "any"}[key] + "_" + []string{"u64", "str", "unit", "big", "fat"}[elem]
}
