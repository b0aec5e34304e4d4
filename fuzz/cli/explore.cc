#include "fuzz/cli/explore.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz/cli/place.h"
#include "fuzz/cli/stop.h"

namespace mapfuzz::cli {

int explore(const ExploreOptions& options) {
  const std::string program = (binary_folder() / "explorer").string();
  // Under our name, so that commands it prints can be pasted.
  std::vector<std::string> words = {self_command()};
  for (std::string& argument : arguments_of(options)) {
    words.push_back(std::move(argument));
  }
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  stop(kEnvironment, "cannot start {}: {}; build it with 'ninja explorer' in the build tree",
       shown(program), std::strerror(errno));
}

}  // namespace mapfuzz::cli
