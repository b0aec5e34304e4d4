// Go source text: the methods that perform steps of iterators.
#include "fuzz/cli/emit_support.h"

namespace mapfuzz::cli {

const std::string_view kGoIterators = R"go(
// iterator is one that a step can leave where it is: reflect's, which calls what a range loop
// calls, mapiterinit and mapiternext.
type iterator struct {
	*reflect.MapIter
	onOther bool // it has gone with its map, which is not m any more
	opened  bool // just now
	found   bool // an entry, not the end
	key     Key
	elem    Elem
	said    string
	made    []Key // entries produced
}

// iter opens an iterator. As in a range loop, it goes to its first entry at once.
func (m *Map) iter(name string) {
	m.begin("%s := range m", name)
	defer m.end()
	m.open(name)
}

// iterDraw is iter with a given random draw, of which startBucket and offset are made.
func (m *Map) iterDraw(name string, drawn uint32) {
	m.begin("%s := range m // start %d, offset %d", name, drawn&(1<<header(m.live).B-1),
		drawn>>header(m.live).B&7)
	defer m.end()
	pin(drawn, header(m.live).B+3)
	m.open(name)
}

func (m *Map) open(name string) {
	it := newIterator(m.live)
	m.iters[name[0]-'a'] = it
	m.said = it.tell()
}

func newIterator(m map[Key]Elem) *iterator {
	it := &iterator{MapIter: reflect.ValueOf(m).MapRange(), opened: true}
	it.advance()
	if !exact && it.hiter().h != nil {
		it.restart(draw())
	}
	return it
}

func (m *Map) next(name string) {
	m.begin("next of %s", name)
	defer m.end()
	it := m.iters[name[0]-'a']
	if it == nil {
		m.said = "is closed"
		return
	}
	if it.opened { // and has been since then at its first entry
		it.opened = false
		m.said = it.said
		return
	}
	it.advance()
	m.said = it.tell()
	if strings.Contains(m.said, "  (") {
		m.odd++
	}
}

func (it *iterator) tell() string {
	it.said = "end"
	if it.found {
		it.said = fmt.Sprintf("%s=%s%s", keyName(it.key), elemName(it.elem), it.remark())
	}
	return it.said
}

// remark tells what is odd about an entry. NaNs are left out: none is the same as another.
func (it *iterator) remark() string {
	k := it.key
	if k != k {
		return ""
	}
	text := "  (NOT in the map)"
	for _, c := range chains(it.hiter().h) {
		for b := c.base(); b != nil; b = b.next() {
			for i, state := range b.tophash {
				if state >= minTopHash && *b.key(i) == k {
					text = ""
				}
			}
		}
	}
	for _, before := range it.made {
		if before == k {
			text += "  (produced BEFORE by this iterator)"
			break
		}
	}
	it.made = append(it.made, k)
	return text
}

func (it *iterator) advance() {
	h := it.hiter()
	if h.t != nil && h.h == nil {
		return // opened on an empty map
	}
	if h.t != nil && h.key == nil {
		h.key = unsafe.Pointer(it) // let Next call mapiternext after the end, too
	}
	it.found = it.Next()
	if it.found {
		it.key, it.elem = *(*Key)(h.key), *(*Elem)(h.elem)
	}
}

// restart puts a new iterator where this draw would have put it.
func (it *iterator) restart(drawn uint32) {
	h := it.hiter()
	h.startBucket = uintptr(drawn) & (1<<h.B - 1)
	h.offset = uint8(drawn >> h.B & 7)
	h.bucket, h.bptr, h.wrapped, h.i, h.checkBucket = h.startBucket, nil, false, 0, 0
	it.advance()
}

func (m *Map) close(name string) {
	m.begin("close %s", name)
	defer m.end()
	m.iters[name[0]-'a'] = nil
}

// closeAll closes the iterators of a map that is about to go.
func (m *Map) closeAll(onOther bool) {
	for i, it := range m.iters {
		if it != nil && it.onOther == onOther {
			m.iters[i] = nil
		}
	}
}
)go";

}  // namespace mapfuzz::cli
