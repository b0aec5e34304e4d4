#include "oracle/run_plan.h"

#include "oracle/text.h"

namespace mapfuzz {

std::string subject_of(const RunPlan& plan, const char* peer) {
  return cat(to_string(plan.key), " -> ", to_string(plan.elem), ", ", peer);
}

void adapt(Program& program, const RunPlan& plan) {
  Header& header = program.header;
  header.off |= plan.off;
  const bool same_kinds = plan.every_kind || (header.key == plan.key && header.elem == plan.elem);
  if (same_kinds && header.policy == plan.policy && header.width == plan.widths.front()) {
    return;
  }
  if (!plan.every_kind) {
    header.key = plan.key;
    header.elem = plan.elem;
  }
  header.width = plan.widths.front();
  header.policy = plan.policy;
  if (plan.policy == Policy::go_exact) {
    header.key = kind_in_go(header.key);
    header.elem = kind_in_go(header.elem);
  }
  repair(program);
}

void legalize(Program& program, const RunPlan& plan) {
  repair(program);
  adapt(program, plan);
  program.header.off &= ~plan.off;
}

std::vector<std::string> subjects_of(const RunPlan& plan) {
  const std::vector<Row> rows = rows_of(plan);
  std::vector<std::string> names;
  names.reserve(plan.peers.size() + rows.size());
  for (const char* peer : plan.peers) {
    names.push_back(subject_of(plan, peer));
  }
  for (const Row& row : rows) {
    names.push_back(to_string(row));
  }
  return names;
}

std::vector<Row> rows_of(const RunPlan& plan) {
  std::vector<Row> rows;
  if (!plan.peers.empty()) {
    return rows;
  }
  if (!plan.every_kind) {
    for (const std::uint8_t width : plan.widths) {
      rows.push_back({plan.key, plan.elem, width});
    }
    return rows;
  }
  for (const Row& row : all_rows()) {
    if (row.width == plan.widths.front() && (plan.policy == Policy::sound || !is_counted(row))) {
      rows.push_back(row);
    }
  }
  return rows;
}

Program adapted(const Program& program, const RunPlan& plan) {
  Program out = program;
  adapt(out, plan);
  return out;
}

}  // namespace mapfuzz
