// The random state of the runtime: found, set and read back, so that every draw that the map makes is
// known beforehand. The generator is wyrand, with one state for each thread.

package livemap

import (
	"math/bits"
	"unsafe"
)

const (
	drawStep        = 0xa0761d6478bd642f
	drawScatter     = 0xe7037ed1a0b428db
	drawStepInverse = 0x939c72e4af1e62cf
)

// Fails to compile unless the two are inverse to each other modulo 2^64.
var _ = [1]struct{}{}[drawStep*drawStepInverse%(1<<64)-1]

func thread() unsafe.Pointer

// Where the state lies in the runtime's m; findRandomState sets it.
var randomOffset uintptr

// Random is the random state of one thread.
type Random struct {
	state *uint64
}

// ThreadRandom is the state of the running thread: only of use while the goroutine stays on it.
func ThreadRandom() Random {
	return Random{(*uint64)(unsafe.Add(thread(), randomOffset))}
}

// Set makes the next draws those that follow state.
func (r Random) Set(state uint64) { *r.state = state }

// Get reads the state.
func (r Random) Get() uint64 { return *r.state }

// DrawsSince counts the draws that lead from an earlier state to the present one.
func (r Random) DrawsSince(start uint64) uint64 { return (*r.state - start) * drawStepInverse }

// Draw takes the next number, as the map would.
func Draw() uint32 { return fastrand() }

// FirstDraw is the number that the runtime draws first after Set(state).
func FirstDraw(state uint64) uint32 {
	state += drawStep
	hi, lo := bits.Mul64(state, state^drawScatter)
	return uint32(hi ^ lo)
}

// StateDrawing finds a state whose first draw agrees with wanted in its lowest n bits. It takes about
// 2^n trials.
func StateDrawing(wanted uint32, n uint8, from uint64) uint64 {
	mask := uint32(1)<<n - 1
	for (FirstDraw(from)^wanted)&mask != 0 {
		from++
	}
	return from
}

// findRandomState looks for the one word of m that each draw moves by a step and that foretells the
// number drawn. It only reads, so it is safe on a runtime that keeps its state elsewhere.
func findRandomState() bool {
	const first, last = 0x80, 0x200
	m := thread()
	found := 0
	for offset := uintptr(first); offset <= last; offset += 8 {
		word := (*uint64)(unsafe.Add(m, offset))
		foretold := true
		for i := 0; i < 4 && foretold; i++ {
			before := *word
			drawn := fastrand()
			foretold = *word == before+drawStep && drawn == FirstDraw(before)
		}
		if foretold {
			randomOffset = offset
			found++
		}
	}
	return found == 1
}
