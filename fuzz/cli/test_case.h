// A file that holds a program, and what is to run it.
//
// Promises: the target is never guessed. It comes from --target, from the `# run:` line of an .ops
// file, or from FILE.run beside a fuzzer's bytes; an .ops file without such a line belongs to no
// target and runs under its own header.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "oracle/program.h"
#include "oracle/text_codec.h"
#include "oracle/verdict.h"

namespace mapfuzz::cli {

struct TestCase {
  std::filesystem::path file;
  Program program;      // as it will be run
  std::string target;   // empty: under its own header
  std::string comment;  // that opens the file
};

// Exit 2 where the file is broken or nothing names the target of bytes.
[[nodiscard]] TestCase load_case(const std::filesystem::path& file, const std::string& target);

// A saved finding opens with its signature.
[[nodiscard]] std::optional<Signature> recorded(const TestCase& test_case);

// An .ops file. Exit 2 with "FILE:LINE:COLUMN: expected ..." where it is broken.
[[nodiscard]] OpsText load_ops(const std::filesystem::path& file);

// Throws exit 2 with the list of targets where there is no such target.
void require_target(std::string_view name);

// An .ops file that `load_case` reads back: comment lines, `# run:` line, program.
[[nodiscard]] std::string ops_file(const Program& program, std::string_view target,
                                   std::string_view comment);

// "target=NAME revision=... config=...", for `# run:` lines and FILE.run.
[[nodiscard]] std::string run_line(std::string_view target);

}  // namespace mapfuzz::cli
