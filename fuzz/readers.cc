#include "fuzz/readers.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <thread>
#include <vector>

#include "gomap/map.h"
#include "oracle/hash_plan.h"
#include "oracle/text_codec.h"

namespace mapfuzz {
namespace {

using Oracle = std::map<std::uint64_t, std::uint64_t>;

constexpr std::uint32_t kReaders = 3;
constexpr std::uint64_t kAlways = 0;  // a key that everyone reads and the writer writes

// The program's hash, without the counts that the Runner's keeps: those would race.
struct SharedHash {
  const HashPlan* plan = nullptr;
  std::uint64_t operator()(std::uint64_t key, std::uint32_t seed) const {
    return plan->hash(static_cast<std::uint32_t>(key), seed);
  }
};
using Map = gomap::Map<std::uint64_t, std::uint64_t, SharedHash>;

// One more has come; returns when `all` have. By relaxed operations and the bare system call: TSan
// takes neither for an order between threads, and any order would hide races.
void wait_for(std::atomic<std::uint32_t>& come, std::uint32_t all) {
  std::uint32_t seen = come.fetch_add(1, std::memory_order_relaxed) + 1;
  if (seen == all) {
    syscall(SYS_futex, &come, FUTEX_WAKE_PRIVATE, std::numeric_limits<int>::max(), nullptr, nullptr,
            0);
    return;
  }
  for (; seen < all; seen = come.load(std::memory_order_relaxed)) {
    syscall(SYS_futex, &come, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
  }
}

class Readers {
 public:
  Readers(const Program& program, Locking locking)
      : program_(program),
        locking_(locking),
        plan_(program.header),
        map_(program.header.hint, SharedHash{&plan_}) {}

  void run() {
    const std::span<const Operation> operations(program_.operations.data(),
                                                program_.operations.size());
    const auto first = operations.first(operations.size() / 2);
    const auto second = operations.subspan(first.size());
    for (const Operation& operation : first) {
      write(operation, &oracle_);
    }
    together([this] { read_all(); }, [this] { read_all(); });
    together([this] { read_under_lock(); }, [this, second] { write_all(second); });
  }

 private:
  // kReaders times the one, once the other, each in a thread of its own. All are alive until all
  // are done: TSan may give a thread the place of one that has ended, and then takes both for one.
  template <class Many, class One>
  static void together(Many many, One one) {
    std::atomic<std::uint32_t> met{0};
    const auto meet = [&met](std::uint32_t times) { wait_for(met, times * (kReaders + 1)); };
    const auto run = [&meet](auto act) {
      meet(1);
      act();
      meet(2);
    };
    std::vector<std::thread> threads;
    threads.reserve(kReaders + 1);
    for (std::uint32_t at = 0; at < kReaders; ++at) {
      threads.emplace_back([&run, many] { run(many); });
    }
    threads.emplace_back([&run, one] { run(one); });
    for (std::thread& thread : threads) {
      thread.join();
    }
  }

  void write(const Operation& operation, Oracle* oracle) {
    const std::uint64_t key = operation.key;
    const auto value = static_cast<std::uint64_t>(operation.value);
    switch (operation.code) {
      case OpCode::assign:
      case OpCode::update:
        map_.assign(key) = value;
        if (oracle != nullptr) {
          (*oracle)[key] = value;
        }
        break;
      case OpCode::erase:
        map_.erase(key);
        if (oracle != nullptr) {
          oracle->erase(key);
        }
        break;
      case OpCode::clear:
        map_.clear();
        if (oracle != nullptr) {
          oracle->clear();
        }
        break;
      default:
        break;  // of one thread's world
    }
  }

  void read_all() const {
    for (const Operation& operation : program_.operations) {
      const std::uint64_t* const found = map_.access2(operation.key);
      const auto expected = oracle_.find(operation.key);
      require((found != nullptr) == (expected != oracle_.end()), "a look-up");
      require(found == nullptr || *found == expected->second, "an element");
    }
    std::size_t entries = 0;
    for (auto at = map_.iter(); at.next(); ++entries) {
      const auto expected = oracle_.find(at.key());
      require(expected != oracle_.end() && expected->second == at.elem(),
              "an entry of an iterator");
    }
    require(entries == oracle_.size() && map_.size() == entries, "the number of entries");
  }

  void read_under_lock() const {
    std::uint64_t sum = 0;
    for (const Operation& operation : program_.operations) {
      const std::shared_lock lock(mutex_);
      const std::uint64_t* const found = map_.access2(operation.key);
      sum += found == nullptr ? 1 : *found;
    }
    const std::shared_lock lock(mutex_);
    const std::uint64_t* const found = map_.access2(kAlways);
    sum += found == nullptr ? 1 : *found;
    std::size_t entries = 0;
    for (auto at = map_.iter(); at.next(); ++entries) {
      sum += at.elem();
    }
    require(entries == map_.size(), "the number of entries under the lock");
    sum_.fetch_add(sum, std::memory_order_relaxed);
  }

  void write_all(std::span<const Operation> operations) {
    const auto write_one = [this](const Operation& operation) {
      if (locking_ == Locking::unlocked) {
        write(operation, nullptr);
        return;
      }
      const std::scoped_lock lock(mutex_);
      write(operation, nullptr);
    };
    for (const Operation& operation : operations) {
      write_one(operation);
    }
    write_one({.code = OpCode::assign, .key = kAlways, .value = 1});
  }

  void require(bool holds, const char* what) const {
    if (!holds) {
      std::fprintf(stderr,
                   "mapfuzz: readers: %s differs from the oracle's, in\n--- program\n%s"
                   "--- end of program\n",
                   what, print_ops(program_).c_str());
      std::abort();
    }
  }

  const Program& program_;
  Locking locking_;
  HashPlan plan_;
  Map map_;
  Oracle oracle_;
  mutable std::shared_mutex mutex_;
  mutable std::atomic<std::uint64_t> sum_{0};  // keeps the reads from being optimised away
};

}  // namespace

void run_readers(const Program& program, Locking locking) {
  Program own = program;
  own.header.key = KeyKind::u64;
  own.header.elem = ElemKind::u64;
  repair(own);
  Readers(own, locking).run();
}

}  // namespace mapfuzz
