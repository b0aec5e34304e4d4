// One map implementation with one type of key, as the benchmark program sees it: the engine and the
// other C++ maps are linked in (cell.h), Go's map is asked in a process of its own (go_process.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gomap_bench {

enum class Operation { insert, insert_hint, hit, miss, iterate, iterate_exact, churn, erase };

inline constexpr std::string_view kOperationNames[] = {
    "insert", "insert_hint", "hit", "miss", "iterate", "iterate_exact", "churn", "delete"};

[[nodiscard]] constexpr std::string_view name_of(Operation operation) {
  return kOperationNames[static_cast<std::size_t>(operation)];
}

struct Timing {
  double nanoseconds = 0;  // of CPU time
  double operations = 0;
};

// Of single inserts while a map grows from nothing, in nanoseconds.
struct Latency {
  double p50 = 0;
  double p99 = 0;
  double p999 = 0;
  double max = 0;
};

// Bytes per entry. The mean is over the last doubling, the peak while its growth goes on.
struct Memory {
  double allocated_mean = 0;
  double allocated_peak = 0;
  double resident_mean = 0;
  double resident_peak = 0;
};

// Every call throws std::runtime_error when the map gave a wrong answer.
class Contender {
 public:
  Contender() = default;
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;
  virtual ~Contender() = default;

  [[nodiscard]] virtual bool offers(Operation operation) const {
    return operation != Operation::iterate_exact;
  }
  // `batches` times the operation on all entries of all maps of this size.
  virtual Timing time(Operation operation, std::size_t entries, std::int64_t batches) = 0;
  virtual Latency grow(std::size_t entries) = 0;
  // Counts what the whole process has: only the first call in a process is right.
  virtual Memory fill(std::size_t entries) = 0;
};

// A contender, made when first asked for: Go's is a process.
struct Entrant {
  std::string engine;  // go, gomap, std, absl, boost
  std::string key;     // u64, text
  std::unique_ptr<Contender> (*make)();
};

// One function a translation unit, so that a change of the engine compiles the engine's only.
std::vector<Entrant> gomap_entrants();
std::vector<Entrant> std_entrants();
std::vector<Entrant> absl_entrants();
std::vector<Entrant> boost_entrants();
std::vector<Entrant> go_entrants();

}  // namespace gomap_bench
