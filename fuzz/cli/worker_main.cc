#include "fuzz/cli/worker_main.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "fuzz/cli/crash.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/words.h"
#include "fuzz/cli/worker_protocol.h"
#include "fuzz/plans.h"
#include "fuzz/stats_page.h"
#include "oracle/audit.h"
#include "oracle/byte_codec.h"
#include "oracle/picture.h"

extern "C" {
// Of LeakSanitizer, where this program has it.
[[gnu::weak]] int __lsan_do_recoverable_leak_check();
// Asked by LeakSanitizer: the CLI itself is not under test, and looking takes a permission (ptrace)
// that not every container grants.
int __lsan_is_turned_off();
}

namespace {

bool looking_for_leaks = false;

}  // namespace

int __lsan_is_turned_off() { return looking_for_leaks ? 0 : 1; }

namespace mapfuzz::cli {
namespace {

constexpr int kHangExit = 70;             // libFuzzer's code for the same
constexpr unsigned kOrphanSeconds = 120;  // our master is long gone by then
constexpr rlim_t kMemory = 4ULL << 30U;

extern "C" void on_deadly_signal(int signal) {
  note_death(stats_page(), Runner::progress());
  if (signal == SIGALRM) {
    _exit(kHangExit);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// A sanitizer takes the other deadly signals, and then calls the hooks in target.cc.
void note_deaths() {
  std::vector<int> signals = {SIGALRM, SIGABRT};
  if (configuration() == "plain") {
    signals.insert(signals.end(), {SIGSEGV, SIGBUS, SIGFPE, SIGILL});
    const rlimit memory{kMemory, kMemory};
    setrlimit(RLIMIT_AS, &memory);
  }
  static std::array<std::byte, 64 * 1024> stack;  // for an overflow of the other one
  const stack_t other{stack.data(), 0, stack.size()};
  if (configuration() == "plain") {
    sigaltstack(&other, nullptr);
  }
  for (const int signal : signals) {
    struct sigaction action{};
    action.sa_handler = on_deadly_signal;
    action.sa_flags = SA_ONSTACK;
    sigaction(signal, &action, nullptr);
  }
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
}

bool read_all(void* data, std::size_t size) {
  auto* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = read(STDIN_FILENO, at, size);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return false;
    }
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

void send(const Answer& answer) {
  const std::string text = encode_answer(answer);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t put = write(STDOUT_FILENO, &text[done], text.size() - done);
    if (put < 0 && errno != EINTR) {
      std::_Exit(kOk);  // nobody listens any more
    }
    done += static_cast<std::size_t>(std::max<ssize_t>(put, 0));
  }
}

void send_text(std::string text) {
  send({.kind = AnswerKind::text, .signature = {}, .body = std::move(text)});
}

const CellReader* reader_of(const Header& header) {
  const EngineRow* engine = find_engine({header.key, header.elem, header.width});
  return engine == nullptr ? nullptr : &engine->reader;
}

// The step that comes next, for a death that nobody sees coming: SIGKILL, the limit of memory.
void note_next(const Program& program, std::size_t next, GrowthPhase phase) {
  const auto& operations = program.operations;
  note_death(stats_page(),
             {next, next < operations.size() ? operations[next].code : OpCode::len, phase});
}

Verdict run(Runner& runner, const Program& program, const RequestHead& head, std::uint8_t& phases) {
  note_next(program, 0, GrowthPhase::quiet);
  runner.observe([&](const Program& running, std::size_t step, const Observation& seen,
                     const gomap::TableView& view) {
    const GrowthPhase phase = phase_of(view);
    phases = static_cast<std::uint8_t>(phases | 1U << static_cast<unsigned>(phase));
    note_next(running, step + 1, phase);
    if ((head.flags & kExplain) == 0) {
      return;
    }
    send_text(step_in_words(running, step, seen, view));
    const std::size_t last = running.operations.size() - 1;
    if (can_be_seen(view) && step == (head.at == kNoStep ? last : head.at)) {
      if (const CellReader* reader = reader_of(running.header)) {
        send_text(table_after(step, picture(view, *reader)));
      }
    }
  });
  Trace trace;
  const bool traced = (head.flags & kTrace) != 0;
  runner.record(traced ? &trace : nullptr);
  Verdict verdict = runner.run(program);
  runner.record(nullptr);
  runner.observe({});
  if (traced) {
    send_text(encode_trace(trace));
  }
  return verdict;
}

Failure leak_failure(const Program& program) {
  Failure failure;
  failure.clause = {kLeakClause, "all memory is freed or still in use"};
  failure.step = program.operations.size();
  failure.expected = "no leaked memory";
  failure.got = "leaked memory (LeakSanitizer's report follows)";
  failure.subject = "the process that ran the program";
  return failure;
}

void send_failure(const Program& program, const Failure& failure, std::uint8_t phases) {
  send({.kind = AnswerKind::fail,
        .step = failure.step,
        .phases = phases,
        .signature = to_string(signature_of(failure)),
        .body = report(program, failure)});
}

// A fuzz target runs all of its programs in one Runner: what one of them leaves behind shows in the
// traces of those that follow.
Runner& kept_runner(const RunPlan& plan) {
  static std::map<std::string, Runner> kept;
  return kept.try_emplace(plan.name, plan).first->second;
}

// A new Runner for every program: what one leaves behind must not reach the next. But where traces
// are asked for, that is the question.
void serve(const RequestHead& head, const std::string& target,
           const std::vector<std::uint8_t>& bytes) {
  Program program = decode(bytes);
  const RunPlan* plan = find_plan(target);
  if (plan == nullptr && !target.empty()) {
    stop(kUsage, "there is no target {}", target);
  }
  if (plan != nullptr) {
    program = adapted(program, *plan);
  }
  std::uint8_t phases = 0;
  Verdict verdict;
  if (plan != nullptr && (head.flags & kTrace) != 0) {
    verdict = run(kept_runner(*plan), program, head, phases);
  } else {
    Runner runner(plan != nullptr ? *plan : replay_plan(program));
    verdict = run(runner, program, head, phases);
  }
  StatsPage& page = stats_page();
  page.execs += 1;
  page.operations += verdict.steps;
  if (verdict.failure.has_value()) {
    send_failure(program, *verdict.failure, phases);
    if ((head.flags & kFindLeaks) != 0) {
      std::_Exit(kOk);  // what it leaked would be blamed on the next program
    }
    return;
  }
  if ((head.flags & kFindLeaks) != 0 && __lsan_do_recoverable_leak_check != nullptr) {
    looking_for_leaks = true;
    const bool leaked = __lsan_do_recoverable_leak_check() != 0;
    looking_for_leaks = false;
    if (leaked) {
      send_failure(program, leak_failure(program), phases);
      std::_Exit(kOk);  // the same leak would be found again after every other program
    }
  }
  send({.kind = AnswerKind::ok,
        .step = verdict.steps,
        .phases = phases,
        .signature = {},
        .body = {}});
}

}  // namespace

int worker_main() {
  note_deaths();
  RequestHead head;
  while (read_all(&head, sizeof head)) {
    std::string target(head.target_bytes, '\0');
    std::vector<std::uint8_t> bytes(head.program_bytes);
    if (!read_all(target.data(), target.size()) || !read_all(bytes.data(), bytes.size())) {
      break;
    }
    alarm(kOrphanSeconds);
    serve(head, target, bytes);
    alarm(0);
  }
  return kOk;
}

}  // namespace mapfuzz::cli
