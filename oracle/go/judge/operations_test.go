// Each operation, on a map small enough to say by hand what it must show.

package judge

import (
	"reflect"
	"testing"
	"unsafe"
)

func ptr(words *wide129) unsafe.Pointer { return unsafe.Pointer(words) }

// allRows are the kinds of every map that has a Go type.
var allRows = []struct {
	key  KeyKind
	elem ElemKind
}{
	{KeyU64, ElemU64}, {KeyStr, ElemU64}, {KeyF64, ElemU64}, {KeyU64, ElemStr}, {KeyU64, ElemUnit},
	{KeyU32, ElemU64}, {KeyBig, ElemU64}, {KeyAny, ElemU64}, {KeyU64, ElemBig}, {KeyU64, ElemFat},
}

func TestLookupsAssignsAndDeletesInEveryRow(t *testing.T) {
	for _, row := range allRows {
		p := play(t, program(row.key, row.elem,
			op(OpAccess2, 3, 0),
			op(OpAssign, 3, 10),
			op(OpAccess1, 3, 0),
			op(OpAccess2, 3, 0),
			op(OpUpdate, 3, 5),
			op(OpUpdate, 4, 6),
			op(OpLen, 0, 0),
			op(OpErase, 3, 0),
			op(OpErase, 3, 0),
			op(OpAccess1, 3, 0),
			op(OpExpectValue, 4, 0),
			op(OpExpectAbsent, 3, 0),
			op(OpExpectLen, 0, 0),
			op(OpExpectPhase, 0, 0)))
		ten, fifteen, six := uint64(10), uint64(15), uint64(6)
		switch row.elem {
		case ElemUnit:
			ten, fifteen, six = 0, 0, 0
		case ElemStr:
			fifteen = 5
		}
		for i, want := range []Step{
			{Step: StepLookup},
			{},
			{Step: StepLookup, Value: ten},
			{Step: StepLookup, Value: ten, Found: 1},
			{Step: StepLookup, Value: fifteen, Found: 1},
			{Step: StepLookup, Value: six, Found: 1},
			{Step: StepLength, Length: 2},
			{Step: StepLookup, Found: 1},
			{Step: StepLookup},
			{Step: StepLookup},
			{Step: StepLookup, Value: six, Found: 1},
			{Step: StepLookup},
			{Step: StepLength, Length: 1},
			{},
		} {
			got := *p.at(i)
			if got.Digested != 1 {
				t.Errorf("row %v: step %d was not digested", row, i)
			}
			got.Digested, got.Digest, got.HashCalls, got.HashTrace, got.Draws = 0, 0, 0, 0, 0
			if got != want {
				t.Errorf("row %v, operation %d: %+v, expected %+v", row, i, got, want)
			}
		}
	}
}

func TestWholeMapOperations(t *testing.T) {
	for _, row := range allRows {
		p := play(t, program(row.key, row.elem,
			op(OpLiteral, 1, 10), // 1 to 10, no unhashable key among them
			op(OpCopy, 0, 0),
			op(OpErase, 4, 0),
			op(OpLen, 0, 0),  // 3: 9
			op(OpSwap, 0, 0), // the copy has 10
			op(OpLen, 0, 0),  // 5
			op(OpMove, 0, 0),
			op(OpLen, 0, 0), // 7: a new map
			op(OpSwap, 0, 0),
			op(OpLen, 0, 0), // 9: the copy again
			op(OpClear, 0, 0),
			op(OpLen, 0, 0), // 11
			op(OpRemake, 0, 100),
			op(OpNil, 0, 0),
			op(OpLen, 0, 0), // 14
			op(OpAccess2, 1, 0),
			op(OpErase, 1, 0),
			op(OpClear, 0, 0),
			op(OpRange, 0, 0), // 18
			op(OpCopy, 0, 0),
			op(OpSwap, 0, 0),
			op(OpUpdate, 1, 0))) // 21: the copy of a nil map is nil
		for i, want := range map[int]uint64{3: 9, 5: 10, 7: 0, 9: 10, 11: 0, 14: 0} {
			if p.at(i).Length != want {
				t.Errorf("row %v, operation %d: length %d, expected %d", row, i, p.at(i).Length, want)
			}
		}
		if step := p.at(21); step.Panicked != 1 || step.Step != StepNone || p.text() != "assignment to entry in nil map" {
			t.Errorf("row %v: %+v, text %q", row, *step, p.text())
		}
	}
}

func TestUnhashableKeysPanicWhereverTheyAreHashed(t *testing.T) {
	for _, first := range []Operation{op(OpLen, 0, 0), op(OpAssign, 1, 1), op(OpNil, 0, 0)} {
		p := play(t, program(KeyAny, ElemU64, first,
			op(OpAccess1, 15, 0), op(OpAccess2, 31, 0), op(OpErase, 15, 0),
			op(OpLen, 0, 0), op(OpLiteral, 13, 5), op(OpLen, 0, 0), op(OpAssign, 15, 1), op(OpUpdate, 47, 1),
			op(OpAccess2, 14, 0)))
		for _, i := range []int{1, 2, 3, 5, 7, 8} {
			if step := p.at(i); step.Panicked != 1 || step.Step != StepNone || step.Digested != 1 {
				t.Errorf("operation %d: %+v", i, *step)
			}
		}
		if p.text() != "runtime error: hash of unhashable type []int" {
			t.Errorf("text %q", p.text())
		}
		if p.at(6).Length != 2 || p.at(9).Found != 1 { // 13 and 14 came before 15
			t.Errorf("after the literal: length %d, %+v", p.at(6).Length, *p.at(9))
		}
		if p.at(5).Draws != 2 { // the map's seed, and the hash of NaN 13
			t.Errorf("%d draws for the literal, expected 2", p.at(5).Draws)
		}
	}
}

func TestEqualKeysShareAnEntryAndNeverEqualOnesDoNot(t *testing.T) {
	for _, c := range []struct {
		kind KeyKind
		keys []uint32
		want uint64
	}{
		{KeyF64, []uint32{0, 1}, 1},
		{KeyF64, []uint32{7, 7, 15}, 3},
		{KeyAny, []uint32{12, 28}, 1},
		{KeyAny, []uint32{13, 13}, 2},
		{KeyAny, []uint32{14, 14 + 4096, 14 + 8192}, 1},
		{KeyAny, []uint32{14, 30}, 2},
		{KeyAny, []uint32{0, 16}, 2},
	} {
		var operations []Operation
		for _, key := range c.keys {
			operations = append(operations, op(OpAssign, key, 1))
		}
		p := play(t, program(c.kind, ElemU64, append(operations, op(OpLen, 0, 0))...))
		if got := p.at(len(c.keys)).Length; got != c.want {
			t.Errorf("kind %d, keys %v: %d entries, expected %d", c.kind, c.keys, got, c.want)
		}
	}
}

func TestIteratorsOpenStepAndClose(t *testing.T) {
	p := play(t, program(KeyU64, ElemU64,
		onSlot(OpNext, 0), // 0: closed
		onSlot(OpIter, 0), // on an empty map
		onSlot(OpNext, 0), // 2: end
		op(OpAssign, 1, 10),
		op(OpAssign, 2, 20),
		onSlot(OpNext, 0), // 5: still end
		openAt(1, 1),      // starts at cell 1
		op(OpAssign, 2, 21),
		onSlot(OpNext, 1), // 8: key 2, with the value it had when it was reached
		onSlot(OpNext, 1), // 9: key 1
		onSlot(OpNext, 1), // 10: end
		onSlot(OpNext, 1), // 11: goes over its last bucket again, and ends again
		onSlot(OpClose, 1),
		onSlot(OpNext, 1))) // 13: closed
	for i, want := range map[int]Step{
		0: {Step: StepClosed}, 2: {Step: StepEnd}, 5: {Step: StepEnd},
		8:  {Step: StepEntry, EntryKey: 2, EntryValue: 20},
		9:  {Step: StepEntry, EntryKey: 1, EntryValue: 10},
		10: {Step: StepEnd}, 13: {Step: StepClosed},
	} {
		got := *p.at(i)
		if got.Step != want.Step || got.EntryKey != want.EntryKey || got.EntryValue != want.EntryValue {
			t.Errorf("operation %d: %+v, expected %+v", i, got, want)
		}
	}
	if p.at(6).Draws != 1 || p.at(1).Draws != 0 {
		t.Errorf("an iterator draws %d times; on an empty map %d times", p.at(6).Draws, p.at(1).Draws)
	}
}

func TestIteratorsFollowTheirContents(t *testing.T) {
	p := play(t, program(KeyU64, ElemU64,
		op(OpAssign, 1, 10),
		onSlot(OpIter, 0),
		op(OpMove, 0, 0),
		onSlot(OpNext, 0), // 3: goes on over the moved map
		onSlot(OpIter, 0), // over the new one
		op(OpSwap, 0, 0),
		onSlot(OpIter, 1),
		op(OpRemake, 0, 0), // ends slot 1, not slot 0
		onSlot(OpNext, 1),  // 8
		onSlot(OpNext, 0))) // 9
	if p.at(3).Step != StepEntry || p.at(8).Step != StepClosed || p.at(9).Step != StepEnd {
		t.Errorf("%v %v %v", p.at(3).Step, p.at(8).Step, p.at(9).Step)
	}
}

func TestSwitchedOffOperationsLeaveNothing(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpAssign, 1, 10), op(OpLen, 0, 0), op(OpAssign, 2, 0))
	p.Off = 1 << OpAssign
	result := play(t, p)
	if *result.at(0) != (Step{}) || *result.at(2) != (Step{}) || result.at(1).Length != 0 {
		t.Errorf("%+v", result.steps[:4])
	}
}

func TestRangeGivesOrderAndEntries(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpLiteral, 0, 100), op(OpRange, 0, 0), op(OpRange, 0, 0))
	result := play(t, p)
	seen := map[uint32]bool{}
	for _, entry := range result.range_(1) {
		seen[entry.Key] = entry.Value == uint64(entry.Key)
	}
	if len(seen) != 100 || result.at(1).Entries != 100 || result.at(2).FirstEntry != 100 {
		t.Errorf("%d keys; %+v", len(seen), *result.at(2))
	}
	if reflect.DeepEqual(result.range_(1), result.range_(2)) {
		t.Error("two ranges of other draws have the same order")
	}
	again := play(t, p)
	if !reflect.DeepEqual(result.entries, again.entries) || !reflect.DeepEqual(result.steps, again.steps) {
		t.Error("the same program ran differently")
	}
}

func TestBudgetAndRoomEndTheRun(t *testing.T) {
	p := program(KeyU64, ElemU64, op(OpLiteral, 0, 100), op(OpRange, 0, 0), op(OpLen, 0, 0))
	result := newPlayed()
	result.trace.EntriesCapacity = 99
	Run(p, &result.trace)
	if result.trace.StepsSize != 2 {
		t.Errorf("%d steps with room for 99 entries, expected 2", result.trace.StepsSize)
	}
	result = newPlayed()
	result.trace.WorkBudget = 500
	Run(p, &result.trace)
	if result.trace.StepsSize != 1 {
		t.Errorf("%d steps with a budget of 500, expected 1", result.trace.StepsSize)
	}
}
