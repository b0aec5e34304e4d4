// Structure-aware mutation: changes to a Program that keep its meaning in sight, where changed
// bytes would shift or reinterpret all that follows.
//
// Promises: a mutated program is legal; all is a function of the seed and the programs. Values that
// the byte form derives from an operation's id stay so, and cost no byte.
// Leaves to others: bytes and their limits (mutate_bytes.h), writing whole acts (oracle/author.h),
// and what leads from one growth to the next (story.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "oracle/author.h"
#include "oracle/program.h"

namespace mapfuzz {

class Story;

// In the order of `Mutator::apply`; a campaign's log does not name them, tests do.
enum class Mutation : std::uint8_t {
  insert_act,      // a fill, piles, a walk, ... of the author's
  insert_one,      // one operation of any kind
  remove,          // a range
  duplicate,       // a range, to another place
  move,            // a range
  swap,            // two ranges
  undo,            // a range's keys are deleted after it
  reuse_key,       // of another operation
  neighbour_key,   // one step, or a power of two, away: the next bucket, or the same one
  shift_keys,      // of a range, by one step or a power of two
  collide,         // two keys get one bucket, an X/Y pair, or one top hash, by explicit hashes
  change_code,     // assign, update, delete, look-ups among themselves
  to_threshold,    // new keys, or a literal, up to just below, at, or above the next growth
  across_growth,   // an iterator opened before a growth, stepped in it, another opened behind
  across_growths,  // an iterator under several growths, of both kinds
  fault,           // an injected exception, mostly where an operation has much to undo
  reenter,         // an operation inside another, mostly where that one has much to do
  steps,           // of an iterator that is open, between the operations of a range
  draw,            // pins or frees the draw of an `iter`
  kinds,           // key and elem kinds, width, policy
  hash,            // another hash plan
  start,           // seed or hint
  swarm,           // switches one class of operations off or on, or all on
  write,           // another program altogether: far from all others, where small changes stay near
  count_           // not a mutation
};
[[nodiscard]] const char* to_string(Mutation mutation);

class Mutator {
 public:
  // Operations that are `off` anyway (as RunPlan::off) are left out of what is made.
  explicit Mutator(std::uint64_t seed, std::uint32_t off = 0)
      : off_(off), choice_(seed), author_(choice_.bits()) {}

  // One mutation, drawn at random.
  void mutate(Program& program);
  void apply(Mutation mutation, Program& program);

  // Lets two or three operations run as threads, under a schedule of few preemptions (OpCode::
  // interleave), or changes one that does: for the target that is about it.
  void interleave(Program& program);

  // Of two programs one: the start of `a` and the end of `b`, a piece of `b` within `a`, or pieces
  // of both by turns. The header is that of one of them.
  [[nodiscard]] Program cross(const Program& a, const Program& b);

 private:
  using Operations = Author::Operations;

  // Stands for the value that follows from an operation's id (byte_codec.h) while ids are in
  // motion.
  static constexpr std::int64_t kPlain = -1;
  [[nodiscard]] static bool has_value(OpCode code) {
    return code == OpCode::assign || code == OpCode::update;
  }

  struct Range {
    std::size_t begin;
    std::size_t end;
  };

  static void hide_plain_values(Program& program);
  void change(Mutation mutation, Program& program);
  void settle(Program& program);

  [[nodiscard]] Range range(const Operations& operations);
  [[nodiscard]] std::size_t place(const Operations& operations) {
    return choice_.below(operations.size() + 1);
  }
  // An operation that has a key, or null.
  [[nodiscard]] Operation* keyed(Operations& operations);
  [[nodiscard]] std::uint32_t distance();

  void insert(Operations& into, std::size_t at, const Operations& piece);
  void move(Operations& operations);
  void swap(Operations& operations);
  void undo(Operations& operations);
  void collide(Program& program);
  void change_code(Operations& operations);
  void to_threshold(Program& program);
  void across_growth(Program& program);
  void across_growths(Program& program);
  void start_growth(Story& story, bool hollow);
  void empty(Story& story, bool hollow);
  [[nodiscard]] std::optional<std::size_t> eventful(const Program& program);
  void fault(Program& program);
  void reenter(Program& program);
  void steps(Operations& operations);
  void draw(Operations& operations);
  void kinds(Header& header);
  void start(Header& header);
  void swarm(Header& header);
  [[nodiscard]] Operation thread_operation(const Operations& before, std::uint32_t key);
  [[nodiscard]] Operation interleave_operation(std::uint32_t key);

  std::uint32_t off_;
  Choice choice_;
  Author author_;
};

}  // namespace mapfuzz
