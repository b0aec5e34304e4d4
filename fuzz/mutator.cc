#include "fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <utility>

#include "oracle/byte_codec.h"
#include "oracle/kinds.h"
#include "oracle/run_plan.h"

namespace mapfuzz {
namespace {

constexpr std::array<const char*, static_cast<std::size_t>(Mutation::count_)> kNames = {
    "insert-act",   "insert-one",    "remove",         "duplicate",  "move",    "swap",
    "undo",         "reuse-key",     "neighbour-key",  "shift-keys", "collide", "change-code",
    "to-threshold", "across-growth", "across-growths", "fault",      "reenter", "steps",
    "draw",         "kinds",         "hash",           "start",      "swarm",   "write"};

}  // namespace

const char* to_string(Mutation mutation) { return kNames.at(static_cast<std::size_t>(mutation)); }

void Mutator::mutate(Program& program) {
  // In an empty program there is little to change, and whole programs reach states at once that
  // changes need thousands of steps for.
  constexpr std::uint32_t written_anew = 6;
  // What builds and keeps state comes more often than what throws it away or changes all of it.
  constexpr std::array<Mutation, 34> drawn = {
      Mutation::insert_act,    Mutation::insert_act,     Mutation::across_growths,
      Mutation::insert_one,    Mutation::insert_one,     Mutation::insert_one,
      Mutation::remove,        Mutation::remove,         Mutation::duplicate,
      Mutation::duplicate,     Mutation::move,           Mutation::swap,
      Mutation::undo,          Mutation::undo,           Mutation::reuse_key,
      Mutation::reuse_key,     Mutation::neighbour_key,  Mutation::shift_keys,
      Mutation::collide,       Mutation::collide,        Mutation::change_code,
      Mutation::to_threshold,  Mutation::to_threshold,   Mutation::across_growth,
      Mutation::across_growth, Mutation::steps,          Mutation::draw,
      Mutation::kinds,         Mutation::hash,           Mutation::start,
      Mutation::swarm,         Mutation::across_growths, Mutation::across_growths,
      Mutation::across_growths};
  if (program.operations.empty() || choice_.one_in(written_anew)) {
    apply(Mutation::write, program);
    if (choice_.one_in(2)) {
      apply(Mutation::across_growths, program);
    }
  } else {
    apply(choice_.of(drawn), program);
  }
  // Along with another one, since most targets inject nothing, and a reentered write is the end.
  const std::uint32_t off = program.header.off | off_;
  if ((off & all_of({OpCode::inject})) == 0 && choice_.one_in(3)) {
    apply(Mutation::fault, program);
  } else if ((off & all_of({OpCode::reenter})) == 0 && choice_.one_in(16)) {
    apply(Mutation::reenter, program);
  }
}

void Mutator::apply(Mutation mutation, Program& program) {
  hide_plain_values(program);
  change(mutation, program);
  settle(program);
}

void Mutator::hide_plain_values(Program& program) {
  for (Operation& operation : program.operations) {
    if (has_value(operation.code) &&
        static_cast<std::uint64_t>(operation.value) ==
            elem_value(program.header.elem, plain_value(operation.id))) {
      operation.value = kPlain;
    }
  }
}

void Mutator::change(Mutation mutation, Program& program) {
  Operations& operations = program.operations;
  const Range at = range(operations);
  switch (mutation) {
    case Mutation::insert_act:
      insert(operations, place(operations), author_.act(program.header.width));
      break;
    case Mutation::insert_one:
      insert(operations, place(operations), author_.one());
      break;
    case Mutation::remove:
      operations.erase(operations.begin() + static_cast<std::ptrdiff_t>(at.begin),
                       operations.begin() + static_cast<std::ptrdiff_t>(at.end));
      break;
    case Mutation::duplicate:
      insert(operations, place(operations),
             Operations(operations.begin() + static_cast<std::ptrdiff_t>(at.begin),
                        operations.begin() + static_cast<std::ptrdiff_t>(at.end)));
      break;
    case Mutation::move:
      move(operations);
      break;
    case Mutation::swap:
      swap(operations);
      break;
    case Mutation::undo:
      undo(operations);
      break;
    case Mutation::reuse_key:
    case Mutation::neighbour_key:
      if (Operation* const changed = keyed(operations)) {
        changed->key = keyed(operations)->key;
        if (mutation == Mutation::neighbour_key) {
          changed->key += distance();
        }
      }
      break;
    case Mutation::shift_keys: {
      const std::uint32_t by = distance();
      for (std::size_t n = at.begin; n < at.end; ++n) {
        operations[n].key += by;
      }
      break;
    }
    case Mutation::collide:
      collide(program);
      break;
    case Mutation::change_code:
      change_code(operations);
      break;
    case Mutation::to_threshold:
      to_threshold(program);
      break;
    case Mutation::across_growth:
      across_growth(program);
      break;
    case Mutation::across_growths:
      across_growths(program);
      break;
    case Mutation::fault:
      fault(program);
      break;
    case Mutation::reenter:
      reenter(program);
      break;
    case Mutation::steps:
      steps(operations);
      break;
    case Mutation::draw:
      draw(operations);
      break;
    case Mutation::kinds:
      kinds(program.header);
      break;
    case Mutation::hash:
      program.header.hash = author_.hash();
      break;
    case Mutation::start:
      start(program.header);
      break;
    case Mutation::swarm:
      swarm(program.header);
      break;
    case Mutation::write: {
      const Header& header = program.header;
      const Row row =
          choice_.one_in(2) ? choice_.of(all_rows()) : Row{header.key, header.elem, header.width};
      program = author_.write(row, choice_.between(8, 250));
      break;
    }
    case Mutation::count_:
      break;
  }
}

void Mutator::settle(Program& program) {
  if (off_ != 0) {
    auto& operations = program.operations;
    operations.erase(std::remove_if(operations.begin(), operations.end(),
                                    [&](const Operation& operation) {
                                      return (all_of({operation.code}) & off_) != 0;
                                    }),
                     operations.end());
  }
  if (program.operations.size() > kMaxOperations) {
    program.operations.resize(kMaxOperations);
  }
  renumber(program);
  for (Operation& operation : program.operations) {
    if (has_value(operation.code) && operation.value == kPlain) {
      operation.value = plain_value(operation.id);
    }
  }
  repair(program);
}

Mutator::Range Mutator::range(const Operations& operations) {
  if (operations.empty()) {
    return {0, 0};
  }
  const std::size_t begin = choice_.below(operations.size());
  const std::size_t rest = operations.size() - begin;
  const std::size_t most = choice_.one_in(4) ? rest : std::min<std::size_t>(rest, 8);
  return {begin, begin + 1 + choice_.below(most)};
}

Program Mutator::cross(const Program& a, const Program& b) {
  Program out = choice_.one_in(4) ? b : a;
  Program left = a;
  Program right = b;
  hide_plain_values(left);
  hide_plain_values(right);
  const auto at = [](Operations& operations, std::size_t n) {
    return operations.begin() + static_cast<std::ptrdiff_t>(n);
  };
  Operations& l = left.operations;
  Operations& r = right.operations;
  Operations made;
  const auto take = [&](Operations& from, std::size_t begin, std::size_t end) {
    made.insert(made.end(), at(from, begin), at(from, end));
  };
  switch (choice_.below(3)) {
    case 0:
      take(l, 0, place(l));
      take(r, place(r), r.size());
      break;
    case 1: {
      const std::size_t here = place(l);
      const Range piece = range(r);
      take(l, 0, here);
      take(r, piece.begin, piece.end);
      take(l, here, l.size());
      break;
    }
    default: {
      std::size_t in_l = 0;
      std::size_t in_r = 0;
      while (in_l < l.size() || in_r < r.size()) {
        const std::size_t l_end = std::min<std::size_t>(l.size(), in_l + choice_.below(24));
        const std::size_t r_end = std::min<std::size_t>(r.size(), in_r + choice_.below(24));
        take(l, std::exchange(in_l, l_end), l_end);
        take(r, std::exchange(in_r, r_end), r_end);
      }
    }
  }
  out.operations = made;
  settle(out);
  return out;
}

}  // namespace mapfuzz
