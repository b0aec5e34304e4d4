// Go source text: the methods that perform the steps.
#include "fuzz/cli/emit_support.h"

namespace mapfuzz::cli {

const std::string_view kGoSteps = R"go(
// Map is a Go map and the test case's hash, random draws and iterators. Each method performs one
// step on it, by the code that the compiler makes of the statement, and prints what came of it.
type Map struct {
	live     map[Key]Elem // m itself
	other    map[Key]Elem // for copy, move and swap
	hasOther bool
	iters    [8]*iterator
	step     uint64            // its number: what is drawn at random depends on it alone
	said     string            // the answer of the step
	judged   int               // expectations
	wrong    int               // those not met
	odd      int               // entries of iterators that are not in the map, or were produced before
	lines    map[string]string // as last printed
	shown    map[chain]uint64  // likewise, digests
}

func newMap(hint int) *Map {
	setUp()
	m := &Map{step: 0xFFFFFFFF, lines: map[string]string{}, shown: map[chain]uint64{}}
	fmt.Fprint(out, legend)
	m.begin("m := make(map[@key@]@elem@, %d)", hint)
	m.live = makeMap(hint)
	m.end()
	m.step = 0
	return m
}

func makeMap(hint int) map[Key]Elem {
	made := make(map[Key]Elem, hint)
	reseed(made)
	return made
}

func (m *Map) assign(k Key, e Elem) {
	m.begin("m[%s] = %s", keyName(k), elemName(e))
	defer m.end()
@own@	m.live[k] = e
}

func (m *Map) update(k Key, e Elem) {
	m.begin("m[%s] @op@ %s", keyName(k), elemName(e))
	defer m.end()
@own@@update@}

func (m *Map) access1(k Key) {
	m.begin("v := m[%s]", keyName(k))
	defer m.end()
@own@	v := m.live[k]
	m.said = elemName(v)
}

func (m *Map) access2(k Key) (v Elem, ok bool) {
	m.begin("v, ok := m[%s]", keyName(k))
	defer m.end()
@own@	v, ok = m.live[k]
	m.said = fmt.Sprintf("%s, %t", elemName(v), ok)
	return v, ok
}

func (m *Map) delete(k Key) {
	m.begin("delete(m, %s)", keyName(k))
	defer m.end()
@own@	before := len(m.live)
	delete(m.live, k)
	if len(m.live) == before {
		m.said = "was not there"
	} else if len(m.live) == 0 {
		reseed(m.live)
	}
}

func (m *Map) clear() {
	m.begin("clear(m)")
	defer m.end()
	wasEmpty := len(m.live) == 0
@clear@	if !wasEmpty {
		reseed(m.live)
	}
}

func (m *Map) len() {
	m.begin("len(m)")
	defer m.end()
	m.said = fmt.Sprint(len(m.live))
}

func (m *Map) rangeAll() {
	m.begin("for k, v := range m")
	defer m.end()
	entries := []string{}
	for it := newIterator(m.live); it.found; it.advance() {
		entries = append(entries, keyName(it.key)+"="+elemName(it.elem))
	}
	m.said = strings.Join(append(entries, "end"), " ")
}

func (m *Map) remake(hint int) {
	m.begin("m = make(map[@key@]@elem@, %d)", hint)
	defer m.end()
	m.closeAll(false)
	m.live = makeMap(hint)
}

func (m *Map) setNil() {
	m.begin("m = nil")
	defer m.end()
	m.closeAll(false)
	m.live = nil
}

// literal stands for a map literal of n entries. Key numbers go on from the first, and wrap around.
func (m *Map) literal(first, n uint64) {
	m.begin("m = map[@key@]@elem@{%s: %s, ...} // %d entries", keyName(key(first)),
		elemName(elem(first)), n)
	defer m.end()
	m.closeAll(false)
	m.live = makeMap(int(n))
	for at := uint64(0); at < n; at++ {
		id := (first + at) % @ids@
		k := key(id)
@own_literal@		m.live[k] = elem(id)
	}
}

// copy assigns all entries to a new map, in the order in which they lie in memory.
func (m *Map) copy() {
	m.begin("other = copy of m")
	defer m.end()
	m.closeAll(true)
	m.other, m.hasOther = nil, true
	if m.live == nil {
		return
	}
	m.other = makeMap(len(m.live))
	for _, c := range chains(header(m.live)) {
		for b := c.base(); b != nil; b = b.next() {
			for i, state := range b.tophash {
				if state >= minTopHash {
					m.other[*b.key(i)] = *b.elem(i)
				}
			}
		}
	}
}

func (m *Map) move() {
	m.begin("other, m = m, make(map[@key@]@elem@)")
	defer m.end()
	m.closeAll(true)
	m.other = makeMap(0)
	m.exchange()
}

func (m *Map) swap() {
	m.begin("m, other = other, m")
	defer m.end()
	if !m.hasOther {
		m.other = makeMap(0)
	}
	m.exchange()
}

func (m *Map) exchange() {
	m.hasOther = true
	m.live, m.other = m.other, m.live
	for _, it := range m.iters {
		if it != nil {
			it.onOther = !it.onOther
		}
	}
}

func (m *Map) expectLen(want int) {
	m.begin("expect len(m) == %d", want)
	defer m.end()
	m.judge(len(m.live) == want, "it is %d", len(m.live))
}

func (m *Map) expectValue(k Key, want Elem) {
	m.begin("expect m[%s] == %s", keyName(k), elemName(want))
	defer m.end()
@own@	v, ok := m.live[k]
	if !ok {
		m.judge(false, "there is no such key")
	} else {
		m.judge(v == want, "it is %s", elemName(v))
	}
}

func (m *Map) expectAbsent(k Key) {
	m.begin("expect no m[%s]", keyName(k))
	defer m.end()
@own@	v, ok := m.live[k]
	m.judge(!ok, "it is %s", elemName(v))
}

func (m *Map) expectPhase(want string) {
	m.begin("expect growth: %s", want)
	defer m.end()
	got := header(m.live).growth()
	m.judge(got == want, "it is %s", got)
}

func (m *Map) expectBuckets(want int) {
	m.begin("expect %d buckets", want)
	defer m.end()
	got := 1 << header(m.live).B
	m.judge(got == want, "there are %d", got)
}

func (m *Map) expectOverflow(want int) {
	m.begin("expect noverflow %d", want)
	defer m.end()
	got := int(header(m.live).noverflow)
	m.judge(got == want, "it is %d", got)
}

func (m *Map) judge(ok bool, format string, args ...any) {
	m.judged++
	m.said = "ok"
	if !ok {
		m.wrong++
		m.said = "NOT as expected: " + fmt.Sprintf(format, args...)
	}
}

// begin is the start of every step, and a deferred end is its end.
func (m *Map) begin(format string, args ...any) {
	fmt.Fprintf(out, "\n%s  %s", m.number(), fmt.Sprintf(format, args...))
	out.Flush()
	m.said = ""
	startDraws(mix(m.step<<32 | seed))
}

func (m *Map) end() {
	checkDraws()
	if p := recover(); p != nil {
		m.said = fmt.Sprint("panic: ", p)
	}
	if m.said != "" {
		fmt.Fprint(out, "  -> ", m.said)
	}
	fmt.Fprintln(out)
	m.picture(len(os.Args) > 1 && os.Args[1] == "-all")
@disarm@	m.step++
}

func (m *Map) number() string {
	if m.step == 0xFFFFFFFF {
		return "start"
	}
	return fmt.Sprintf("step %d", m.step)
}

// finish prints the whole map, and exits 1 if an expectation was not met.
func (m *Map) finish() {
	fmt.Fprintln(out, "\nat the end")
	m.picture(true)
	if m.judged > 0 {
		fmt.Fprintf(out, "\n%d of %d expectations met\n", m.judged-m.wrong, m.judged)
	}
	if m.odd > 0 {
		fmt.Fprintf(out, "\niterators produced %d entries that are not in the map, or that they had produced before\n", m.odd)
	}
	out.Flush()
	if m.wrong > 0 {
		os.Exit(1)
	}
}
)go";

}  // namespace mapfuzz::cli
