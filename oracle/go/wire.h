/* What crosses between C++ and the Go runtime: one program goes over, one trace comes back.
 *
 * Compiled by both sides (cgo reads it as C). All memory is the caller's; the Go side keeps no
 * pointer into it after a call has returned. Codes are those of oracle/program.h.
 */
/* NOLINTBEGIN: cgo reads this as C. */
#ifndef MAPFUZZ_ORACLE_GO_WIRE_H_
#define MAPFUZZ_ORACLE_GO_WIRE_H_

#include <stddef.h>
#include <stdint.h>

enum {
  kWireKeyHashes = 64,
  kWireSlots = 8,      /* iterators a to h */
  kWireTextBytes = 120 /* of a panic's message, with its final zero */
};

typedef struct {
  uint16_t key;
  uint16_t low;
  uint8_t top;
} WireKeyHash;

typedef struct {
  int64_t value;
  uint32_t id;
  uint32_t key;
  uint32_t draw; /* pins the first draw, where has_draw is not 0 */
  uint8_t code;
  uint8_t slot;
  uint8_t has_draw;
  uint8_t unused;
} WireOperation;

typedef struct {
  uint8_t key;  /* KeyKind */
  uint8_t elem; /* ElemKind */
  uint8_t hash; /* HashKind */
  uint8_t hash_parameter;
  uint32_t seed;
  int64_t hint;
  uint32_t off;        /* bit c: operations of code c are not run */
  uint32_t key_hashes; /* how many of explicit_hashes are in use; sorted by key */
  WireKeyHash explicit_hashes[kWireKeyHashes];
  uint64_t operations_size;
  const WireOperation* operations;
} WireProgram;

/* Entry of a range, in the order in which the map produced it. */
typedef struct {
  uint64_t value;
  uint32_t key;
  uint32_t unused;
} WireEntry;

/* One step. steps[0] is the making of the map, steps[i + 1] is operation i. */
typedef struct {
  uint64_t value; /* as Observation::value; of a panic: FNV-1a of its message */
  uint64_t length;
  uint64_t entry_value; /* of Observation::entry */
  uint64_t hash_trace;  /* digest of the hasher's (key id, seed) arguments in order; 0: no call */
  uint64_t digest;      /* of the canonical words (oracle/snapshot.h) after the step */
  uint64_t first_entry; /* index into WireTrace::entries */
  uint32_t entries;
  uint32_t entry_key;
  uint32_t hash_calls;
  uint32_t draws;
  uint8_t step; /* Step of oracle/observation.h */
  uint8_t found;
  uint8_t digested; /* whether `digest` was taken: big tables are looked at now and then */
  uint8_t panicked; /* a recoverable panic; the first one's message is WireTrace::text */
} WireStep;

/* Capacities are the caller's, sizes the callee's. */
typedef struct {
  WireStep* steps; /* room for operations_size + 1 */
  uint64_t steps_size;
  WireEntry* entries;
  uint64_t entries_capacity;
  uint64_t entries_size;
  /* The canonical words after steps[snapshot_at], if it is not negative; no digest of other steps
   * is needed then. words_size may exceed words_capacity: then none were written. */
  int64_t snapshot_at;
  uint64_t* words;
  uint64_t words_capacity;
  uint64_t words_size;
  /* Test of the comparison itself: before the digest of steps[flip_at] is taken, bit flip_bit of
   * word flip_word is flipped. Negative: never. */
  int64_t flip_at;
  uint64_t flip_word;
  uint32_t flip_bit;
  /* Table words visited plus entries produced that the run may cost; it stops at the step that
   * would exceed it, and steps_size tells how far it came. */
  uint64_t work_budget;
  char text[kWireTextBytes];
} WireTrace;

/* cgo writes declarations of its own, without const, for the side that defines these. */
#ifdef __cplusplus
extern "C" {

/* 0: this Go runtime's map can be the judge. Else `message` says what differs and which versions of
 * Go serve (up to 600 bytes, always ended by a zero). Call it once, before anything else. */
int MapfuzzGoCheck(char* message, size_t size);

/* Runs the program and fills the trace. Safe from any thread; one program runs at a time. Where the
 * check fails or there is no such row, steps_size is 0 and `text` says why. Programs with a
 * `reenter` kill the process: they are for MapfuzzGoRunReporting. */
void MapfuzzGoRun(const WireProgram* program, WireTrace* trace);

/* Runs a program that may kill the process, and writes lines to `fd` as it goes, so that the state
 * before a fatal error is known. Every step is digested; there is no work budget. The lines:
 *   run ID                   operation ID starts (4294967295: the making of the map)
 *   step N digest HEX kind N found N value N length N key N entry N entries N calls N trace HEX
 *     draws N panicked N     (one line) what WireStep holds after steps[N]; `kind` is its `step`
 *   words N COUNT HEX...     the canonical words after steps[N]
 *   end steps N text TEXT    the run came to its end: nothing was fatal; TEXT as WireTrace::text
 * Operations that are switched off give no line. If the last line is a `run`, the process died in
 * that operation, by SIGABRT (Go's way in a C program), with `fatal error: ...` as the first line
 * on stderr. */
void MapfuzzGoRunReporting(const WireProgram* program, int fd);

}  // extern "C"
#endif

#endif /* MAPFUZZ_ORACLE_GO_WIRE_H_ */
/* NOLINTEND */
