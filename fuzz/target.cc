#include "fuzz/target.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "fuzz/feedback.h"
#include "fuzz/stats_page.h"
#include "gomap/poison.h"
#include "oracle/byte_codec.h"
#include "oracle/text.h"
#include "oracle/text_codec.h"

// Of the sanitizer runtimes, where this program has them.
extern "C" {
[[gnu::weak]] const char* __asan_get_report_description();
[[gnu::weak]] void __ubsan_get_current_report_data(const char** kind, const char** message,
                                                   const char** file, unsigned* line,
                                                   unsigned* column, char** address);
void __asan_on_error();
void __ubsan_on_report();
void __tsan_on_report(void* report);
#if GOMAP_MSAN
void __sanitizer_report_error_summary(const char* summary);
#endif
}

namespace mapfuzz {
namespace {

const char* input_name = nullptr;

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// A line in fixed memory: the heap may be what is broken. Text beyond its end is dropped.
class DeathLine {
 public:
  void add(std::string_view text) {
    const std::size_t size = std::min(text.size(), buffer_.size() - used_);
    std::memcpy(&buffer_[used_], text.data(), size);
    used_ += size;
  }
  void add(std::size_t number) {
    std::array<char, 24> digits{};
    char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
  }
  [[nodiscard]] std::string_view text() const { return {buffer_.data(), used_}; }

 private:
  std::array<char, 512> buffer_;
  std::size_t used_ = 0;
};

// Found before there are threads. A first call of stats_page from the hook of ThreadSanitizer would
// wait, in its static's guard, for a lock that the report holds.
StatsPage* const kPageOfDeath = &stats_page();

// Called while a sanitizer holds its locks: no allocation. crash.cc reads this line.
void tell_death(std::string_view tool, const char* what) {
  const Progress& progress = Runner::progress();
  note_death(*kPageOfDeath, progress);
  DeathLine line;
  line.add("mapfuzz: died at step ");
  line.add(progress.step);
  line.add(" (");
  line.add(shape_of(progress.code).name);
  line.add(") phase ");
  line.add(to_string(progress.phase));
  line.add(": ");
  line.add(tool);
  if (what != nullptr && *what != '\0') {
    line.add(".");
    line.add(what);
  }
  if (input_name != nullptr) {
    line.add(" in ");
    line.add(input_name);
  }
  line.add("\n");
  write_all(line.text());
}

bool is_known(const Failure& failure) {
  static const std::string known = [] {
    const char* const value = std::getenv(kKnownVariable);
    return value == nullptr ? std::string() : cat(';', value, ';');
  }();
  return !known.empty() &&
         known.find(cat(';', to_string(signature_of(failure)), ';')) != std::string::npos;
}

Runner counting_runner(const RunPlan& plan) {
  Runner runner(plan);
  runner.count_states(&state_counter());
  return runner;
}

}  // namespace

Verdict run_bytes(Runner& runner, std::span<const std::uint8_t> bytes, Program& program) {
  decode(bytes, program);
  adapt(program, runner.plan());
  Verdict verdict = runner.run(program);
  StatsPage& page = stats_page();
  page.operations.fetch_add(verdict.steps, std::memory_order_relaxed);
  page.execs.fetch_add(1, std::memory_order_relaxed);
  return verdict;
}

int run_target(const RunPlan& plan, const std::uint8_t* data, std::size_t size) {
  static Runner runner = counting_runner(plan);
  static Program program;
  const Verdict verdict = run_bytes(runner, {data, size}, program);
  publish_states(stats_page());
  if (verdict.failure.has_value() && !is_known(*verdict.failure)) {
    note_death(stats_page(),
               {verdict.failure->step, verdict.failure->code, verdict.failure->phase});
    print_failure(program, *verdict.failure);
    std::abort();
  }
  return 0;
}

void print_failure(const Program& program, const Failure& failure) {
  write_all(cat(assertion_line(failure), '\n', report(program, failure), "--- program\n",
                print_ops(program), "--- end of program\n"));
}

void name_input(const char* name) { input_name = name; }

}  // namespace mapfuzz

void __asan_on_error() {
  mapfuzz::tell_death(
      "asan", __asan_get_report_description == nullptr ? nullptr : __asan_get_report_description());
}

void __ubsan_on_report() {
  const char* kind = nullptr;
  if (__ubsan_get_current_report_data != nullptr) {
    const char* message = nullptr;
    const char* file = nullptr;
    unsigned line = 0;
    unsigned column = 0;
    char* address = nullptr;
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
  }
  mapfuzz::tell_death("ubsan", kind);
}

void __tsan_on_report(void* /*report*/) { mapfuzz::tell_death("tsan", nullptr); }

#if GOMAP_MSAN
// MSan has no hook of its own; this one is called at the end of a report, to print its last line.
void __sanitizer_report_error_summary(const char* summary) {
  mapfuzz::write_all(summary);
  mapfuzz::write_all("\n");
  mapfuzz::tell_death("msan", nullptr);
}
#endif
