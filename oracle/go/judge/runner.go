// The runner: one program from its making to its last step.

package judge

import (
	"math"
	"runtime"
	"runtime/debug"
	"sync"

	"mapfuzz/oracle/go/livemap"
)

// How much may be allocated before memory is collected: between programs, and, so that no program
// takes all there is, within one.
const (
	collectBetween = 64 << 20
	collectWithin  = 512 << 20
)

// slot is an iterator of the program.
type slot struct {
	open    bool
	onOther bool // it runs over the other map
	pending bool // what opening it reached has not been given out
	reached iterated
	iter    livemap.Iter
}

// iterated is what a step of an iterator gave: an entry, or the end.
type iterated struct {
	entry bool
	key   uint32
	value uint64
}

// runner is the state of the program under way.
type runner struct {
	row    *row
	plan   hashPlan
	random livemap.Random
	maker  keyMaker

	m        *livemap.Header // nil is the nil map
	other    *livemap.Header
	hasOther bool
	slots    [iteratorSlots]slot
	ranging  livemap.Iter

	program *Program
	trace   *Trace
	entries []Entry
	start   uint64 // of the random state in this step

	hashCalls uint32
	hashTrace uint64

	words       []uint64
	sinceDigest uint64
	work        uint64
	allocated   uint64
	before      shape

	armed  armed
	nested *Operation

	report func(*runner, int, *Step)
}

var (
	current runner
	running sync.Mutex
	ready   sync.Once
	unfit   error
)

// Check proves that this Go runtime can be the judge, once, and makes everything ready.
func Check() error {
	ready.Do(func() {
		if unfit = livemap.Prove(); unfit != nil {
			return
		}
		// Collections draw random numbers on our thread: from here on there are none but ours, between
		// programs.
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(math.MaxInt64)
		makeRows()
	})
	return unfit
}

// Run runs a program and fills the trace. Where it cannot, no step is made, and the trace's text
// says why.
func Run(program *Program, trace *Trace) {
	run(program, trace, nil)
}

func run(program *Program, trace *Trace, report func(*runner, int, *Step)) {
	trace.StepsSize, trace.EntriesSize, trace.WordsSize = 0, 0, 0
	trace.Text[0] = 0
	if err := Check(); err != nil {
		trace.setText(err.Error())
		return
	}
	running.Lock()
	defer running.Unlock()
	r := &current
	if program.Key >= keyKinds || program.Elem >= elemKinds || rows[program.Key][program.Elem] == nil {
		trace.setText("the Go side has no map of these key and elem kinds; see oracle/kinds.def")
		return
	}
	runtime.LockOSThread()
	r.prepare(program, trace, report)
	livemap.Pin()
	r.random = livemap.ThreadRandom()
	r.runAll()
	livemap.Unpin()
	runtime.UnlockOSThread()
	r.release()
	if r.allocated > collectBetween {
		r.collect()
	}
}

func (r *runner) prepare(program *Program, trace *Trace, report func(*runner, int, *Step)) {
	r.row = rows[program.Key][program.Elem]
	r.plan = hashPlan{program.Hash, program.HashParameter, program.ExplicitHashes[:program.KeyHashes]}
	r.program, r.trace, r.report = program, trace, report
	r.entries = trace.entries()
	r.sinceDigest, r.work = 0, 0
	r.armed, r.nested = disarmed, nil
	watch := false
	for i := range program.operations() {
		watch = watch || program.operations()[i].Code == OpReenter
	}
	r.watchEquality(watch)
}

// release forgets the program: its maps are garbage, and nothing points into the caller's memory.
func (r *runner) release() {
	r.m, r.other, r.hasOther = nil, nil, false
	for i := range r.slots {
		if r.slots[i].open {
			r.slots[i] = slot{}
		}
	}
	r.ranging = livemap.Iter{}
	r.program, r.trace, r.report, r.entries, r.nested, r.plan.explicit = nil, nil, nil, nil, nil, nil
}

func (r *runner) collect() {
	runtime.GC()
	r.allocated = 0
}

func (r *runner) runAll() {
	steps, operations := r.trace.steps(len(r.program.operations())+1), r.program.operations()
	last := r.lastRun(operations)
	r.begin(prepareID)
	steps[0] = Step{}
	r.m = r.make(r.program.Hint)
	if !r.finish(&steps[0], 0, last == 0) {
		return
	}
	for i := range operations {
		operation, step := &operations[i], &steps[i+1]
		*step = Step{}
		if r.isOff(operation) {
			r.trace.StepsSize++
			continue
		}
		r.begin(operation.ID)
		if !r.run(operation, step) || !r.finish(step, i+1, i+1 == last) {
			return
		}
		if r.allocated > collectWithin && r.mayCollect() {
			livemap.Unpin()
			r.collect()
			livemap.Pin()
		}
	}
}

func (r *runner) isOff(operation *Operation) bool {
	return operation.Code < 32 && r.program.Off>>operation.Code&1 != 0
}

// lastRun is the step that ends the program: what follows is switched off.
func (r *runner) lastRun(operations []Operation) int {
	last := len(operations)
	for last > 0 && r.isOff(&operations[last-1]) {
		last--
	}
	return last
}

// mayCollect is false while an iterator may stand in memory that nothing keeps: in a map without
// pointers, overflow buckets of arrays long gone.
func (r *runner) mayCollect() bool {
	if !r.row.plain {
		return true
	}
	for i := range r.slots {
		if r.slots[i].open {
			return false
		}
	}
	return true
}

// begin sets the draws of a step, which depend on its operation alone.
func (r *runner) begin(id uint32) {
	r.setRandom(Mix(uint64(id)<<32 | uint64(r.program.Seed)))
	r.hashCalls, r.hashTrace = 0, 0
	r.before = shapeOf(r.m)
	if r.report != nil {
		r.reportStart(id)
	}
}

func (r *runner) setRandom(start uint64) {
	r.start = start
	r.random.Set(start)
}

// finish completes a step's record; false ends the run, with this step not counted.
func (r *runner) finish(step *Step, index int, last bool) bool {
	step.Draws = uint32(r.random.DrawsSince(r.start))
	step.HashCalls, step.HashTrace = r.hashCalls, r.hashTrace
	if after := shapeOf(r.m); after.m == r.before.m && after.buckets != r.before.buckets {
		r.allocated += r.arrayBytes(r.m.B)
	}
	if !r.look(step, index, last) {
		return false
	}
	r.trace.StepsSize++
	if r.report != nil {
		r.report(r, index, step)
	}
	return true
}

// spend accounts for work; false when the budget does not allow it.
func (r *runner) spend(work uint64) bool {
	r.work += work
	return r.work <= r.trace.WorkBudget
}
