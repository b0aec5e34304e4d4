#include "fuzz/cli/emit.h"

#include <fmt/format.h>

#include <cstdio>

#include "fuzz/cli/emit_go.h"
#include "fuzz/cli/files.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/test_case.h"

namespace mapfuzz::cli {

int emit(const EmitOptions& options) {
  const TestCase test_case = load_case(options.file, options.target);
  GoSource source{.program = test_case.program,
                  .comment = test_case.comment,
                  .name = options.file.filename().string(),
                  .notes = {}};
  if (options.file.extension() == ".ops") {
    source.notes = operation_notes(read_file(options.file));
  }
  const std::string text = emit_go(source);
  if (options.out.empty()) {
    fmt::print("{}", text);
    return kOk;
  }
  write_file(options.out, text);
  note("wrote {}: run it with 'go run {}' (Go 1.19 to 1.23; -all shows every bucket)",
       shown(options.out), shown(options.out));
  return kOk;
}

}  // namespace mapfuzz::cli
