// Child processes: posix_spawn, pipes, and an end that is never forgotten.
//
// Promises: nothing is forked; every descriptor of ours is closed in children but those given; a
// Child that goes out of scope is killed and reaped.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mapfuzz::cli {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  void reset();
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct Pipe {
  Fd read;
  Fd write;
};
[[nodiscard]] Pipe make_pipe();

// What became of a child: its exit code, or the signal that ended it.
struct ExitStatus {
  bool signaled = false;
  int code = 0;
};

struct SpawnRequest {
  std::vector<std::string> command;  // the program first: a path, or a name to look up
  std::vector<std::pair<std::string, std::string>> environment;  // on top of ours
  std::vector<std::pair<int, int>> files;                        // (of ours, in the child)
};

class Child {
 public:
  Child() = default;
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // Exit 3 where it does not start.
  [[nodiscard]] static Child spawn(const SpawnRequest& request);

  [[nodiscard]] bool running() const { return pid_ > 0; }
  void send(int signal) const;
  void send_to_group(int signal) const;  // and to those it started, unless they left its group
  [[nodiscard]] std::optional<ExitStatus> poll();  // nothing while it runs
  ExitStatus wait();

 private:
  pid_t pid_ = -1;
};

// Standard output of a command that is to end by itself; nothing where it is missing or fails.
[[nodiscard]] std::optional<std::string> capture(const std::vector<std::string>& command);

}  // namespace mapfuzz::cli
