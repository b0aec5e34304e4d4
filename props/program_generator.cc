#include "props/program_generator.h"

#include <algorithm>
#include <ostream>

#include "oracle/author.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

constexpr std::size_t kFewest = 10;
constexpr std::size_t kMost = 400;
constexpr int kFullSize = 100;  // RapidCheck's largest size, unless RC_PARAMS says otherwise

using Write = Program (Author::*)(const Row&, std::size_t);

rc::Gen<Program> written(const Row& row, Write write) {
  return [=](const rc::Random& random, int size) {
    const auto share = static_cast<std::size_t>(std::clamp(size, 0, kFullSize));
    Author author(rc::Random(random).next());
    return rc::shrinkable::just(
        (author.*write)(row, kFewest + (kMost - kFewest) * share / kFullSize));
  };
}

}  // namespace

rc::Gen<Program> any_program() { return rc::gen::mapcat(any_row(), program_of); }

rc::Gen<Program> program_of(const Row& row) { return written(row, &Author::write); }

rc::Gen<Program> writes_of(const Row& row) { return written(row, &Author::write_writes); }

rc::Gen<Row> any_row() {
  return [](const rc::Random& random, int /*size*/) {
    return rc::shrinkable::just(Choice(rc::Random(random).next()).of(all_rows()));
  };
}

rc::Gen<HashSpec> any_hash() {
  return [](const rc::Random& random, int /*size*/) {
    return rc::shrinkable::just(Author(rc::Random(random).next()).hash());
  };
}

void showValue(const Program& program, std::ostream& os) { os << '\n' << print_ops(program); }

void showValue(const Row& row, std::ostream& os) { os << to_string(row); }

void PrintTo(const Row& row, std::ostream* os) { showValue(row, *os); }

void showValue(const HashSpec& hash, std::ostream& os) {
  Program empty;
  empty.header.hash = hash;
  showValue(empty, os);
}

}  // namespace mapfuzz
