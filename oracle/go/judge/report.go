// Reporting as the run goes, for programs that end in a fatal error: what was written before it is
// all that is left.

package judge

import (
	"strconv"
	"syscall"
	"unsafe"
)

var (
	reportFile uintptr
	reportLine []byte
)

// RunReporting runs a program and writes lines to a file descriptor; wire.h says which. The file gets
// each line before the next operation starts.
func RunReporting(program *Program, fd int) {
	steps := make([]Step, program.OperationsSize+1)
	entries := make([]Entry, 1<<20)
	trace := Trace{
		Steps: &steps[0], Entries: &entries[0], EntriesCapacity: uint64(len(entries)),
		SnapshotAt: -1, FlipAt: -1, WorkBudget: 1 << 62,
	}
	reportFile = uintptr(fd)
	run(program, &trace, reportStep)
	reportLine = append(reportLine[:0], "end steps "...)
	reportLine = strconv.AppendUint(reportLine, trace.StepsSize, 10)
	reportLine = append(reportLine, " text "...)
	for _, c := range trace.Text {
		if c == 0 {
			break
		}
		reportLine = append(reportLine, c)
	}
	reportOut()
}

func (r *runner) reportStart(id uint32) {
	reportLine = append(reportLine[:0], "run "...)
	reportLine = strconv.AppendUint(reportLine, uint64(id), 10)
	reportOut()
}

func reportStep(r *runner, index int, step *Step) {
	reportLine = append(reportLine[:0], "step "...)
	reportLine = strconv.AppendInt(reportLine, int64(index), 10)
	for _, field := range []struct {
		name  string
		value uint64
		base  int
	}{
		{"digest", step.Digest, 16},
		{"kind", uint64(step.Step), 10},
		{"found", uint64(step.Found), 10},
		{"value", step.Value, 10},
		{"length", step.Length, 10},
		{"key", uint64(step.EntryKey), 10},
		{"entry", step.EntryValue, 10},
		{"entries", uint64(step.Entries), 10},
		{"calls", uint64(step.HashCalls), 10},
		{"trace", step.HashTrace, 16},
		{"draws", uint64(step.Draws), 10},
		{"panicked", uint64(step.Panicked), 10},
	} {
		reportLine = append(reportLine, ' ')
		reportLine = append(reportLine, field.name...)
		reportLine = append(reportLine, ' ')
		reportLine = strconv.AppendUint(reportLine, field.value, field.base)
	}
	reportOut()
	reportLine = append(reportLine[:0], "words "...)
	reportLine = strconv.AppendInt(reportLine, int64(index), 10)
	reportLine = append(reportLine, ' ')
	reportLine = strconv.AppendInt(reportLine, int64(len(r.words)), 10)
	for _, word := range r.words {
		reportLine = append(reportLine, ' ')
		reportLine = strconv.AppendUint(reportLine, word, 16)
	}
	reportOut()
}

// reportOut writes without telling the scheduler, which may not interfere while pinned.
func reportOut() {
	reportLine = append(reportLine, '\n')
	for rest := reportLine; len(rest) > 0; {
		n, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, reportFile,
			uintptr(unsafe.Pointer(&rest[0])), uintptr(len(rest)))
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			return // the reader has gone: it will see that lines are missing
		}
		rest = rest[n:]
	}
}
