#include "fuzz/cli/worker.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>

#include "fuzz/cli/crash.h"
#include "fuzz/cli/place.h"
#include "fuzz/cli/process.h"
#include "fuzz/cli/shared_stats.h"
#include "fuzz/cli/stop.h"
#include "fuzz/cli/worker_protocol.h"
#include "fuzz/plans.h"
#include "oracle/byte_codec.h"

namespace mapfuzz::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostMessages = 256 * 1024;
constexpr auto kTick = std::chrono::milliseconds(100);

// What the child will really run, for reports about its death.
Program as_run(std::string_view target, const Program& program) {
  const RunPlan* plan = find_plan(target);
  return plan == nullptr ? program : adapted(program, *plan);
}

std::string with_option(const char* variable, const std::string& options) {
  const char* inherited = std::getenv(variable);
  return inherited == nullptr || *inherited == '\0' ? options
                                                    : fmt::format("{}:{}", inherited, options);
}

}  // namespace

class Worker::Impl {
 public:
  explicit Impl(WorkerOptions options) : options_(std::move(options)) {
    if (options_.command.empty()) {
      options_.command = {self_path().string(), kWorkerVerb};
    }
  }

  [[nodiscard]] bool leak_search_broken() const { return leak_search_broken_; }

  Outcome run(RequestHead head, std::string_view target, const Program& program,
              const OnText& on_text) {
    const bool leaks = (head.flags & kFindLeaks) != 0;
    if (!child_.running() || (leaks && may_have_leaked_)) {
      start();
    }
    may_have_leaked_ = !leaks;
    answers_.clear();
    messages_.clear();
    send(head, target, encode(program));
    const Clock::time_point deadline = Clock::now() + options_.limit;
    for (;;) {
      if (auto outcome = answer(on_text)) {
        if (!outcome->ok() && leaks) {
          // The child ends: what has leaked would be found again. A leak's report is
          // LeakSanitizer's.
          while (err_.is_open() && drain(err_, messages_)) {
          }
          child_ = Child();
          if (outcome->signature.clause == kLeakClause) {
            add_stack(*outcome);
          }
        }
        return *outcome;
      }
      if (Clock::now() >= deadline) {
        return lost(target, program, hang());
      }
      if (!wait_for_output()) {
        return lost(target, program, {child_.wait(), messages_});
      }
      if (options_.interrupted && options_.interrupted()) {
        stop(kInterrupted, "interrupted");
      }
    }
  }

 private:
  void start();
  [[nodiscard]] std::string asan_options() const;
  void send(RequestHead head, std::string_view target, const std::vector<std::uint8_t>& program);
  bool send_all(const void* data, std::size_t size);
  bool wait_for_output();
  bool drain(Fd& from, std::string& into);
  std::optional<Outcome> answer(const OnText& on_text);
  Death hang();
  Outcome lost(std::string_view target, const Program& program, Death death);
  void add_stack(Outcome& outcome) const;

  WorkerOptions options_;
  SharedStats stats_;
  Child child_;
  Fd requests_;
  Fd out_;
  Fd err_;
  std::string answers_;
  std::string messages_;
  bool leak_search_broken_ = false;
  bool may_have_leaked_ = false;  // a program after which nobody looked
};

void Worker::Impl::start() {
  std::array<int, 2> ends{};
  // A socket, because writing to it can be told not to raise SIGPIPE.
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    stop(kEnvironment, "cannot make a socket: {}", std::strerror(errno));
  }
  requests_ = Fd(ends[0]);
  const Fd theirs(ends[1]);
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  SpawnRequest request;
  request.command = options_.command;
  request.files = {{theirs.get(), 0}, {out.write.get(), 1}, {err.write.get(), 2}};
  stats_.give_to(request);
  request.environment.emplace_back("ASAN_OPTIONS", with_option("ASAN_OPTIONS", asan_options()));
  child_ = Child::spawn(request);
  out_ = std::move(out.read);
  err_ = std::move(err.read);
}

// Stacks with the place first: the names of template instances run off the screen.
std::string Worker::Impl::asan_options() const {
  return fmt::format(
      "exitcode=77:hard_rss_limit_mb=2560:symbolize={}:strip_path_prefix='{}/':"
      "stack_trace_format='    #%n %S %f'",
      options_.symbolize ? 1 : 0, source_folder().string());
}

bool Worker::Impl::send_all(const void* data, std::size_t size) {
  std::span<const std::byte> rest(static_cast<const std::byte*>(data), size);
  while (!rest.empty()) {
    const ssize_t sent = ::send(requests_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) {
      return false;
    }
    rest = rest.subspan(static_cast<std::size_t>(sent < 0 ? 0 : sent));
  }
  return true;
}

// A child that is gone already shows in what it wrote and how it ended.
void Worker::Impl::send(RequestHead head, std::string_view target,
                        const std::vector<std::uint8_t>& program) {
  head.target_bytes = static_cast<std::uint32_t>(target.size());
  head.program_bytes = static_cast<std::uint32_t>(program.size());
  (void)(send_all(&head, sizeof head) && send_all(target.data(), target.size()) &&
         send_all(program.data(), program.size()));
}

bool Worker::Impl::drain(Fd& from, std::string& into) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t size = read(from.get(), buffer.data(), buffer.size());
  if (size > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
  }
  if (size < 0 && errno == EINTR) {
    return true;
  }
  from.reset();
  return false;
}

// False at the end: the child has closed both of its outputs.
bool Worker::Impl::wait_for_output() {
  std::array<pollfd, 2> files{{{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}}};
  if (::poll(files.data(), files.size(), static_cast<int>(kTick.count())) <= 0) {
    return true;
  }
  if (files[1].revents != 0) {
    drain(err_, messages_);
    if (messages_.size() > kMostMessages) {
      messages_.resize(kMostMessages);
    }
  }
  if (files[0].revents != 0) {
    drain(out_, answers_);
  }
  return out_.is_open() || err_.is_open();
}

std::optional<Outcome> Worker::Impl::answer(const OnText& on_text) {
  while (const auto answer = take_answer(answers_)) {
    if (answer->kind == AnswerKind::text) {
      if (on_text) {
        on_text(answer->body);
      }
      continue;
    }
    Outcome outcome;
    outcome.phases = answer->phases;
    if (answer->kind == AnswerKind::ok) {
      outcome.steps = answer->step;
      return outcome;
    }
    const auto signature = parse_signature(answer->signature);
    if (!signature.has_value()) {
      stop(kEnvironment, "a worker answered with the signature '{}'", answer->signature);
    }
    outcome.failed = true;
    outcome.signature = *signature;
    outcome.step = answer->step;
    outcome.report = answer->body;
    return outcome;
  }
  return std::nullopt;
}

// The child knows where it is: it notes that on SIGALRM and ends (worker_main.cc).
Death Worker::Impl::hang() {
  child_.send(SIGALRM);
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(1);
  while (Clock::now() < deadline) {
    if (const auto status = child_.poll()) {
      return {*status, messages_, true};
    }
    usleep(10'000);
  }
  child_.send(SIGKILL);
  return {child_.wait(), messages_, true};
}

Outcome Worker::Impl::lost(std::string_view target, const Program& program, Death death) {
  while (err_.is_open() && drain(err_, messages_)) {
  }
  death.messages = messages_;
  child_ = Child();
  leak_search_broken_ =
      leak_search_broken_ ||
      messages_.find("LeakSanitizer has encountered a fatal error") != std::string::npos;
  const Program run = as_run(target, program);
  const Failure failure = failure_of_death(run, death, stats_.page());
  Outcome outcome;
  outcome.failed = true;
  outcome.signature = signature_of(failure);
  outcome.lost_process = true;
  outcome.step = failure.step;
  outcome.report = report(run, failure);
  add_stack(outcome);
  return outcome;
}

void Worker::Impl::add_stack(Outcome& outcome) const {
  if (const std::string stack = excerpt(messages_); !stack.empty()) {
    outcome.report += fmt::format("\n{}", stack);
  }
}

Worker::Worker(WorkerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Worker::~Worker() = default;

Outcome Worker::run(std::string_view target, const Program& program) {
  return impl_->run({}, target, program, {});
}

Outcome Worker::run_with_leaks(std::string_view target, const Program& program) {
  if (can_look_for_leaks()) {
    Outcome outcome = impl_->run({.flags = kFindLeaks}, target, program, {});
    if (can_look_for_leaks()) {
      return outcome;
    }
  }
  return run(target, program);
}

Outcome Worker::trace(std::string_view target, const Program& program, Trace& trace) {
  trace.clear();
  return impl_->run({.flags = kTrace}, target, program,
                    [&](std::string_view text) { trace = decode_trace(text); });
}

bool Worker::can_look_for_leaks() const { return !impl_->leak_search_broken(); }

Outcome Worker::explain(std::string_view target, const Program& program, std::uint32_t at,
                        const OnText& on_text) {
  return impl_->run({.flags = kExplain, .at = at}, target, program, on_text);
}

}  // namespace mapfuzz::cli
