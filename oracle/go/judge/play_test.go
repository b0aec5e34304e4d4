// What the tests share: programs written as Go values, run, and looked at.

package judge

import (
	"testing"
)

// played is a trace with its memory.
type played struct {
	trace   Trace
	steps   []Step
	entries []Entry
	words   []uint64
}

func newPlayed() *played {
	p := &played{
		steps:   make([]Step, 4097),
		entries: make([]Entry, 1<<18),
		words:   make([]uint64, 1<<18),
	}
	p.trace = Trace{
		Steps: &p.steps[0], Entries: &p.entries[0], EntriesCapacity: uint64(len(p.entries)),
		Words: &p.words[0], WordsCapacity: uint64(len(p.words)),
		SnapshotAt: -1, FlipAt: -1, WorkBudget: 1 << 40,
	}
	return p
}

// program makes one of operations, which get the ids 0, 1, 2, ...
func program(key KeyKind, elem ElemKind, operations ...Operation) *Program {
	for i := range operations {
		operations[i].ID = uint32(i)
	}
	p := &Program{Key: key, Elem: elem, Seed: 7, OperationsSize: uint64(len(operations))}
	if len(operations) > 0 {
		p.Operations = &operations[0]
	}
	return p
}

// play runs a program to its end.
func play(t *testing.T, p *Program) *played {
	t.Helper()
	result := newPlayed()
	Run(p, &result.trace)
	if result.trace.StepsSize != p.OperationsSize+1 {
		t.Fatalf("%d steps of %d were made; text: %s", result.trace.StepsSize, p.OperationsSize+1, result.text())
	}
	return result
}

func (p *played) text() string {
	for i, c := range p.trace.Text {
		if c == 0 {
			return string(p.trace.Text[:i])
		}
	}
	return string(p.trace.Text[:])
}

// at is the step of operation i.
func (p *played) at(i int) *Step { return &p.steps[i+1] }

func (p *played) range_(i int) []Entry {
	step := p.at(i)
	return p.entries[step.FirstEntry:][:step.Entries]
}

// wordsAfter runs a program again and gives the canonical words after operation i.
func wordsAfter(t *testing.T, p *Program, i int) []uint64 {
	t.Helper()
	result := newPlayed()
	result.trace.SnapshotAt = int64(i + 1)
	Run(p, &result.trace)
	if result.trace.WordsSize == 0 || result.trace.WordsSize > result.trace.WordsCapacity {
		t.Fatalf("a snapshot of %d words; text: %s", result.trace.WordsSize, result.text())
	}
	return result.words[:result.trace.WordsSize]
}

func op(code OpCode, key uint32, value int64) Operation {
	return Operation{Code: code, Key: key, Value: value}
}

func onSlot(code OpCode, slot uint8) Operation { return Operation{Code: code, Slot: slot} }

func openAt(slot uint8, draw uint32) Operation {
	return Operation{Code: OpIter, Slot: slot, HasDraw: 1, Draw: draw}
}
