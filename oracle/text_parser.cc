// Parsing checks every range itself, so that what it accepts is legal without repair().
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

#include "oracle/draws.h"
#include "oracle/interleaving.h"
#include "oracle/kinds.h"
#include "oracle/text.h"
#include "oracle/text_codec.h"
#include "oracle/text_line.h"
#include "oracle/text_words.h"

namespace mapfuzz {
namespace {

constexpr std::string_view kEndOfLine = "end of line";
constexpr std::string_view kEndOfFile = "end of file";

enum class Field : std::uint8_t { key, elem, hash, seed, hint, width, policy, off };
constexpr std::array<std::string_view, 8> kFields = {"key",  "elem",  "hash",   "seed",
                                                     "hint", "width", "policy", "off"};

template <class Kind, std::size_t count>
std::array<std::string_view, count> names_of() {
  std::array<std::string_view, count> names;
  for (std::size_t kind = 0; kind < count; ++kind) {
    names[kind] = to_string(static_cast<Kind>(kind));
  }
  return names;
}

std::array<std::string_view, kOpCodes> operation_names() {
  std::array<std::string_view, kOpCodes> names;
  for (std::uint8_t code = 0; code < kOpCodes; ++code) {
    names[code] = shape_of(static_cast<OpCode>(code)).name;
  }
  return names;
}

std::int64_t max_key(KeyKind kind) { return key_ids(kind) - 1; }

// All its bits are set, so reducing it to an elem kind gives that kind's largest value.
static_assert((kMaxElem & (kMaxElem + 1)) == 0);
std::int64_t max_elem(ElemKind kind) {
  return static_cast<std::int64_t>(elem_value(kind, kMaxElem));
}

bool is_legal_hint(std::int64_t hint) { return hint <= kMaxHint || hint >= kBogusHint; }

std::string row_text(const Row& row) {
  return cat("key=", to_string(row.key), " elem=", to_string(row.elem), " width=", row.width);
}

template <std::size_t count>
std::string one_of(const std::array<std::string_view, count>& names) {
  std::string text = "one of ";
  for (const std::string_view name : names) {
    append(text, name == names.front() ? "" : ", ");
    append(text, name);
  }
  return text;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// What is shown of a word that may be long, or no text at all.
std::string shown(std::string_view word) {
  constexpr std::size_t longest = 40;
  std::string text;
  for (const char c : word.substr(0, longest)) {
    if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      append(text, "\\x");
      append(text, hex(static_cast<unsigned char>(c), 2));
    }
  }
  append(text, word.size() > longest ? "..." : "");
  return text;
}

// Every parsing member returns false after it has set `error_`.
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::variant<OpsText, ParseError> parse() {
    if (version_line() && map_line() && body()) {
      return std::move(result_);
    }
    return error_;
  }

 private:
  Header& header() { return result_.program.header; }

  bool fail(std::size_t column, std::string expected, std::string_view found) {
    error_ = {line_number_, column, std::move(expected), std::string(found)};
    return false;
  }

  bool fail(const Token& at, std::string expected) {
    return fail(at.column, std::move(expected),
                at.text.empty() ? std::string(kEndOfLine) : shown(at.text));
  }

  // Moves on to the next line that says something; false at the end of the text.
  bool next_line() {
    while (!rest_.empty()) {
      ++line_number_;
      const std::size_t newline = rest_.find('\n');
      std::string_view text = rest_.substr(0, newline);
      ends_in_newline_ = newline != std::string_view::npos;
      rest_.remove_prefix(ends_in_newline_ ? newline + 1 : rest_.size());
      last_length_ = text.size();
      if (text.ends_with('\r')) {
        text.remove_suffix(1);
      }
      const std::size_t hash = text.find('#');
      line_ = TextLine(text.substr(0, hash));
      if (!line_.peek().text.empty()) {
        return true;
      }
      if (hash != std::string_view::npos && opening_) {
        opening_comment(text.substr(hash + 1));
      }
    }
    return false;
  }

  bool end_of_file(std::string expected) {
    const bool new_line = line_number_ == 0 || ends_in_newline_;
    line_number_ += new_line ? 1 : 0;
    return fail(new_line ? 1 : last_length_ + 1, std::move(expected), kEndOfFile);
  }

  void opening_comment(std::string_view text) {
    constexpr std::string_view run = "run:";
    if (trim(text).starts_with(run)) {
      run_line(trim(text).substr(run.size()));
      return;
    }
    if (text.starts_with(' ')) {
      text.remove_prefix(1);
    }
    if (has_comment_) {
      result_.comment += '\n';
    }
    has_comment_ = true;
    result_.comment += text.substr(0, text.find_last_not_of(kBlanks) + 1);
  }

  // What a tool wrote about the run that made this file; other words are for people.
  void run_line(std::string_view words) {
    constexpr std::string_view target = " target=";
    const std::size_t at = words.find(target);
    if (at != std::string_view::npos && result_.target.empty()) {
      words.remove_prefix(at + target.size());
      result_.target = words.substr(0, words.find_first_of(kBlanks));
    }
  }

  bool version_line() {
    const std::string wanted = cat("'", kMagic, " ", kVersion, "'");
    if (!next_line()) {
      return end_of_file(wanted);
    }
    const Token magic = line_.take();
    if (magic.text != kMagic) {
      return fail(magic, wanted);
    }
    const Token version = line_.take();
    if (version.text != kVersion) {
      const bool newer = !version.text.empty() && version.text.front() != '0' &&
                         version.text.find_first_not_of("0123456789") == std::string_view::npos;
      return fail(version,
                  newer ? cat("version ", kVersion, ", the newest this build reads") : wanted);
    }
    return end_of_line();
  }

  bool map_line() {
    if (!next_line()) {
      return end_of_file("'map'");
    }
    opening_ = false;
    const Token map = line_.take();
    if (map.text != "map") {
      return fail(map, "'map'");
    }
    std::array<bool, kFields.size()> given{};
    while (!line_.peek().text.empty()) {
      const Token name = line_.peek();
      std::size_t field = 0;
      if (!choice(kFields, field)) {
        return false;
      }
      if (given[field]) {
        return fail(name, "each field only once");
      }
      given[field] = true;
      if (!mark('=') || !field_value(static_cast<Field>(field))) {
        return false;
      }
    }
    const Row row{header().key, header().elem, header().width};
    const auto rows = all_rows();
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) {
      std::string expected = "one of";
      for (const Row& known : rows) {
        append(expected, cat(known == rows.front() ? " " : ", ", row_text(known)));
      }
      return fail(map.column, std::move(expected), row_text(row));
    }
    if (header().policy == Policy::go_exact && is_counted(row)) {
      return fail(map.column, "policy=sound for objects", "policy=go-exact");
    }
    return true;
  }

  bool field_value(Field field) {
    switch (field) {
      case Field::key:
        return choice(names_of<KeyKind, kKeyKinds>(), header().key);
      case Field::elem:
        return choice(names_of<ElemKind, kElemKinds>(), header().elem);
      case Field::hash:
        return hash_kind();
      case Field::seed:
        return number("a number", 0, std::numeric_limits<std::uint32_t>::max(), header().seed);
      case Field::hint:
        return hint(header().hint);
      case Field::width:
        return number("a width", 1, 8, header().width);
      case Field::policy:
        return choice(kPolicies, header().policy);
      case Field::off:
        return off_list();
    }
    return false;
  }

  bool hash_kind() {
    HashSpec& hash = header().hash;
    if (!choice(kHashKinds, hash.kind)) {
      return false;
    }
    switch (hash.kind) {
      case HashKind::low:
        return mark(':') && number("a number of bits", 0, 16, hash.parameter);
      case HashKind::top:
        return mark(':') && number("a top byte", 0, 255, hash.parameter);
      default:
        return true;
    }
  }

  bool off_list() {
    for (;;) {
      std::size_t code = 0;
      if (!choice(operation_names(), code)) {
        return false;
      }
      header().off |= std::uint32_t{1} << code;
      if (line_.peek().text != ",") {
        return true;
      }
      line_.take();
    }
  }

  bool body() {
    while (next_line()) {
      const bool ok = line_.peek().text == "hash" ? hash_line() : operation_line();
      if (!ok || !end_of_line()) {
        return false;
      }
    }
    return true;
  }

  bool hash_line() {
    const Token word = line_.take();
    auto& table = header().hash.explicit_hashes;
    if (header().hash.kind != HashKind::explicit_) {
      return fail(word, "hash=explicit in the map line before a hash line");
    }
    if (!result_.program.operations.empty()) {
      return fail(word, "hash lines only before the first operation");
    }
    if (table.size() == kMaxExplicitHashes) {
      return fail(word, cat("at most ", kMaxExplicitHashes, " hash lines"));
    }
    KeyHash entry;
    const Token key = line_.peek();
    if (!number("a key", 0, max_key(header().key), entry.key)) {
      return false;
    }
    const auto at = std::lower_bound(
        table.begin(), table.end(), entry.key,
        [](const KeyHash& other, std::uint16_t wanted) { return other.key < wanted; });
    if (at != table.end() && at->key == entry.key) {
      return fail(key, "each key's hash only once");
    }
    if (!mark('=') || !number("a top byte", 0, 255, entry.top) || !mark(':') ||
        !number("the low bits", 0, 65535, entry.low)) {
      return false;
    }
    table.insert(at, entry);
    return true;
  }

  bool operation_line() {
    auto& operations = result_.program.operations;
    Operation operation;
    const Token first = line_.peek();
    if (operations.size() == kMaxOperations) {
      return fail(first, cat("at most ", kMaxOperations, " operations"));
    }
    const std::uint32_t next_id = operations.empty() ? 0 : operations.back().id + 1;
    operation.id = next_id;
    if (first.text.starts_with('@')) {
      if (!number_in(line_.take(), "@", "an id", next_id, kPrepareId - 1, operation.id)) {
        return false;
      }
    } else if (next_id == kPrepareId) {
      return fail(first, cat("no operation after id ", kPrepareId - 1));
    }
    if (!choice(operation_names(), operation.code) || !operands(operation)) {
      return false;
    }
    operations.push_back(operation);
    return true;
  }

  bool operands(Operation& operation) {
    const OpShape& shape = shape_of(operation.code);
    if (shape.slot && !slot(operation.slot)) {
      return false;
    }
    if (shape.key && !number("a key", 0, max_key(header().key), operation.key)) {
      return false;
    }
    if (shape.key && shape.value && !mark('=')) {
      return false;
    }
    if (shape.value && !value(operation)) {
      return false;
    }
    return !shape.draw || line_.peek().text.empty() || draw(operation);
  }

  bool slot(std::uint8_t& slot) {
    const Token word = line_.take();
    if (word.text.size() != 1 || word.text[0] < 'a' || word.text[0] >= 'a' + kIteratorSlots) {
      return fail(word, cat("an iterator from a to ", static_cast<char>('a' + kIteratorSlots - 1)));
    }
    slot = static_cast<std::uint8_t>(word.text[0] - 'a');
    return true;
  }

  bool value(Operation& operation) {
    switch (operation.code) {
      case OpCode::assign:
      case OpCode::update:
      case OpCode::expect_value:
        return number("a value", 0, max_elem(header().elem), operation.value);
      case OpCode::remake:
        return hint(operation.value);
      case OpCode::literal:
        return number("a number of entries", 0, kMaxLiteral, operation.value);
      case OpCode::expect_phase:
        return choice(kPhases, operation.value);
      case OpCode::interleave:
        return interleaving(operation.value);
      default:
        return number("a number", 0, kMaxElem, operation.value);
    }
  }

  // The companion's name, and after how many points each switch comes.
  bool interleaving(std::int64_t& value) {
    Companion companion{};
    if (!choice(kCompanions, companion)) {
      return false;
    }
    std::array<int, kSwitchesEach> switches{};
    for (std::size_t at = 0; !line_.peek().text.empty(); ++at) {
      const Token word = line_.peek();
      if (at == switches.size()) {
        return fail(word, cat("at most ", kSwitchesEach, " switches"));
      }
      if (!number("a number of points", -kMostPoints, kMostPoints, switches[at])) {
        return false;
      }
      if (switches[at] == 0) {
        return fail(word, "a number of points other than 0");
      }
    }
    value = interleaving_of(companion, switches);
    return true;
  }

  bool draw(Operation& operation) {
    const Token word = line_.take();
    if (word.text != "draw") {
      return fail(word, "'draw' or end of line");
    }
    return mark('=') &&
           number("a draw", 0, std::numeric_limits<std::uint32_t>::max(), operation.draw.emplace());
  }

  bool hint(std::int64_t& hint) {
    const Token word = line_.take();
    if (!whole_number(word.text, hint) || !is_legal_hint(hint)) {
      return fail(word, cat("a hint up to ", kMaxHint, ", or from ", kBogusHint));
    }
    return true;
  }

  bool mark(char wanted) {
    const Token word = line_.take();
    return (word.text.size() == 1 && word.text[0] == wanted) || fail(word, cat("'", wanted, "'"));
  }

  bool end_of_line() {
    const Token word = line_.take();
    return word.text.empty() || fail(word, std::string(kEndOfLine));
  }

  template <class Value, std::size_t count>
  bool choice(const std::array<std::string_view, count>& names, Value& value) {
    const Token word = line_.take();
    const auto at = std::find(names.begin(), names.end(), word.text);
    if (at == names.end()) {
      return fail(word, one_of(names));
    }
    value = static_cast<Value>(at - names.begin());
    return true;
  }

  template <class Value>
  bool number(std::string_view what, std::int64_t min, std::int64_t max, Value& value) {
    return number_in(line_.take(), "", what, min, max, value);
  }

  template <class Value>
  bool number_in(const Token& word, std::string_view prefix, std::string_view what,
                 std::int64_t min, std::int64_t max, Value& value) {
    std::int64_t wide = 0;
    if (word.text.empty() || !whole_number(word.text.substr(prefix.size()), wide) || wide < min ||
        wide > max) {
      return fail(word, cat(what, " from ", prefix, min, " to ", prefix, max));
    }
    value = static_cast<Value>(wide);
    return true;
  }

  static bool whole_number(std::string_view text, std::int64_t& number) {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [stop, status] = std::from_chars(begin, end, number);
    return status == std::errc() && stop == end;
  }

  std::string_view rest_;
  TextLine line_;
  std::size_t line_number_ = 0;
  std::size_t last_length_ = 0;
  bool ends_in_newline_ = false;
  bool opening_ = true;  // up to the map line
  bool has_comment_ = false;
  OpsText result_;
  ParseError error_;
};

}  // namespace

std::variant<OpsText, ParseError> parse_ops(std::string_view text) { return Parser(text).parse(); }

std::string to_string(const ParseError& error, std::string_view file) {
  const bool is_word = error.found != kEndOfLine && error.found != kEndOfFile;
  const char* quote = is_word ? "'" : "";
  return cat(file, ':', error.line, ':', error.column, ": expected ", error.expected, ", found ",
             quote, error.found, quote);
}

}  // namespace mapfuzz
