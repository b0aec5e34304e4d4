// The Go runtime's map as a C library: package main of the archive that C++ links.
//
// Promises: wire.h. Leaves to others: everything but crossing the border (package judge).
package main

/*
#include "wire.h"
*/
import "C"

import (
	"os"
	"unsafe"

	"mapfuzz/oracle/go/judge"
)

// Both sides lay these out alike, or this does not compile.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(judge.KeyHash{})-C.sizeof_WireKeyHash]
	_ = [1]struct{}{}[unsafe.Sizeof(judge.Operation{})-C.sizeof_WireOperation]
	_ = [1]struct{}{}[unsafe.Sizeof(judge.Program{})-C.sizeof_WireProgram]
	_ = [1]struct{}{}[unsafe.Sizeof(judge.Entry{})-C.sizeof_WireEntry]
	_ = [1]struct{}{}[unsafe.Sizeof(judge.Step{})-C.sizeof_WireStep]
	_ = [1]struct{}{}[unsafe.Sizeof(judge.Trace{})-C.sizeof_WireTrace]

	_ = [1]struct{}{}[unsafe.Offsetof(judge.KeyHash{}.Top)-unsafe.Offsetof(C.WireKeyHash{}.top)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.KeyHash{}.Low)-unsafe.Offsetof(C.WireKeyHash{}.low)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Operation{}.Draw)-unsafe.Offsetof(C.WireOperation{}.draw)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Operation{}.HasDraw)-unsafe.Offsetof(C.WireOperation{}.has_draw)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Program{}.Off)-unsafe.Offsetof(C.WireProgram{}.off)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Program{}.ExplicitHashes)-unsafe.Offsetof(C.WireProgram{}.explicit_hashes)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Program{}.Operations)-unsafe.Offsetof(C.WireProgram{}.operations)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Entry{}.Key)-unsafe.Offsetof(C.WireEntry{}.key)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Step{}.FirstEntry)-unsafe.Offsetof(C.WireStep{}.first_entry)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Step{}.Draws)-unsafe.Offsetof(C.WireStep{}.draws)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Step{}.Panicked)-unsafe.Offsetof(C.WireStep{}.panicked)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Trace{}.Words)-unsafe.Offsetof(C.WireTrace{}.words)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Trace{}.FlipBit)-unsafe.Offsetof(C.WireTrace{}.flip_bit)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Trace{}.WorkBudget)-unsafe.Offsetof(C.WireTrace{}.work_budget)]
	_ = [1]struct{}{}[unsafe.Offsetof(judge.Trace{}.Text)-unsafe.Offsetof(C.WireTrace{}.text)]
)

// MapfuzzGoCheck is 0 if this runtime's map can be the judge; else message says why not.
//
//export MapfuzzGoCheck
func MapfuzzGoCheck(message *C.char, size C.size_t) C.int {
	err := judge.Check()
	if size > 0 {
		text := unsafe.Slice((*byte)(unsafe.Pointer(message)), size)
		n := 0
		if err != nil {
			n = copy(text[:size-1], err.Error())
		}
		text[n] = 0
	}
	if err != nil {
		return 1
	}
	return 0
}

// MapfuzzGoRun runs a program and fills the trace.
//
//export MapfuzzGoRun
func MapfuzzGoRun(program *C.WireProgram, trace *C.WireTrace) {
	judge.Run((*judge.Program)(unsafe.Pointer(program)), (*judge.Trace)(unsafe.Pointer(trace)))
}

// MapfuzzGoRunReporting runs a program that may end the process, and writes what it does as it goes.
//
//export MapfuzzGoRunReporting
func MapfuzzGoRunReporting(program *C.WireProgram, fd C.int) {
	if err := judge.Check(); err != nil {
		os.Stderr.WriteString("mapfuzz: " + err.Error() + "\n")
		return
	}
	judge.RunReporting((*judge.Program)(unsafe.Pointer(program)), int(fd))
}

func main() {}
