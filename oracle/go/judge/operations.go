// Operations: what each of the program's operations does to the map, and what it shows.

package judge

import (
	"unsafe"

	"mapfuzz/oracle/go/livemap"
)

// run runs one operation; false when the budget or the caller's room for entries is at its end.
func (r *runner) run(operation *Operation, step *Step) bool {
	if operation.Code == OpReenter {
		r.nested = operation
		return true
	}
	if r.nested != nil {
		r.arm()
		ok := r.attempt(operation, step)
		r.disarm()
		return ok
	}
	return r.attempt(operation, step)
}

func (r *runner) attempt(operation *Operation, step *Step) bool {
	// An indirect key that was wiped under an iterator is a nil pointer (spec Q5).
	mayPanic := operation.Code == OpNext && r.row.key == KeyBig
	if mayPanic || r.mustPanic(operation) {
		r.recovered(step, func() { r.act(operation, step) })
		return true
	}
	return r.act(operation, step)
}

// mustPanic tells beforehand, because a panic under Pin would be fatal.
func (r *runner) mustPanic(operation *Operation) bool {
	switch operation.Code {
	case OpAssign, OpUpdate:
		return r.m == nil || unhashable(r.row.key, operation.Key)
	case OpAccess1, OpAccess2, OpErase, OpExpectValue, OpExpectAbsent:
		return unhashable(r.row.key, operation.Key)
	}
	return false
}

// recovered runs what panics, and records it. Nothing is drawn before such a panic, so the random
// state is put back: being unpinned, the thread may have used it for something else.
func (r *runner) recovered(step *Step, body func()) {
	state := r.random.Get()
	livemap.Unpin()
	defer func() {
		what := recover()
		livemap.Pin()
		r.random.Set(state)
		if err, ok := what.(error); ok {
			*step = Step{Panicked: 1, Value: textDigest(err.Error())}
			if r.trace.Text[0] == 0 {
				r.trace.setText(err.Error())
			}
		} else if what != nil {
			panic(what)
		}
	}()
	body()
}

func (r *runner) act(operation *Operation, step *Step) bool {
	second := operation.ID%2 != 0
	switch operation.Code {
	case OpAccess1:
		step.Step = StepLookup
		step.Value = readElem(r.row.elem, r.access1(operation.Key, second))
	case OpAccess2, OpExpectValue, OpExpectAbsent:
		elem, found := r.access2(operation.Key, second)
		step.Step = StepLookup
		if found {
			step.Found = 1
			step.Value = readElem(r.row.elem, elem)
		}
	case OpAssign:
		storeElem(r.row.elem, r.assign(operation.Key, second), elemValue(r.row.elem, operation.Value))
	case OpUpdate:
		elem := r.assign(operation.Key, second)
		value := updatedValue(r.row.elem, readElem(r.row.elem, elem), operation.Value)
		storeElem(r.row.elem, elem, value)
		step.Step, step.Found, step.Value = StepLookup, 1, readElem(r.row.elem, elem)
	case OpErase:
		before := length(r.m)
		r.erase(operation.Key, second)
		step.Step = StepLookup
		if length(r.m) < before {
			step.Found = 1
		}
	case OpClear:
		livemap.Clear(&r.row.mapType, r.m)
	case OpRemake:
		r.endIterators(false)
		r.m = r.make(operation.Value)
	case OpLiteral:
		return r.literal(operation, step)
	case OpRange:
		return r.rangeAll(step)
	case OpIter:
		r.open(operation, step)
	case OpNext:
		r.next(operation, step)
	case OpClose:
		r.close(operation.Slot)
	case OpCopy:
		r.endIterators(true)
		if !r.spend(length(r.m)) {
			return false
		}
		r.other, r.hasOther = r.copyOf(r.m), true
	case OpMove:
		r.endIterators(true)
		r.other, r.hasOther = r.m, true
		r.exchangeIterators()
		r.m = r.make(0)
	case OpSwap:
		if !r.hasOther {
			r.other, r.hasOther = r.make(0), true
		}
		r.m, r.other = r.other, r.m
		r.exchangeIterators()
	case OpNil:
		r.endIterators(false)
		r.m = nil
	case OpExpectPhase, OpExpectBuckets, OpExpectOverflow:
	default: // len, expect-len, and codes of a later mapfuzz
		step.Step = StepLength
		step.Length = length(r.m)
	}
	return true
}

// literal makes a map with room for all entries and assigns them in order. At an unhashable key it
// panics and leaves what was assigned.
func (r *runner) literal(operation *Operation, step *Step) bool {
	if !r.spend(uint64(operation.Value)) {
		return false
	}
	r.endIterators(false)
	r.m = r.make(operation.Value)
	ids := keyIDs(r.row.key)
	for at := uint32(0); int64(at) < operation.Value; at++ {
		id := (operation.Key + at) % ids
		if unhashable(r.row.key, id) {
			r.recovered(step, func() { r.assign(id, at%2 != 0) })
			return true
		}
		storeElem(r.row.elem, r.assign(id, at%2 != 0), elemValue(r.row.elem, int64(id)))
	}
	return true
}

func (r *runner) rangeAll(step *Step) bool {
	step.Step = StepEntries
	step.FirstEntry = r.trace.EntriesSize
	it := &r.ranging
	*it = livemap.Iter{}
	livemap.IterInit(&r.row.mapType, r.m, it)
	for ; it.Key != nil; livemap.IterNext(it) {
		if r.trace.EntriesSize == uint64(len(r.entries)) || !r.spend(1) {
			return false
		}
		at := r.at(it)
		r.entries[r.trace.EntriesSize] = Entry{Value: at.value, Key: at.key}
		r.trace.EntriesSize++
		step.Entries++
	}
	return true
}

// at reads what an iterator stands on.
func (r *runner) at(it *livemap.Iter) iterated {
	if it.Key == nil {
		return iterated{}
	}
	return iterated{true, readKey(r.row.key, it.Key), readElem(r.row.elem, it.Elem)}
}

// open opens an iterator, which steps to its first entry at once, as Go's range statement does.
func (r *runner) open(operation *Operation, step *Step) {
	s := &r.slots[operation.Slot%iteratorSlots]
	*s = slot{open: true, pending: true}
	if operation.HasDraw != 0 && length(r.m) != 0 {
		// The runtime takes its start bucket and offset from this many bits of one draw.
		r.setRandom(livemap.StateDrawing(operation.Draw, r.m.B+3, r.start))
	}
	livemap.IterInit(&r.row.mapType, r.m, &s.iter)
	s.reached = r.at(&s.iter)
	s.reached.show(step)
}

func (r *runner) next(operation *Operation, step *Step) {
	s := &r.slots[operation.Slot%iteratorSlots]
	if !s.open {
		step.Step = StepClosed
		return
	}
	if s.pending {
		s.pending = false
	} else if s.iter.Map != nil { // one opened on an empty map has nothing to go on with
		livemap.IterNext(&s.iter)
		s.reached = r.at(&s.iter)
	}
	s.reached.show(step)
}

func (at iterated) show(step *Step) {
	if !at.entry {
		step.Step = StepEnd
		return
	}
	step.Step, step.EntryKey, step.EntryValue = StepEntry, at.key, at.value
}

func (r *runner) close(index uint8) {
	r.slots[index%iteratorSlots] = slot{}
}

// endIterators closes those of one map, whose contents go.
func (r *runner) endIterators(onOther bool) {
	for i := range r.slots {
		if r.slots[i].open && r.slots[i].onOther == onOther {
			r.slots[i] = slot{}
		}
	}
}

// exchangeIterators lets iterators follow their contents to the other map.
func (r *runner) exchangeIterators() {
	for i := range r.slots {
		r.slots[i].onOther = !r.slots[i].onOther
	}
}

// shape is what tells that a step began or ended a growth, or changed the map itself.
type shape struct {
	m, buckets, old unsafe.Pointer
}

func shapeOf(m *livemap.Header) shape {
	if m == nil {
		return shape{}
	}
	return shape{unsafe.Pointer(m), m.Buckets, m.OldBuckets}
}
