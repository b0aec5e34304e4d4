// Go source text: the hash and the random draws of the test case, put into the Go runtime.
#include "fuzz/cli/emit_support.h"

namespace mapfuzz::cli {

const std::string_view kGoSetup = R"go(
// setUp gives the type map[Key]Elem the test case's hash, and finds the state of the generator
// from which the runtime draws hash0 and where iterators start.
func setUp() {
	minor := 0
	fmt.Sscanf(runtime.Version(), "go1.%d", &minor)
	if minor < 19 || minor > 23 {
		giveUp("%s has another map than this program is about, that of Go 1.19 to 1.23", runtime.Version())
	}
	runtime.LockOSThread() // each thread has a generator of its own
	debug.SetGCPercent(-1) // collections would draw, and free what only old iterators hold
	runtime.MemProfileRate = 0

	var value any = map[Key]Elem{}
	t := *(**maptype)(unsafe.Pointer(&value))
	if uintptr(t.bucketsize) != unsafe.Sizeof(bucket{}) ||
		unsafe.Sizeof(reflect.MapIter{}) != unsafe.Sizeof(reflect.Value{})+unsafe.Sizeof(hiter{}) {
		giveUp("the map of %s on %s is laid out in another way", runtime.Version(), runtime.GOARCH)
	}
@keep_original@	overwrite(&t.hasher, hasher)
@equal@
	if minor <= 21 { // from 1.22 on it is ChaCha8
		if found := findState(); found != nil {
			state, exact = found, true
			return
		}
	}
	fmt.Fprintf(os.Stderr, "%s: the runtime's random state is not to be had; hash0, startBucket "+
		"and offset are written into the map instead, after they were drawn\n", runtime.Version())
}

func giveUp(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(3)
}

// overwrite changes a function of a type descriptor, which is read-only.
func overwrite[F any](at *F, with F) {
	offset := uintptr(unsafe.Pointer(at)) % 4096
	page := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(at), -int(offset))), 4096)
	if err := syscall.Mprotect(page, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		giveUp("mprotect of a type descriptor: %v", err)
	}
	*at = with
	syscall.Mprotect(page, syscall.PROT_READ)
}

// hasher takes the place of the one that the compiler chose for Key.
func hasher(p unsafe.Pointer, hash0 uintptr) uintptr {
@hasher@}

@hash_of@
// mix is the finaliser of SplitMix64.
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

var (
	software uint64      // stands in for the runtime's state where that is not to be had
	state    = &software // wyrand's, as in runtime.fastrand
	exact    bool        // state is the runtime's own
	started  uint64      // the state at the start of this step
)
@original@
const seed = @seed@ // of the test case

func startDraws(at uint64) {
	started = at
	*state = at
}

func draw() uint32 {
	*state += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(*state, *state^0xe7037ed1a0b428db)
	return uint32(hi ^ lo)
}

// pin makes the next draw end in the lowest n bits of the wanted one.
func pin(wanted uint32, n uint8) {
	for at := *state; ; at++ {
		*state = at
		if (draw()^wanted)&(1<<n-1) == 0 {
			startDraws(at)
			return
		}
	}
}

// checkDraws tells of a step in which the runtime drew for other things than the map.
func checkDraws() {
	if drawn := (*state - started) * 0x939c72e4af1e62cf; drawn > 1<<20 {
		fmt.Fprintln(os.Stderr, "warning: something else drew random numbers in this step")
	}
}

// reseed does by hand what the runtime did with a state of its own.
func reseed(m map[Key]Elem) {
	if !exact {
		header(m).hash0 = draw()
	}
}

// findState returns the address of runtime.m.fastrand of this thread, or nil.
func findState() *uint64 {
	// The queue of a channel names the goroutines (g) that wait for it, and a g names its thread (m).
	wait := make(chan unsafe.Pointer)
	go func() {
		recvq := unsafe.Add(*(*unsafe.Pointer)(unsafe.Pointer(&wait)), 56)
		for {
			if sudog := *(*unsafe.Pointer)(recvq); sudog != nil {
				wait <- *(*unsafe.Pointer)(sudog)
				return
			}
			runtime.Gosched()
		}
	}()
	g := <-wait
	m := (*[64]uint64)(*(*unsafe.Pointer)(unsafe.Add(g, 48)))

	// Of the words there, it is the one that steps as wyrand does and gives a new map's seed.
	before := *m
	probe := make(map[Key]Elem, 100)
	after := *m
	defer func() { state = &software }()
	for i := range before {
		state = &before[i]
		if draw() == header(probe).hash0 && before[i] == after[i] {
			return &m[i]
		}
	}
	return nil
}
@reenter@)go";

}  // namespace mapfuzz::cli
