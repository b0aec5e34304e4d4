// Reentering: an operation from inside a hasher or equality call, while the map is being written. The
// runtime answers with a fatal error, which ends the process: only a helper runs such a program.

package judge

import "mapfuzz/oracle/go/livemap"

// armed says where the nested operation starts.
type armed uint8

const (
	disarmed armed = iota
	armedHash
	armedEqual
)

// arm readies the operation of the last `reenter`, for one operation.
func (r *runner) arm() {
	r.armed = armedHash
	if r.nested.Value&1 != 0 {
		r.armed = armedEqual
	}
}

func (r *runner) disarm() {
	r.armed, r.nested = disarmed, nil
}

// reenter runs the nested operation if the map is being written. It does not return then.
func (r *runner) reenter() {
	if r.m == nil || r.m.Flags&livemap.FlagHashWriting == 0 {
		return
	}
	r.armed = disarmed
	outer := r.maker // the outer operation's key lies there, and is not to change
	switch (uint64(r.nested.Value) >> 1) % 3 {
	case 0:
		r.access2(r.nested.Key, false)
	case 1:
		storeElem(r.row.elem, r.assign(r.nested.Key, false), elemValue(r.row.elem, 1))
	default:
		r.erase(r.nested.Key, false)
	}
	r.maker = outer
}
