// What key and elem kinds are in an emitted Go program: types, literals, and the pieces of the
// support code that depend on them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/program.h"

namespace mapfuzz::cli {

// What stands for @name@ in the support code.
struct GoPiece {
  std::string_view name;
  std::string text;
};

class GoKinds {
 public:
  GoKinds(KeyKind key, ElemKind elem);

  [[nodiscard]] std::string key(std::uint32_t id) const;
  [[nodiscard]] std::string elem(std::int64_t value) const;

  [[nodiscard]] std::string_view key_type() const;
  [[nodiscard]] std::string_view elem_type() const;
  [[nodiscard]] std::vector<std::string_view> packages() const;  // to import, sorted
  // The functions that make, name and number keys and elems.
  [[nodiscard]] const std::string& values() const { return values_; }
  // `reenters`: with the hooks from which operations run inside others.
  [[nodiscard]] std::vector<GoPiece> pieces(bool reenters) const;

 private:
  [[nodiscard]] bool has_reals() const;

  KeyKind key_;
  ElemKind elem_;
  std::string values_;
};

}  // namespace mapfuzz::cli
