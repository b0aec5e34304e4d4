// The words of the text form that are no other file's: the parser knows them and the printer writes
// them. Internal to text_parser.cc and text_printer.cc.
#pragma once

#include <array>
#include <string_view>

namespace mapfuzz {

inline constexpr std::string_view kMagic = "mapfuzz";
inline constexpr std::string_view kVersion = "1";

// Names by value of the enum.
inline constexpr std::array<std::string_view, 6> kHashKinds = {"mix", "identity", "constant",
                                                               "low", "top",      "explicit"};
inline constexpr std::array<std::string_view, 2> kPolicies = {"sound", "go-exact"};
inline constexpr std::array<std::string_view, 3> kPhases = {"quiet", "doubling", "same-size"};

}  // namespace mapfuzz
