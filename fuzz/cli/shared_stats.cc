#include "fuzz/cli/shared_stats.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/cli/stop.h"

namespace mapfuzz::cli {
namespace {

constexpr int kChildFile = 9;

}  // namespace

// A memfd leaves nothing behind on disk, however we end.
SharedStats::SharedStats() : file_(memfd_create("mapfuzz-stats", MFD_CLOEXEC)), page_(nullptr) {
  if (file_.is_open() && ftruncate(file_.get(), kStatsPageBytes) == 0) {
    page_ = map_stats_page(file_.get());
  }
  if (page_ == nullptr) {
    stop(kEnvironment, "cannot make a page of shared memory for a child");
  }
}

SharedStats::~SharedStats() { munmap(page_, kStatsPageBytes); }

void SharedStats::give_to(SpawnRequest& request) const {
  // Last: should one of our other descriptors have this number, it has been copied by then.
  request.files.emplace_back(file_.get(), kChildFile);
  request.environment.emplace_back(kStatsVariable, fmt::format("/proc/self/fd/{}", kChildFile));
}

}  // namespace mapfuzz::cli
