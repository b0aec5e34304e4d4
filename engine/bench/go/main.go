// Measures Go's own map for engine_bench, which starts it: a request a line on standard input
// (OPERATION ENTRIES BATCHES, latency ENTRIES, memory ENTRIES), an answer a line on standard
// output (numbers, or "error: ..."). Built twice, for uint64 and for string keys.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// ticks reads the time stamp counter, as ../clocks.h does (ticks_amd64.s).
func ticks() uint64

// cpuNanoseconds is CPU time of the process, the collector's included.
func cpuNanoseconds() float64 {
	const clockProcessCPUTime = 2
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockProcessCPUTime,
		uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Sec)*1e9 + float64(now.Nsec)
}

func fail(format string, arguments ...interface{}) {
	fmt.Printf("error: "+format+"\n", arguments...)
	os.Exit(1)
}

func require(holds bool, operation string) {
	if !holds {
		fail("%s: Go's map gave a wrong answer", operation)
	}
}

func main() {
	b := &bench{}
	requests := bufio.NewScanner(os.Stdin)
	for requests.Scan() {
		words := strings.Fields(requests.Text())
		numbers := make([]int, 0, 2)
		for at := 1; at < len(words); at++ {
			number, err := strconv.Atoi(words[at])
			if err != nil || number <= 0 {
				fail("bad request %q", requests.Text())
			}
			numbers = append(numbers, number)
		}
		switch {
		case len(numbers) == 1 && words[0] == "latency":
			answer(b.grow(numbers[0]))
		case len(numbers) == 1 && words[0] == "memory":
			answer(b.fill(numbers[0]))
		case len(numbers) == 2:
			t := b.time(words[0], numbers[0], numbers[1])
			fmt.Println(t.nanoseconds, t.operations)
		default:
			fail("bad request %q", requests.Text())
		}
	}
}

func answer(numbers [4]float64) {
	fmt.Println(numbers[0], numbers[1], numbers[2], numbers[3])
}
