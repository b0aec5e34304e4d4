#include "fuzz/cli/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>

#include "fuzz/cli/stop.h"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX wants it declared here.
extern char** environ;

namespace mapfuzz::cli {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

bool overrides(const SpawnRequest& request, std::string_view variable) {
  for (const auto& [name, value] : request.environment) {
    if (variable.size() > name.size() && variable.starts_with(name) &&
        variable[name.size()] == '=') {
      return true;
    }
  }
  return false;
}

std::vector<std::string> environment_of(const SpawnRequest& request) {
  std::vector<std::string> variables;
  for (char** at = environ; *at != nullptr; ++at) {
    if (!overrides(request, *at)) {
      variables.emplace_back(*at);
    }
  }
  for (const auto& [name, value] : request.environment) {
    std::string variable = name;
    variable += '=';
    variable += value;
    variables.push_back(std::move(variable));
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    all.push_back(text.data());
  }
  all.push_back(nullptr);
  return all;
}

// posix_spawn's two argument objects, freed together.
class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    // A child must not inherit what we ignore or block.
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGALRM}) {
      sigaddset(&defaults, signal);
    }
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    // A group of its own: a terminal's interrupt reaches us alone, and we end children in order.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

std::optional<ExitStatus> status_of(pid_t pid, int options) {
  int status = 0;
  pid_t got = 0;
  do {
    got = waitpid(pid, &status, options);
  } while (got < 0 && errno == EINTR);
  if (got == 0) {
    return std::nullopt;
  }
  if (got > 0 && WIFSIGNALED(status)) {
    return ExitStatus{true, WTERMSIG(status)};
  }
  return ExitStatus{false, got > 0 ? WEXITSTATUS(status) : -1};
}

}  // namespace

void Fd::reset() {
  if (number_ >= 0) {
    close(number_);
    number_ = -1;
  }
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    stop(kEnvironment, "cannot make a pipe: {}", reason(errno));
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

Child::~Child() {
  if (running()) {
    send(SIGKILL);
    wait();
  }
}

Child Child::spawn(const SpawnRequest& request) {
  SpawnSetup setup;
  for (const auto& [ours, theirs] : request.files) {
    posix_spawn_file_actions_adddup2(&setup.actions, ours, theirs);
  }
  std::vector<std::string> command = request.command;
  std::vector<std::string> variables = environment_of(request);
  Child child;
  const int error =
      posix_spawnp(&child.pid_, command.front().c_str(), &setup.actions, &setup.attributes,
                   pointers(command).data(), pointers(variables).data());
  if (error != 0) {
    child.pid_ = -1;
    stop(kEnvironment, "cannot start {}: {}", command.front(), reason(error));
  }
  return child;
}

void Child::send(int signal) const {
  if (running()) {
    kill(pid_, signal);
  }
}

void Child::send_to_group(int signal) const {
  if (running()) {
    kill(-pid_, signal);
  }
}

std::optional<ExitStatus> Child::poll() {
  const auto status = status_of(pid_, WNOHANG);
  if (status.has_value()) {
    pid_ = -1;
  }
  return status;
}

ExitStatus Child::wait() {
  const auto status = status_of(pid_, 0);
  pid_ = -1;
  return status.value_or(ExitStatus{});
}

std::optional<std::string> capture(const std::vector<std::string>& command) {
  Pipe output = make_pipe();
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  Child child;
  try {
    child =
        Child::spawn({command, {}, {{null.get(), 0}, {output.write.get(), 1}, {null.get(), 2}}});
  } catch (const Stop&) {
    return std::nullopt;
  }
  output.write.reset();
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = read(output.read.get(), buffer.data(), buffer.size());
    if (size > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || errno != EINTR) {
      break;
    }
  }
  const ExitStatus status = child.wait();
  return status.signaled || status.code != 0 ? std::nullopt : std::optional(text);
}

}  // namespace mapfuzz::cli
