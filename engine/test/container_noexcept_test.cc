// The README's noexcept table, and what the type system says of a map.

#include <gtest/gtest.h>

#include <memory>
#include <memory_resource>
#include <string>
#include <type_traits>
#include <utility>

#include "gomap/pmr.h"
#include "test/support.h"

namespace gomap::test {
namespace {

struct Immovable {
  Immovable() = default;
  Immovable(const Immovable&) = delete;
  Immovable& operator=(const Immovable&) = delete;
};

template <class M>
constexpr bool promises() {
  using It = typename M::iterator;
  using ConstIt = typename M::const_iterator;
  static_assert(std::is_nothrow_default_constructible_v<M>);
  static_assert(std::is_nothrow_move_constructible_v<M>);
  static_assert(std::is_nothrow_destructible_v<M>);
  static_assert(std::is_nothrow_swappable_v<M>);
  static_assert(std::is_nothrow_constructible_v<M, const typename M::allocator_type&>);
  static_assert(noexcept(std::declval<M&>().swap(std::declval<M&>())));
  static_assert(noexcept(std::declval<const M&>().size()));
  static_assert(noexcept(std::declval<const M&>().empty()));
  static_assert(noexcept(std::declval<const M&>().max_size()));
  static_assert(noexcept(std::declval<const M&>().bucket_count()));
  static_assert(noexcept(std::declval<const M&>().load_factor()));
  static_assert(noexcept(std::declval<const M&>().max_load_factor()));
  static_assert(noexcept(std::declval<const M&>().get_allocator()));
  static_assert(noexcept(std::declval<const M&>().inside()));
  static_assert(noexcept(std::declval<M&>().end()));
  static_assert(noexcept(std::declval<const M&>().end()));
  static_assert(noexcept(std::declval<const M&>().cend()));
  static_assert(std::is_nothrow_default_constructible_v<It>);
  static_assert(std::is_nothrow_copy_constructible_v<It> && std::is_nothrow_copy_assignable_v<It>);
  static_assert(std::is_nothrow_move_constructible_v<It> && std::is_nothrow_move_assignable_v<It>);
  static_assert(std::is_nothrow_copy_constructible_v<ConstIt>);
  static_assert(std::is_nothrow_move_assignable_v<ConstIt>);
  static_assert(std::is_nothrow_constructible_v<ConstIt, It>);
  static_assert(noexcept(std::declval<const It&>() == std::default_sentinel));

  // And what may throw does not say that it cannot: a fatal error's handler may throw.
  static_assert(!noexcept(std::declval<M&>().begin()));
  static_assert(!noexcept(std::declval<M&>().clear()));
  static_assert(!noexcept(*std::declval<const It&>()));
  static_assert(!noexcept(std::declval<M&>().erase(std::declval<It>())));
  static_assert(!noexcept(std::declval<M&>().reserve(1)));
  return true;
}

static_assert(promises<Map<int, int>>());
static_assert(promises<Map<std::string, std::string>>());
static_assert(promises<Map<int, std::unique_ptr<int>>>());
static_assert(promises<Map<std::string, Immovable>>());
static_assert(promises<pmr::Map<int, std::pmr::string>>());

// Between unequal resources the entries have to be moved one by one.
static_assert(std::is_nothrow_move_assignable_v<Map<std::string, std::string>>);
static_assert(!std::is_nothrow_move_assignable_v<pmr::Map<int, int>>);

// An allocator without state costs nothing, and a map is a pointer.
static_assert(sizeof(Map<int, int>) == sizeof(void*));
static_assert(sizeof(pmr::Map<int, int>) == 2 * sizeof(void*));

TEST(ContainerNoexcept, AMovedIteratorIsStillGood) {
  Map<int, int> map{{1, 10}};
  auto it = map.begin();
  const auto other = std::move(it);
  EXPECT_EQ(other->second, 10);
}

}  // namespace
}  // namespace gomap::test
