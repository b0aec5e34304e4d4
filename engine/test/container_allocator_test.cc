// Allocators: where all memory comes from, what propagates, what is moved entry by entry.

#include <gmock/gmock.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>
#include <type_traits>
#include <vector>

#include "gomap/pmr.h"
#include "test/support.h"

namespace gomap::test {
namespace {

// Counts what is out, and fails on demand.
class CountingResource : public std::pmr::memory_resource {
 public:
  std::size_t bytes = 0;
  std::size_t blocks = 0;
  std::size_t calls = 0;
  long fail_at = -1;

 private:
  void* do_allocate(std::size_t size, std::size_t align) override {
    if (fail_at == 0) {
      throw std::bad_alloc();
    }
    --fail_at;
    bytes += size;
    ++blocks;
    ++calls;
    return std::pmr::new_delete_resource()->allocate(size, align);
  }
  void do_deallocate(void* at, std::size_t size, std::size_t align) override {
    bytes -= size;
    --blocks;
    std::pmr::new_delete_resource()->deallocate(at, size, align);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }
};

using Texts = pmr::Map<std::pmr::string, std::pmr::vector<int>>;
const char* const kLong = "a key that is too long for the short-string buffer, number ";

Texts::key_type key(int n, std::pmr::memory_resource* resource) {
  return Texts::key_type(std::string(kLong) + std::to_string(n), resource);
}

void fill(Texts& map, int entries) {
  for (int n = 0; n < entries; ++n) {
    map[key(n, std::pmr::new_delete_resource())].assign(20, n);
  }
}

TEST(ContainerAllocator, AllMemoryComesFromTheResource) {
  CountingResource resource;
  std::pmr::memory_resource* const old = std::pmr::set_default_resource(nullptr);
  std::pmr::set_default_resource(std::pmr::null_memory_resource());
  {
    Texts map(&resource);
    EXPECT_EQ(resource.calls, 0U) << "an empty map allocates nothing";
    fill(map, 200);
    EXPECT_EQ(map.get_allocator().resource(), &resource);
    EXPECT_EQ(map.begin()->first.get_allocator().resource(), &resource);
    EXPECT_EQ(map.begin()->second.get_allocator().resource(), &resource);
    for (int n = 0; n < 100; ++n) {
      EXPECT_EQ(map.erase(key(n, std::pmr::new_delete_resource())), 1U);
    }
    EXPECT_EQ(map.size(), 100U);
  }
  std::pmr::set_default_resource(old);
  EXPECT_EQ(resource.blocks, 0U);
  EXPECT_EQ(resource.bytes, 0U);
}

TEST(ContainerAllocator, CopiesTakeTheDefaultResourceAndMovesTheirOwn) {
  CountingResource resource;
  Texts map(&resource);
  fill(map, 30);
  const Texts copy(map);
  EXPECT_EQ(copy.get_allocator().resource(), std::pmr::get_default_resource());
  const Texts copy_there(map, &resource);
  EXPECT_EQ(copy_there.get_allocator().resource(), &resource);
  EXPECT_EQ(copy, map);
  EXPECT_EQ(copy_there, map);
  const std::size_t calls = resource.calls;
  const Texts moved(std::move(map));
  EXPECT_EQ(resource.calls, calls);
  EXPECT_EQ(moved.get_allocator().resource(), &resource);
  EXPECT_EQ(moved, copy);
}

TEST(ContainerAllocator, BetweenResourcesEntriesAreMovedOneByOne) {
  CountingResource here;
  CountingResource there;
  Texts from(&there);
  fill(from, 40);
  const Texts expected(from);
  Texts to(&here);
  fill(to, 3);
  to = std::move(from);
  EXPECT_EQ(to.get_allocator().resource(), &here);
  EXPECT_EQ(to, expected);
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move)
  for (const auto& [k, v] : to) {
    EXPECT_EQ(k.get_allocator().resource(), &here);
  }
  fill(from, 2);
  EXPECT_EQ(from.get_allocator().resource(), &there);
  const Texts third(std::move(to), &there);
  EXPECT_EQ(third, expected);
  EXPECT_EQ(third.get_allocator().resource(), &there);
}

TEST(ContainerAllocator, MoveOnlyEntriesChangeResourcesToo) {
  CountingResource here;
  CountingResource there;
  using Owners = pmr::Map<int, std::unique_ptr<int>>;
  Owners from(&there);
  for (int n = 0; n < 20; ++n) {
    from.try_emplace(n, std::make_unique<int>(n));
  }
  Owners to(&here);
  to = std::move(from);
  EXPECT_EQ(to.size(), 20U);
  EXPECT_EQ(*to.at(7), 7);
  EXPECT_LE(there.blocks, 5U) << "no element is left, only what an emptied map keeps";
}

TEST(ContainerAllocator, APoolOfTheStandardLibraryWillDo) {
  std::pmr::monotonic_buffer_resource pool;
  std::pmr::vector<pmr::Map<int, std::pmr::string>> maps(&pool);
  maps.emplace_back().try_emplace(1, kLong);
  maps.emplace_back(100).try_emplace(2, kLong);
  EXPECT_EQ(maps[1].get_allocator().resource(), &pool);
  EXPECT_EQ(maps[1].bucket_count(), 16U);
  EXPECT_EQ(maps[0].at(1).get_allocator().resource(), &pool);
}

// Runs `change` on a filled map with every allocation failing in turn, until none does.
template <class Change>
void fail_everywhere(Change change) {
  CountingResource resource;
  for (long k = 0;; ++k) {
    Texts map(&resource);
    fill(map, 26);
    const Texts before(map);
    resource.fail_at = k;
    bool threw = false;
    try {
      change(map);
    } catch (const std::bad_alloc&) {
      threw = true;
    }
    resource.fail_at = -1;
    expect_consistent(view_of(map));
    if (!threw) {
      EXPECT_GT(k, 0) << "nothing was allocated";
      return;
    }
    EXPECT_EQ(map, before);
  }
}

TEST(ContainerAllocator, WithoutMemoryNothingChanges) {
  auto* const plain = std::pmr::new_delete_resource();
  fail_everywhere([&](Texts& map) { map[key(100, plain)]; });
  fail_everywhere([&](Texts& map) { map.try_emplace(key(100, plain), 5, 5); });
  fail_everywhere([&](Texts& map) { map.insert({key(100, plain), {}}); });
  fail_everywhere([&](Texts& map) {
    // Grows at the next entry.
    map.insert_or_assign(key(100, plain), std::pmr::vector<int>(5, 5));
  });
  fail_everywhere([&](Texts& map) {
    const Texts copy(map, map.get_allocator());
    map = copy;
  });
  fail_everywhere([&](Texts& map) {
    auto taken = map.extract(key(100, plain));
    map.reserve(1000);
    map[key(200, plain)];
  });
}

// Blocks that are out, by the tag of their allocator.
std::map<int, long>& blocks_of_tags() {
  static std::map<int, long> blocks;
  return blocks;
}

// An allocator with an identity, whose propagation the test decides.
template <class T, bool kPropagates>
struct Tagged {
  using value_type = T;
  using propagate_on_container_copy_assignment = std::bool_constant<kPropagates>;
  using propagate_on_container_move_assignment = std::bool_constant<kPropagates>;
  using propagate_on_container_swap = std::bool_constant<kPropagates>;
  using is_always_equal = std::false_type;
  template <class U>
  struct rebind {  // NOLINT(readability-identifier-naming): the standard's name
    using other = Tagged<U, kPropagates>;
  };

  explicit Tagged(int tag_in = 0) : tag(tag_in) {}
  template <class U>
  Tagged(const Tagged<U, kPropagates>& other) : tag(other.tag) {}

  T* allocate(std::size_t n) {
    ++blocks_of_tags()[tag];
    return std::allocator<T>().allocate(n);
  }
  void deallocate(T* at, std::size_t n) {
    --blocks_of_tags()[tag];
    std::allocator<T>().deallocate(at, n);
  }
  [[nodiscard]] Tagged select_on_container_copy_construction() const { return Tagged(tag + 100); }

  friend bool operator==(const Tagged& a, const Tagged& b) { return a.tag == b.tag; }

  int tag;
};

template <bool kPropagates>
using TaggedMap = Map<int, std::string, DefaultHash<int>, DefaultEqual<int>,
                      WithAllocator<Tagged<std::byte, kPropagates>>>;

template <bool kPropagates>
int tag_of(const TaggedMap<kPropagates>& map) {
  return map.get_allocator().tag;
}

TEST(ContainerAllocator, APropagatingAllocatorComesWithTheContents) {
  using T = TaggedMap<true>;
  using A = typename T::allocator_type;
  const T a({{1, "one"}}, A(1));
  T b({{2, "two"}}, A(2));
  EXPECT_EQ(tag_of<true>(T(a)), 101) << "select_on_container_copy_construction";
  b = a;
  EXPECT_EQ(tag_of<true>(b), 1);
  EXPECT_EQ(b.at(1), "one");
  T c(A(3));
  c = std::move(b);
  EXPECT_EQ(tag_of<true>(c), 1);
  T d({{4, "four"}}, A(4));
  d.swap(c);
  EXPECT_EQ(tag_of<true>(d), 1);
  EXPECT_EQ(tag_of<true>(c), 4);
  EXPECT_EQ(d.at(1), "one");
  EXPECT_EQ(c.at(4), "four");
}

TEST(ContainerAllocator, ANonPropagatingOneStaysWithTheMap) {
  using T = TaggedMap<false>;
  using A = typename T::allocator_type;
  T a({{1, "one"}}, A(1));
  T b({{2, "two"}}, A(2));
  b = a;
  EXPECT_EQ(tag_of<false>(b), 2);
  EXPECT_EQ(b.at(1), "one");
  const std::string* const text = &a.at(1);
  T c(A(3));
  c = std::move(a);
  EXPECT_EQ(tag_of<false>(c), 3);
  EXPECT_EQ(c.at(1), "one");
  EXPECT_NE(&c.at(1), text);
  T same(A(3));
  const std::string* const stays = &c.at(1);
  same = std::move(c);
  EXPECT_EQ(&same.at(1), stays) << "equal allocators: the table itself";
  static_assert(!std::is_nothrow_move_assignable_v<T>);
  static_assert(std::is_nothrow_move_assignable_v<TaggedMap<true>>);
}

TEST(ContainerAllocator, EveryBlockGoesBackWhereItCameFrom) {
  for (const auto& [tag, blocks] : blocks_of_tags()) {
    EXPECT_EQ(blocks, 0) << tag;
  }
}

}  // namespace
}  // namespace gomap::test
