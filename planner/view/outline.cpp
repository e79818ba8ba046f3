#include "planner/view/outline.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "lang/diagnostics/visible.hpp"
#include "planner/view/palette.hpp"
#include "planner/view/value_text.hpp"

namespace nmx {

std::vector<PlanGroup> plan_groups(const Plan& plan) {
  std::map<std::pair<bool, Address>, std::vector<const PlanEntry*>> by_owner;
  for (const auto& entry : plan.entries) by_owner[{entry.place.empty(), entry.owner}].push_back(&entry);
  struct Placed {
    bool unwritten;
    std::size_t ordinal;
    PlanGroup group;
  };
  std::vector<Placed> placed;
  for (auto& [where, entries] : by_owner) {
    const auto& head = *entries.front();
    auto ordinal = head.ordinal;
    for (const auto* entry : entries) ordinal = std::min(ordinal, entry->ordinal);
    const auto address = to_string(head.owner);
    const auto& key = head.owner.steps().back().key;
    const bool names_itself = !key || head.title.find(*key) != std::string::npos;
    const bool shares_title = !names_itself || head.owner.steps().front().name == "module";
    placed.push_back({where.first, ordinal, {shares_title ? address : head.title, head.place, std::move(entries)}});
  }
  std::stable_sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::pair(a.unwritten, a.ordinal) < std::pair(b.unwritten, b.ordinal);
  });
  std::vector<PlanGroup> groups;
  for (auto& one : placed) groups.push_back(std::move(one.group));
  return groups;
}

std::string row_name(const PlanEntry& entry) {
  const auto& steps = entry.change.address.steps();
  if (entry.change.address == entry.owner) return entry.change.type;
  const auto shared = std::min(entry.owner.steps().size(), steps.size() - 1);
  return to_string(Address({steps.begin() + static_cast<std::ptrdiff_t>(shared), steps.end()}));
}

std::string_view sign(Action action) {
  switch (action) {
    case Action::none: return " ";
    case Action::create: return "+";
    case Action::update: return "~";
    case Action::replace: return "±";
    case Action::destroy: return "-";
    case Action::forget: return "o";
  }
  return " ";
}

std::string_view effect(ChangeClass danger) {
  switch (danger) {
    case ChangeClass::none:
    case ChangeClass::create: return "";
    case ChangeClass::live: return "live";
    case ChangeClass::restart: return "restarts";
    case ChangeClass::replace: return "replaces";
    case ChangeClass::destroy: return "destroys";
    case ChangeClass::data_loss: return "loses data";
  }
  return "";
}

std::vector<PlanLine> plan_lines(const PlanEntry& entry, std::size_t limit) {
  const auto& change = entry.change;
  std::vector<PlanLine> lines;
  const auto whole = [&](char sign, std::string text) {
    if (change.danger == ChangeClass::data_loss) text += ", its data is lost";
    lines.push_back({sign, {}, std::move(text), change.danger, false});
  };
  const auto because = change.reason.empty() ? std::string() : " (" + visible(change.reason) + ")";
  switch (change.action) {
    case Action::create: whole('+', object_summary(change.after, limit) + because); return lines;
    case Action::destroy: whole('-', object_summary(change.before, limit) + because); return lines;
    case Action::replace: whole('~', "made anew: " + visible(change.reason)); break;
    case Action::update: break;
    case Action::none:
    case Action::forget: return lines;
  }
  for (const auto& attribute : change.attributes) {
    for (const auto& row : difference_rows(attribute, limit))
      lines.push_back({row.sign, visible(row.name), row.text, attribute.danger, attribute.undoes_drift});
  }
  return lines;
}

bool uses_root(const Plan& plan, const PlanEntry& entry) {
  const auto& address = entry.change.address;
  const auto& all = plan.operations;
  const auto first =
      std::partition_point(all.begin(), all.end(), [&](const auto& one) { return one.address < address; });
  const auto end = std::find_if(first, all.end(), [&](const auto& one) { return one.address != address; });
  return std::any_of(first, end, [](const Operation& operation) { return operation.elevated; });
}

std::string_view quiet_text(const Plan& plan) {
  if (!plan.imported.empty() || !plan.moved.empty() || !plan.forgotten.empty())
    return "Nothing real changes; what nmx knows of it does.";
  if (!plan.unreachable.empty()) return "No changes to what can be reached.";
  if (!plan.drift.empty()) return "No changes to make. What others changed is noted in the state.";
  return plan.objects_read == 0 ? "No changes. Nothing real was looked at."
                                : "No changes. What is real is what is written.";
}

std::vector<Address> left_alone(const Plan& plan) {
  std::set<Address> moved;
  for (const auto& [from, to] : plan.moved) moved.insert(from);
  std::vector<Address> rest;
  for (const auto& address : plan.forgotten) {
    if (!moved.contains(address)) rest.push_back(address);
  }
  return rest;
}

void PlanTotals::count(const PlanEntry& entry) {
  switch (entry.change.action) {
    case Action::create: ++created; break;
    case Action::update: ++changed; break;
    case Action::replace: ++replaced; break;
    case Action::destroy: ++destroyed; break;
    case Action::none:
    case Action::forget: break;
  }
  if (entry.change.danger == ChangeClass::data_loss) ++lost;
  if (entry.change.danger == ChangeClass::restart || entry.change.action == Action::replace)
    down[to_string(entry.owner)] += entry.downtime_ms;
}

PlanTotals plan_totals(const Plan& plan) {
  PlanTotals totals;
  for (const auto& entry : plan.entries) totals.count(entry);
  return totals;
}

std::string down_text(const std::pair<const std::string, std::int64_t>& down) {
  const auto seconds = (down.second + 500) / 1000;
  auto text = visible(down.first);
  if (down.second == 0) return text;
  if (seconds == 0) return text + " for less than a second";
  return text +
         (seconds < 120 ? fmt::format(" about {} s", seconds) : fmt::format(" about {} min", (seconds + 30) / 60));
}

std::string data_text(const PlanTotals& totals) {
  if (totals.lost > 0)
    return fmt::format("Data is destroyed: {} with what only it holds.", counted(totals.lost, "object"));
  return totals.replaced + totals.destroyed == 0 ? "No data is destroyed."
                                                 : "Nothing is destroyed that nmx cannot make again.";
}

std::string counts_text(const PlanTotals& totals) {
  return fmt::format("{} to create, {} to change, {} to replace, {} to destroy.", totals.created, totals.changed,
                     totals.replaced, totals.destroyed);
}

}  // namespace nmx
