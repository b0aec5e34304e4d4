#include "fuzz/foresight.h"

#include <algorithm>
#include <utility>

#include "oracle/draws.h"
#include "oracle/kinds.h"

namespace mapfuzz {

Foresight::Foresight(const Program& program, std::size_t at)
    : header_(&program.header), plan_(program.header), map_(made(program.header.hint, kPrepareId)) {
  for (std::size_t n = 0; n < at; ++n) {
    apply(program.operations[n]);
  }
}

std::uint32_t Foresight::draw(std::uint32_t id) const {
  Draws draws;
  draws.start(header_->seed, id, std::nullopt);
  return draws.next();
}

// A NaN hashes anew at every call, by the first draw of the operation that adds it.
std::uint64_t Foresight::hash(std::uint32_t key) const {
  const std::uint64_t h = plan_.hash(key, map_.seed);
  return never_equal(header_->key, key) ? mix(h ^ draw(id_)) : h;
}

std::size_t Foresight::limit_of(std::size_t buckets) const {
  const std::size_t width = header_->width;
  return std::max(width, 13 * width * buckets / 16);
}

Foresight::Map Foresight::made(std::int64_t hint, std::uint32_t id) const {
  Map map;
  map.seed = draw(id);
  const std::size_t wanted = hint > 0 && hint <= kMaxHint ? static_cast<std::size_t>(hint) : 0;
  std::size_t buckets = 1;
  while (limit_of(buckets) < wanted) {
    buckets *= 2;
  }
  map.now.resize(buckets);
  return map;
}

Foresight::Effect Foresight::apply(const Operation& operation) {
  Effect effect;
  const std::uint32_t id = id_;
  run(operation, id, effect);
  ++id_;
  return effect;
}

void Foresight::run(const Operation& operation, std::uint32_t id, Effect& effect) {
  if ((header_->off >> static_cast<unsigned>(operation.code) & 1U) != 0) {
    return;
  }
  switch (operation.code) {
    case OpCode::assign:
    case OpCode::update:
      assign(operation.key, effect);
      break;
    case OpCode::erase:
      erase(operation.key, effect);
      if (effect.emptied) {
        map_.seed = draw(id);
      }
      break;
    case OpCode::clear:
      if (map_.count != 0) {
        clear();
        map_.seed = draw(id);
      }
      break;
    case OpCode::nil:
      map_ = {};
      map_.nil = true;
      break;
    case OpCode::remake:
      map_ = made(operation.value, id);
      break;
    case OpCode::literal:
      map_ = made(operation.value, id);
      for (std::uint32_t entry = 0; entry < operation.value; ++entry) {
        const std::uint32_t key = literal_key(header_->key, operation.key, entry);
        if (unhashable(header_->key, key)) {
          break;
        }
        assign(key, effect);
      }
      break;
    case OpCode::copy:
      other_ = copied(id);
      break;
    case OpCode::move:
      other_ = std::exchange(map_, made(0, id));
      break;
    case OpCode::swap:
      if (!other_.has_value()) {
        other_ = made(0, id);
      }
      std::swap(map_, *other_);
      break;
    default:
      break;
  }
}

std::optional<std::uint32_t> Foresight::key_in(std::size_t bucket) const {
  const auto& entries = map_.now[bucket].entries;
  const auto at = std::find_if(entries.rbegin(), entries.rend(), [&](const Entry& entry) {
    return !never_equal(header_->key, entry.key);
  });
  return at == entries.rend() ? std::nullopt : std::optional(at->key);
}

std::vector<std::uint32_t> Foresight::keys() const {
  std::vector<std::uint32_t> found;
  for (const Array* array : {&map_.now, &map_.old}) {
    for (const Chain& chain : *array) {
      for (const Entry& entry : chain.entries) {
        if (!chain.evacuated && !never_equal(header_->key, entry.key)) {
          found.push_back(entry.key);
        }
      }
    }
  }
  return found;
}

bool Foresight::holds(std::uint32_t key) const {
  return !never_equal(header_->key, key) && chain_with(key) != nullptr;
}

std::size_t Foresight::room(std::size_t bucket) const {
  const Chain& chain = map_.now[bucket];
  return header_->width * (chain.overflow + 1) - chain.entries.size();
}

const Foresight::Chain* Foresight::chain_with(std::uint32_t key) const {
  const std::uint32_t id = key_class(header_->key, key);
  const std::uint64_t h = hash(key);
  const Chain* chain = &map_.now[h & (map_.now.size() - 1)];
  if (growing()) {
    const Chain& before = map_.old[h & (map_.old.size() - 1)];
    chain = before.evacuated ? chain : &before;
  }
  const bool there = std::any_of(chain->entries.begin(), chain->entries.end(),
                                 [&](const Entry& entry) { return entry.key == id; });
  return there ? chain : nullptr;
}

void Foresight::put(Chain& chain, const Entry& entry, Effect& effect) {
  if (chain.entries.size() == header_->width * (chain.overflow + 1)) {
    ++chain.overflow;
    ++map_.overflow;
    effect.appended = true;
  }
  chain.entries.push_back(entry);
}

void Foresight::assign(std::uint32_t key, Effect& effect) {
  if (map_.nil || unhashable(header_->key, key)) {
    return;
  }
  const std::uint64_t h = hash(key);
  grow_work(h, effect);
  if (holds(key)) {
    return;
  }
  // Of narrow tables a growth that is over at once may not be enough.
  while (!growing() && (map_.count + 1 > limit() || map_.overflow >= map_.now.size())) {
    grow();
    effect.grew = true;
    grow_work(h, effect);
  }
  put(map_.now[h & (map_.now.size() - 1)], {key_class(header_->key, key), h}, effect);
  ++map_.count;
}

void Foresight::erase(std::uint32_t key, Effect& effect) {
  if (map_.count == 0 || unhashable(header_->key, key)) {
    return;
  }
  const std::uint64_t h = hash(key);
  grow_work(h, effect);
  if (never_equal(header_->key, key)) {
    return;
  }
  auto& entries = map_.now[h & (map_.now.size() - 1)].entries;
  const std::uint32_t id = key_class(header_->key, key);
  const auto at = std::find_if(entries.begin(), entries.end(),
                               [&](const Entry& entry) { return entry.key == id; });
  if (at != entries.end()) {
    entries.erase(at);
    effect.emptied = --map_.count == 0;
  }
}

void Foresight::clear() {
  map_.now.assign(map_.now.size(), {});
  map_.old.clear();
  map_.count = 0;
  map_.overflow = 0;
}

void Foresight::grow() {
  const bool doubles = map_.count + 1 > limit();
  const std::size_t buckets = map_.now.size() * (doubles ? 2 : 1);
  map_.old = std::exchange(map_.now, Array(buckets));
  map_.mark = 0;
  map_.overflow = 0;
}

void Foresight::grow_work(std::size_t bucket, Effect& effect) {
  if (growing()) {
    evacuate(bucket & (map_.old.size() - 1), effect);
  }
  if (growing()) {
    evacuate(map_.mark, effect);
  }
}

void Foresight::evacuate(std::size_t bucket, Effect& effect) {
  Array& old = map_.old;
  Chain& from = old[bucket];
  if (!from.evacuated) {
    from.evacuated = true;
    ++effect.evacuated;
    for (const Entry& entry : from.entries) {
      put(map_.now[entry.hash & (map_.now.size() - 1)], entry, effect);
    }
  }
  while (map_.mark < old.size() && old[map_.mark].evacuated) {
    ++map_.mark;
  }
  if (map_.mark == old.size()) {
    old.clear();
    effect.ended = true;
  }
}

// Entry by entry, into a map with room for all.
Foresight::Map Foresight::copied(std::uint32_t id) {
  const Map from = std::exchange(map_, made(static_cast<std::int64_t>(map_.count), id));
  map_.nil = from.nil;
  Effect ignored;
  const auto take = [&](const Array& array) {
    for (const Chain& chain : array) {
      for (const Entry& entry : chain.entries) {
        if (!chain.evacuated) {
          assign(entry.key, ignored);
        }
      }
    }
  };
  take(from.old);
  take(from.now);
  return std::exchange(map_, from);
}

}  // namespace mapfuzz
