// The runtime's map functions, by their linker names. They have no bodies here; the package has a
// .s file, which is what allows that.

package livemap

import "unsafe"

//go:linkname MakeMap runtime.makemap
//go:noescape
func MakeMap(t *MapType, hint int, h *Header) *Header

//go:linkname Access1 runtime.mapaccess1
//go:noescape
func Access1(t *MapType, h *Header, key unsafe.Pointer) unsafe.Pointer

//go:linkname Access2 runtime.mapaccess2
//go:noescape
func Access2(t *MapType, h *Header, key unsafe.Pointer) (unsafe.Pointer, bool)

//go:linkname Access1Fat runtime.mapaccess1_fat
//go:noescape
func Access1Fat(t *MapType, h *Header, key, zero unsafe.Pointer) unsafe.Pointer

//go:linkname Access2Fat runtime.mapaccess2_fat
//go:noescape
func Access2Fat(t *MapType, h *Header, key, zero unsafe.Pointer) (unsafe.Pointer, bool)

//go:linkname Assign runtime.mapassign
//go:noescape
func Assign(t *MapType, h *Header, key unsafe.Pointer) unsafe.Pointer

//go:linkname Delete runtime.mapdelete
//go:noescape
func Delete(t *MapType, h *Header, key unsafe.Pointer)

//go:linkname Clear runtime.mapclear
//go:noescape
func Clear(t *MapType, h *Header)

//go:linkname IterInit runtime.mapiterinit
//go:noescape
func IterInit(t *MapType, h *Header, it *Iter)

//go:linkname IterNext runtime.mapiternext
//go:noescape
func IterNext(it *Iter)

//go:linkname Access1Fast32 runtime.mapaccess1_fast32
//go:noescape
func Access1Fast32(t *MapType, h *Header, key uint32) unsafe.Pointer

//go:linkname Access2Fast32 runtime.mapaccess2_fast32
//go:noescape
func Access2Fast32(t *MapType, h *Header, key uint32) (unsafe.Pointer, bool)

//go:linkname AssignFast32 runtime.mapassign_fast32
//go:noescape
func AssignFast32(t *MapType, h *Header, key uint32) unsafe.Pointer

//go:linkname DeleteFast32 runtime.mapdelete_fast32
//go:noescape
func DeleteFast32(t *MapType, h *Header, key uint32)

//go:linkname Access1Fast64 runtime.mapaccess1_fast64
//go:noescape
func Access1Fast64(t *MapType, h *Header, key uint64) unsafe.Pointer

//go:linkname Access2Fast64 runtime.mapaccess2_fast64
//go:noescape
func Access2Fast64(t *MapType, h *Header, key uint64) (unsafe.Pointer, bool)

//go:linkname AssignFast64 runtime.mapassign_fast64
//go:noescape
func AssignFast64(t *MapType, h *Header, key uint64) unsafe.Pointer

//go:linkname DeleteFast64 runtime.mapdelete_fast64
//go:noescape
func DeleteFast64(t *MapType, h *Header, key uint64)

//go:linkname Access1FastStr runtime.mapaccess1_faststr
//go:noescape
func Access1FastStr(t *MapType, h *Header, key string) unsafe.Pointer

//go:linkname Access2FastStr runtime.mapaccess2_faststr
//go:noescape
func Access2FastStr(t *MapType, h *Header, key string) (unsafe.Pointer, bool)

// The map keeps the key's text: it may not be thought to stay behind.
//
//go:linkname AssignFastStr runtime.mapassign_faststr
func AssignFastStr(t *MapType, h *Header, key string) unsafe.Pointer

//go:linkname DeleteFastStr runtime.mapdelete_faststr
//go:noescape
func DeleteFastStr(t *MapType, h *Header, key string)

// InterfaceHash panics for a dynamic type that cannot be hashed.
//
//go:linkname InterfaceHash runtime.nilinterhash
//go:noescape
func InterfaceHash(p unsafe.Pointer, seed uintptr) uintptr

//go:linkname roundupsize runtime.roundupsize
func roundupsize(size uintptr) uintptr

//go:linkname fastrand runtime.fastrand
func fastrand() uint32

// Pin keeps the goroutine on its thread: no preemption, whose bookkeeping would draw random numbers.
//
//go:linkname Pin sync.runtime_procPin
func Pin() int

// Unpin undoes one Pin. A Go panic is a fatal error while pinned.
//
//go:linkname Unpin sync.runtime_procUnpin
func Unpin()
