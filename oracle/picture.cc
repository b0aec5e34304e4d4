#include "oracle/picture.h"

#include <algorithm>

#include "gomap/constants.h"
#include "oracle/audit.h"
#include "oracle/text.h"

namespace mapfuzz {

using gomap::BucketView;
using gomap::TableView;

namespace {

constexpr std::ptrdiff_t kMostChains = 24;  // a screen's worth

std::string header_lines(const TableView& view) {
  std::string out = cat("count ", view.count, ", B ", view.B, " (", gomap::bucket_count(view.B),
                        " buckets), noverflow ", view.noverflow, ", seed ", hex(view.hash0, 8));
  if ((view.flags & gomap::kIterator) != 0) {
    out += ", iterator";
  }
  if ((view.flags & gomap::kOldIterator) != 0) {
    out += ", oldIterator";
  }
  if ((view.flags & gomap::kHashWriting) != 0) {
    out += ", hashWriting";
  }
  if (view.growing()) {
    out += cat("\ngrowing (", to_string(phase_of(view)), "): mark at ", view.nevacuate, " of ",
               old_bucket_count(view), " old buckets");
  }
  return out + '\n';
}

std::string cell_text(BucketView bucket, int cell, const CellReader& reader) {
  const std::uint8_t state = bucket.state(cell);
  switch (state) {
    case gomap::kEmptyRest:
      return "-";
    case gomap::kEmptyOne:
      return ".";
    case gomap::kEvacuatedEmpty:
      return "E";
    default:
      break;
  }
  const std::uint32_t key = reader.key_id(bucket.key(cell));
  const std::string name = key == kNoKey ? std::string("?") : cat(key);
  if (gomap::is_evacuated_mark(state)) {
    return cat(state == gomap::kEvacuatedX ? "X:" : "Y:", name);
  }
  return cat(hex(state, 2), ':', name, '=', reader.elem_value(bucket.elem(cell)));
}

std::string chain_text(const TableView& view, bool old_array, std::ptrdiff_t index,
                       const CellReader& reader, const Place& mark) {
  std::string out = cat(old_array ? "  old " : "  ", index, ' ');
  out.append(std::max<std::size_t>(out.size(), 9) - out.size(), ' ');
  const auto at = static_cast<std::size_t>(index);
  if (old_array && at < view.old_readable_from) {
    return out + "(evacuated, and given back)\n";
  }
  BucketView bucket = old_array ? view.old_bucket(at) : view.bucket(at);
  const auto listed = (old_array ? view.oldoverflow : view.overflow).buckets;
  const std::size_t most = 1 + listed.size();
  const bool marked_chain = mark.chain == index && mark.old_array == old_array;
  for (std::ptrdiff_t depth = 0; bucket; ++depth, bucket = bucket.overflow()) {
    if (static_cast<std::size_t>(depth) >= most) {
      return out + " -> ... (the chain does not end)\n";
    }
    // The table may be damaged: only what its lists vouch for is memory of ours.
    if (depth > 0 && std::find(listed.begin(), listed.end(), bucket.raw()) == listed.end()) {
      return out + " -> ? (a bucket that is not listed)\n";
    }
    out += depth == 0 ? "[" : " -> [";
    for (int cell = 0; cell < view.geometry->width; ++cell) {
      const bool marked =
          marked_chain && std::max<std::ptrdiff_t>(mark.depth, 0) == depth && mark.cell == cell;
      out += marked ? " >" : " ";
      out += cell_text(bucket, cell, reader);
      out += marked ? "<" : "";
    }
    out += " ]";
  }
  return out + (marked_chain && mark.cell < 0 ? "   <--\n" : "\n");
}

std::string array_text(const TableView& view, bool old_array, const CellReader& reader,
                       const Place& mark) {
  // A broken B or flag must not lead beyond the array.
  const auto count = static_cast<std::ptrdiff_t>(
      old_array ? std::min(old_bucket_count(view), view.old_total)
                : std::min(std::size_t{1} << (view.B & 63U), view.total));
  std::ptrdiff_t first = 0;
  if (count > kMostChains && mark.chain >= 0) {
    const auto middle = mark.chain % count;
    first = std::clamp<std::ptrdiff_t>(middle - kMostChains / 2, 0, count - kMostChains);
  }
  const std::ptrdiff_t end = std::min(count, first + kMostChains);
  std::string out = first > 0 ? cat("  (", first, " buckets before)\n") : std::string();
  for (std::ptrdiff_t index = first; index < end; ++index) {
    out += chain_text(view, old_array, index, reader, mark);
  }
  return end < count ? cat(out, "  (", count - end, " buckets after)\n") : out;
}

}  // namespace

std::string picture(const TableView& view, const CellReader& reader, const Place& mark) {
  if (!can_be_seen(view)) {
    return {};
  }
  std::string out = header_lines(view);
  if (view.buckets == nullptr) {
    return out + "  (no bucket yet)\n";
  }
  if (view.growing()) {
    out += array_text(view, true, reader, mark);
  }
  return out + array_text(view, false, reader, mark);
}

}  // namespace mapfuzz
