#include "memory_use.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace gomap_bench {
namespace {

std::size_t mapped_bytes = 0;  // by the program itself: malloc does not come through mmap below

// The watch over peaks, in bytes per entry held at the time.
bool watching = false;
double base = 0;
double peak = 0;
std::size_t held = 0;     // entries
std::size_t held_at = 0;  // when the last growth was seen

constexpr std::size_t kPage = 4096;
constexpr std::size_t kSamples = 64;        // in the last doubling
constexpr std::size_t kLargeArray = 65536;  // only such an allocation can make a peak

[[nodiscard]] std::size_t pages(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

[[nodiscard]] double allocated() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd + mapped_bytes);
}

// A map that moves everything at once has two arrays only inside of one insert: look there.
void note_peak() {
  peak = std::max(peak, (allocated() - base) / static_cast<double>(held));
  held_at = held;
}

// "Name:  123 kB" in /proc/self/status.
[[nodiscard]] double status(const char* name) {
  std::FILE* const file = std::fopen("/proc/self/status", "r");
  char line[256];
  double kilobytes = -1;
  while (file != nullptr && std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, name, std::strlen(name)) == 0) {
      kilobytes = std::strtod(line + std::strlen(name), nullptr);
    }
  }
  if (file != nullptr) {
    std::fclose(file);
  }
  if (kilobytes < 0) {
    throw std::runtime_error("no /proc/self/status");
  }
  return kilobytes * 1024;
}

}  // namespace

MemoryUse::MemoryUse(std::size_t entries) : entries_(entries) {
  // Large arrays in mappings of their own, given back when freed: else pages that malloc keeps
  // would count as the map's.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  malloc_trim(0);
  // Makes the high-water mark start over.
  if (std::FILE* const file = std::fopen("/proc/self/clear_refs", "w"); file != nullptr) {
    std::fputs("5", file);
    std::fclose(file);
  }
  resident_base_ = status("VmRSS:");
  base = allocated();
  peak = 0;
  held_at = entries;
}

MemoryUse::~MemoryUse() { watching = false; }

void MemoryUse::after_insert(std::size_t size, bool grew) {
  held = size;
  watching = size > entries_ / 2;
  if (watching && grew) {
    note_peak();
  }
  if (watching && (size - entries_ / 2) % (entries_ / 2 / kSamples) == 0) {
    sample(size);
  }
}

void MemoryUse::sample(std::size_t size) {
  const auto count = static_cast<double>(size);
  sums_.allocated_mean += (allocated() - base) / count;
  sums_.resident_mean += (status("VmRSS:") - resident_base_) / count;
  ++samples_;
}

Memory MemoryUse::result() const {
  Memory result = sums_;
  result.allocated_mean /= samples_;
  result.resident_mean /= samples_;
  result.allocated_peak = peak;
  // The high-water mark does not say when it was reached: most likely in the last growth.
  result.resident_peak = (status("VmHWM:") - resident_base_) / static_cast<double>(held_at);
  return result;
}

}  // namespace gomap_bench

// The program's own mmap and munmap; glibc's malloc calls the system itself.
extern "C" void* mmap(void* address, std::size_t length, int protection, int flags, int file,
                      off_t offset) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): that is what the system call returns.
  void* const got =
      reinterpret_cast<void*>(syscall(SYS_mmap, address, length, protection, flags, file, offset));
  if (got != MAP_FAILED && file == -1) {
    gomap_bench::mapped_bytes += gomap_bench::pages(length);
  }
  return got;
}

extern "C" int munmap(void* address, std::size_t length) noexcept {
  const auto result = static_cast<int>(syscall(SYS_munmap, address, length));
  if (result == 0) {
    gomap_bench::mapped_bytes -= std::min(gomap_bench::mapped_bytes, gomap_bench::pages(length));
  }
  return result;
}

void* operator new(std::size_t bytes) {
  void* const got = std::malloc(bytes);
  if (got == nullptr) {
    throw std::bad_alloc();
  }
  if (gomap_bench::watching && bytes >= gomap_bench::kLargeArray) {
    gomap_bench::note_peak();
  }
  return got;
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t /*bytes*/) noexcept { std::free(pointer); }
