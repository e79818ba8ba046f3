#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "planner/plan.hpp"

namespace nmx {

// What every view of a plan says, whatever it looks like: which rows there are, under which headings, in which order.

/// The changes under one of the user's own blocks, in the order of the text; what is in no file any more comes last.
struct PlanGroup {
  /// `container media`; an address where a `for_each` or a module made several with that title.
  std::string title;
  /// `site.nmx:21`; empty where there is no block.
  std::string place;
  std::vector<const PlanEntry*> entries;
};

/// Views into the plan, which must outlive them.
std::vector<PlanGroup> plan_groups(const Plan& plan);

/// How an object is called below its heading: its address less the block's, or its type.
std::string row_name(const PlanEntry& entry);

/// `+`, `~`, `±`, `-`.
std::string_view sign(Action action);
/// What a change does to whoever uses the object: `live`, `restarts`, `loses data`.
std::string_view effect(ChangeClass danger);
/// One difference of a row: an attribute that becomes another, or the object as a whole.
struct PlanLine {
  char sign = '~';        // `+`, `-`, `~`
  std::string attribute;  // empty: the whole object
  std::string text;
  ChangeClass danger = ChangeClass::live;
  bool undoes_drift = false;
};
/// What becomes of an object, a line a difference; values are cut to `limit` columns.
std::vector<PlanLine> plan_lines(const PlanEntry& entry, std::size_t limit);

/// Some step of the object uses the root login beside the token.
bool uses_root(const Plan& plan, const PlanEntry& entry);
constexpr std::string_view root_note = "uses the root login: Proxmox grants this to no token";
/// What a plan without changes comes to, in a sentence.
std::string_view quiet_text(const Plan& plan);
/// Addresses that are forgotten without having moved elsewhere.
std::vector<Address> left_alone(const Plan& plan);

/// The figures of a plan.
struct PlanTotals {
  std::size_t created = 0;
  std::size_t changed = 0;
  std::size_t replaced = 0;
  std::size_t destroyed = 0;
  /// Objects whose data only they hold and that go.
  std::size_t lost = 0;
  /// Blocks that are interrupted meanwhile, and for how long by what the last time took, in milliseconds; 0: unknown.
  std::map<std::string, std::int64_t> down;

  void count(const PlanEntry& entry);
};
PlanTotals plan_totals(const Plan& plan);
/// What becomes of data: a sentence for the end of a plan.
std::string data_text(const PlanTotals& totals);

/// `container.media about 20 s`: a block that is interrupted.
std::string down_text(const std::pair<const std::string, std::int64_t>& down);

/// `6 to create, 1 to change, 0 to replace, 0 to destroy.`
std::string counts_text(const PlanTotals& totals);

}  // namespace nmx
