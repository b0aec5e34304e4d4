// Go source text: the runtime's structures, and how they are printed.
#include "fuzz/cli/emit_support.h"

namespace mapfuzz::cli {

const std::string_view kGoPicture = R"go(
const legend = `After each step comes what it changed (with -all: everything): the map's header, buckets, and
iterators. A bucket is [cell cell ...], followed by its overflow buckets: preallocated ones (pre,
with their index in the array) and others (heap). A cell is
  5a:key=elem  in use, with its tophash     -  emptyRest     .  emptyOne
  X:key, Y:key  evacuated, to X or Y        E  evacuatedEmpty
`

var out = bufio.NewWriter(os.Stdout)

// picture prints the map, or what of it looks different than when it was last printed.
func (m *Map) picture(all bool) {
	h := header(m.live)
	line := func(name, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); all || text != m.lines[name] {
			fmt.Fprintf(out, "  %s\n", text)
			m.lines[name] = text
		}
	}
	if m.live == nil {
		line("header", "nil map")
		return
	}
	line("header", "count %d, B %d, noverflow %d, hash0 %08x, nevacuate %d, flags %s, growth %s",
		h.count, h.B, h.noverflow, h.hash0, h.nevacuate, h.flagNames(), h.growth())
	if x := h.extra; x != nil {
		line("extra", "extra: overflow %s, oldoverflow %s, nextOverflow %s", listName(x.overflow),
			listName(x.oldoverflow), h.place(unsafe.Pointer(x.nextOverflow)))
	} else if m.lines["extra"] != "" {
		line("extra", "extra: nil")
	}
	list := []chain{}
	for _, c := range chains(h) {
		digest := c.digest()
		if all || digest != m.shown[c] {
			list = append(list, c)
		}
		m.shown[c] = digest
	}
	for len(list) > 0 {
		c, text := list[0], list[0].String()
		n := 1 // neighbours that look the same share a line
		for n < len(list) && list[n] == (chain{c.array, c.B, c.index + n}) && list[n].String() == text {
			n++
		}
		list = list[n:]
		where, index := "bucket", fmt.Sprint(c.index)
		if c.array == h.oldbuckets {
			where = "old"
		}
		if n > 1 {
			index = fmt.Sprintf("%d-%d", c.index, c.index+n-1)
		}
		fmt.Fprintf(out, "  %-6s %-5s %s\n", where, index, text)
	}
	for i, it := range m.iters {
		if it != nil && !it.onOther {
			name := string(rune('a' + i))
			line(name, "iterator %s: %s", name, it.hiter().describe(h))
		}
	}
}

// digest stands for all that String shows, and makes no garbage: nothing collects it.
func (c chain) digest() uint64 {
	d := uint64(1)
	for b := c.base(); b != nil; b = b.next() {
		for _, word := range (*[unsafe.Sizeof(bucket{}) / 8]uint64)(unsafe.Pointer(b)) {
			d = mix(d ^ word)
		}
		for i := range b.tophash {
			if e := b.elem(i); unsafe.Sizeof(*e) > 128 && e != nil { // lies outside the bucket
				d = mix(d ^ *(*uint64)(unsafe.Pointer(e)))
			}
		}
	}
	return d
}

func (c chain) String() string {
	text := ""
	for b := c.base(); b != nil; b = b.next() {
		if b != c.base() {
			text += " -> " + c.origin(unsafe.Pointer(b)) + " "
		}
		cells := [8]string{}
		for i := range cells {
			cells[i] = b.cell(i)
		}
		text += "[" + strings.Join(cells[:], " ") + "]"
	}
	return text
}

func (b *bucket) cell(i int) string {
	switch state := b.tophash[i]; state {
	case 0:
		return "-"
	case 1:
		return "."
	case 2, 3:
		return "XY"[state-2:state-1] + ":" + storedName(b.key(i))
	case 4:
		return "E"
	default:
		return fmt.Sprintf("%02x:%s=%s", state, storedName(b.key(i)), elemName(*b.elem(i)))
	}
}

func (h *hmap) growth() string {
	if h.oldbuckets == nil {
		return "quiet"
	}
	if h.flags&sameSizeGrow != 0 {
		return "same-size"
	}
	return "doubling"
}

func (h *hmap) flagNames() string {
	names := []string{}
	for i, name := range []string{"iterator", "oldIterator", "hashWriting", "sameSizeGrow"} {
		if h.flags>>i&1 != 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, "|")
}

// place says where a bucket lies.
func (h *hmap) place(at unsafe.Pointer) string {
	if at == nil {
		return "nil"
	}
	if index, ok := indexIn(at, h.buckets, h.B); ok {
		return fmt.Sprintf("bucket %d", index)
	}
	if index, ok := indexIn(at, h.oldbuckets, h.oldB()); ok {
		return fmt.Sprintf("old %d", index)
	}
	for _, c := range chains(h) {
		depth := 1
		for b := c.base().next(); b != nil; b = b.next() {
			if unsafe.Pointer(b) == at {
				return fmt.Sprintf("%s, overflow %d", h.place(unsafe.Pointer(c.base())), depth)
			}
			depth++
		}
	}
	return "elsewhere"
}

func (it *hiter) describe(h *hmap) string {
	if it.h == nil {
		return "opened on an empty map"
	}
	array := "another"
	if it.buckets == h.buckets {
		array = "buckets"
	} else if it.buckets == h.oldbuckets {
		array = "oldbuckets"
	}
	text := fmt.Sprintf("startBucket %d, offset %d, B %d, array %s; bucket %d, i %d, bptr %s",
		it.startBucket, it.offset, it.B, array, it.bucket, it.i, h.place(it.bptr))
	if it.wrapped {
		text += ", wrapped"
	}
	if it.checkBucket != ^uintptr(0) {
		text += fmt.Sprintf(", checkBucket %d", it.checkBucket)
	}
	if it.key == nil {
		text += ", at its end"
	}
	return text
}

func listName(list *[]*bucket) string {
	if list == nil {
		return "nil"
	}
	return fmt.Sprintf("%d listed", len(*list))
}
)go";

const std::string_view kGoLayout = R"go(
// The runtime's structures, as in runtime/map.go.
type hmap struct {
	count      int
	flags      uint8
	B          uint8
	noverflow  uint16
	hash0      uint32
	buckets    unsafe.Pointer
	oldbuckets unsafe.Pointer
	nevacuate  uintptr
	extra      *mapextra
}

type mapextra struct {
	overflow, oldoverflow *[]*bucket
	nextOverflow          *bucket
}

type bucket struct {
	tophash  [8]uint8
	keys     [8]@key_slot@
	elems    [8]@elem_slot@
	overflow @link@
}

type hiter struct {
	key, elem, t          unsafe.Pointer
	h                     *hmap
	buckets, bptr         unsafe.Pointer
	overflow, oldoverflow unsafe.Pointer
	startBucket           uintptr
	offset                uint8
	wrapped               bool
	B, i                  uint8
	bucket, checkBucket   uintptr
}

type maptype struct {
	_                 [6]uintptr
	key, elem, bucket unsafe.Pointer
	hasher            func(key unsafe.Pointer, hash0 uintptr) uintptr
	keysize, elemsize uint8
	bucketsize        uint16
	flags             uint32
}

const (
	minTopHash   = 5
	hashWriting  = 4
	sameSizeGrow = 8
)

// header returns a map's structure, that of an empty one for nil.
func header(m map[Key]Elem) *hmap {
	if m == nil {
		return &hmap{}
	}
	return *(**hmap)(unsafe.Pointer(&m))
}

func (it *iterator) hiter() *hiter {
	return (*hiter)(unsafe.Add(unsafe.Pointer(it.MapIter), unsafe.Sizeof(reflect.Value{})))
}

func (b *bucket) key(i int) *Key   { return @key_at@ }
func (b *bucket) elem(i int) *Elem { return @elem_at@ }
func (b *bucket) next() *bucket    { return @next@ }

// chain is a bucket of an array and its overflow buckets.
type chain struct {
	array unsafe.Pointer
	B     uint8 // of the array
	index int
}

func (c chain) base() *bucket {
	return (*bucket)(unsafe.Add(c.array, uintptr(c.index)*unsafe.Sizeof(bucket{})))
}

// chains returns those of the old array, while there is one, and those of the current one.
func chains(h *hmap) []chain {
	list := []chain{}
	for i := 0; h.oldbuckets != nil && i < 1<<h.oldB(); i++ {
		list = append(list, chain{h.oldbuckets, h.oldB(), i})
	}
	for i := 0; h.buckets != nil && i < 1<<h.B; i++ {
		list = append(list, chain{h.buckets, h.B, i})
	}
	return list
}

func (h *hmap) oldB() uint8 {
	if h.flags&sameSizeGrow != 0 {
		return h.B
	}
	return h.B - 1
}

func (c chain) origin(b unsafe.Pointer) string {
	if at, ok := indexIn(b, c.array, c.B); ok {
		return fmt.Sprintf("pre %d", at)
	}
	return "heap"
}

func indexIn(b, array unsafe.Pointer, B uint8) (int, bool) {
	at := (uintptr(b) - uintptr(array)) / unsafe.Sizeof(bucket{})
	return int(at), array != nil && uintptr(b) >= uintptr(array) && at < uintptr(total(B))
}

var totals [64]int

// total is the length of an array with its preallocated overflow buckets: from 16 buckets on, a
// sixteenth more, and what else fits into the size class, which append knows.
func total(B uint8) int {
	if totals[B] == 0 {
		totals[B] = 1 << B
		if B >= 4 {
			totals[B] = cap(append([]bucket(nil), make([]bucket, 1<<B+1<<(B-4))...))
		}
	}
	return totals[B]
}
)go";

}  // namespace mapfuzz::cli
