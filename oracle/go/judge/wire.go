// Package judge runs programs of map operations on the Go runtime's own map and reports what each
// step showed, with a digest of the whole table after it.
//
// Promises: the answers are the runtime's; hashes and draws are the program's (package livemap makes
// that so). Leaves to others: comparing (C++).
package judge

import "unsafe"

// The structures of wire.h, which says what their fields mean. This package has no cgo, so that it
// can be tested; package main proves that both layouts are the same.

const (
	maxKeyHashes  = 64
	iteratorSlots = 8
	textBytes     = 120
)

// KeyHash is WireKeyHash.
type KeyHash struct {
	Key uint16
	Low uint16
	Top uint8
	_   uint8
}

// Operation is WireOperation.
type Operation struct {
	Value   int64
	ID      uint32
	Key     uint32
	Draw    uint32
	Code    OpCode
	Slot    uint8
	HasDraw uint8
	_       uint8
}

// Program is WireProgram.
type Program struct {
	Key            KeyKind
	Elem           ElemKind
	Hash           HashKind
	HashParameter  uint8
	Seed           uint32
	Hint           int64
	Off            uint32
	KeyHashes      uint32
	ExplicitHashes [maxKeyHashes]KeyHash
	OperationsSize uint64
	Operations     *Operation
}

// Entry is WireEntry.
type Entry struct {
	Value uint64
	Key   uint32
	_     uint32
}

// Step is WireStep.
type Step struct {
	Value      uint64
	Length     uint64
	EntryValue uint64
	HashTrace  uint64
	Digest     uint64
	FirstEntry uint64
	Entries    uint32
	EntryKey   uint32
	HashCalls  uint32
	Draws      uint32
	Step       StepKind
	Found      uint8
	Digested   uint8
	Panicked   uint8
	_          [4]uint8
}

// Trace is WireTrace.
type Trace struct {
	Steps           *Step
	StepsSize       uint64
	Entries         *Entry
	EntriesCapacity uint64
	EntriesSize     uint64
	SnapshotAt      int64
	Words           *uint64
	WordsCapacity   uint64
	WordsSize       uint64
	FlipAt          int64
	FlipWord        uint64
	FlipBit         uint32
	_               uint32
	WorkBudget      uint64
	Text            [textBytes]byte
}

func (p *Program) operations() []Operation {
	return unsafe.Slice(p.Operations, p.OperationsSize)
}

// OpCode numbers operations as oracle/program.h does.
type OpCode uint8

// Codes of oracle/program.h.
const (
	OpLen OpCode = iota
	OpAccess1
	OpAccess2
	OpAssign
	OpUpdate
	OpErase
	OpClear
	OpRemake
	OpLiteral
	OpRange
	OpIter
	OpNext
	OpClose
	OpCopy
	OpMove
	OpSwap
	OpExpectLen
	OpExpectValue
	OpExpectAbsent
	OpExpectPhase
	OpExpectBuckets
	OpExpectOverflow
	OpNil
	OpReenter
)

// StepKind numbers what a step shows as oracle/observation.h does.
type StepKind uint8

// Codes of oracle/observation.h.
const (
	StepNone StepKind = iota
	StepLookup
	StepLength
	StepEntry
	StepEnd
	StepClosed
	StepEntries
)

// The id of the making of the map: no operation has it.
const prepareID = 0xFFFFFFFF

func (t *Trace) steps(n int) []Step { return unsafe.Slice(t.Steps, n) }

func (t *Trace) entries() []Entry { return unsafe.Slice(t.Entries, t.EntriesCapacity) }

func (t *Trace) words() []uint64 { return unsafe.Slice(t.Words, t.WordsCapacity) }

// setText puts a message where C finds it, cut to what there is room for.
func (t *Trace) setText(message string) {
	n := copy(t.Text[:textBytes-1], message)
	t.Text[n] = 0
}
