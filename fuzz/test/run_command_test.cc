// The helpers of run_command.h, and a test that they tell the truth.
#include "fuzz/test/run_command.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "fuzz/cli/process.h"

namespace mapfuzz::cli {

CommandResult run_command(const std::vector<std::string>& command) {
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  const Fd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Child child =
      Child::spawn({command, {}, {{null.get(), 0}, {out.write.get(), 1}, {err.write.get(), 2}}});
  out.write.reset();
  err.write.reset();
  CommandResult result;
  std::array<pollfd, 2> files{{{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}}};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    poll(files.data(), files.size(), -1);
    for (std::size_t at = 0; at < files.size(); ++at) {
      std::array<char, 4096> buffer{};
      const ssize_t size =
          files.at(at).revents == 0 ? 1 : read(files.at(at).fd, buffer.data(), buffer.size());
      if (size <= 0) {
        files.at(at).fd = -1;
      } else if (files.at(at).revents != 0) {
        (at == 0 ? result.out : result.err).append(buffer.data(), static_cast<std::size_t>(size));
      }
    }
  }
  const ExitStatus status = child.wait();
  result.code = status.signaled ? -status.code : status.code;
  return result;
}

CommandResult run_cli(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {MAPFUZZ_CLI_PATH};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(command);
}

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "mapfuzz-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), name);
  }
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::file(std::string_view name, std::string_view text) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

namespace {

TEST(RunCommand, TellsBothOutputsAndTheExitCode) {
  const CommandResult result = run_command({"/bin/sh", "-c", "echo data; echo words >&2; exit 5"});
  EXPECT_EQ(result.code, 5);
  EXPECT_EQ(result.out, "data\n");
  EXPECT_EQ(result.err, "words\n");
  EXPECT_EQ(run_command({"/bin/sh", "-c", "kill -9 $$"}).code, -9);
}

}  // namespace
}  // namespace mapfuzz::cli
