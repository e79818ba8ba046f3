#include "planner/order.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace nmx {
namespace {

/// The first and the last operation of an object.
struct Range {
  std::size_t first;
  std::size_t last;
  Action action;
};

/// The first waits for the second.
using Edge = std::pair<std::size_t, std::size_t>;

/// What goes should wait until nobody uses it any more; but where that somebody in turn waits for what comes after the
/// going, the wait is left out. Gives the edges that may stay.
std::vector<Edge> untangled(const std::vector<Operation>& operations, std::vector<Edge> polite) {
  std::vector<std::size_t> unmet(operations.size());
  std::vector<std::vector<std::size_t>> dependents(operations.size());
  for (const auto& operation : operations) {
    unmet[operation.id] += operation.after.size();
    for (const auto before : operation.after) dependents[before].push_back(operation.id);
  }
  std::vector<std::vector<std::size_t>> polite_dependents(operations.size());
  std::vector<std::size_t> polite_unmet(operations.size());
  for (const auto& [first, last] : polite) {
    polite_dependents[last].push_back(first);
    ++polite_unmet[first];
  }
  std::vector<bool> done(operations.size());
  std::vector<bool> impatient(operations.size());
  std::vector<std::size_t> ready;
  std::set<std::size_t> waiting;  // for nothing but politeness
  const auto look = [&](std::size_t id) {
    if (done[id] || unmet[id] > 0) return;
    if (polite_unmet[id] == 0 || impatient[id]) {
      waiting.erase(id);
      ready.push_back(id);
    } else {
      waiting.insert(id);
    }
  };
  for (std::size_t id = 0; id < operations.size(); ++id) look(id);
  while (!ready.empty() || !waiting.empty()) {
    if (ready.empty()) {
      impatient[*waiting.begin()] = true;
      look(*waiting.begin());
    }
    const auto id = ready.back();
    ready.pop_back();
    if (done[id]) continue;
    done[id] = true;
    for (const auto next : dependents[id]) --unmet[next], look(next);
    for (const auto next : polite_dependents[id]) --polite_unmet[next], look(next);
  }
  std::erase_if(polite, [&](const Edge& edge) { return impatient[edge.first]; });
  return polite;
}

}  // namespace

std::vector<Operation> order(const std::map<Address, Change>& changes, std::map<Address, std::vector<Operation>> steps,
                             const Needs& needs) {
  std::vector<Operation> operations;
  operations.reserve(steps.size());
  std::map<Address, Range> ranges;
  for (auto& [address, own] : steps) {
    if (own.empty()) continue;
    ranges.emplace(address, Range{operations.size(), operations.size() + own.size() - 1, changes.at(address).action});
    const auto first = operations.size();
    for (auto& operation : own) {
      operation.id = operations.size();
      if (operation.id > first) operation.after.push_back(operation.id - 1);
      operations.push_back(std::move(operation));
    }
  }
  std::vector<Edge> polite;
  for (const auto& [address, range] : ranges) {
    if (range.action != Action::destroy) {
      if (const auto wanted = needs.wanted.find(address); wanted != needs.wanted.end()) {
        for (const auto& needed : wanted->second) {
          const auto found = ranges.find(needed);
          if (found == ranges.end() || found->second.action == Action::destroy) continue;
          operations[range.first].after.push_back(found->second.last);
        }
      }
    }
    const auto recorded = needs.recorded.find(address);
    if (recorded == needs.recorded.end()) continue;
    for (const auto& needed : recorded->second) {
      const auto found = ranges.find(needed);
      if (found == ranges.end()) continue;
      const auto action = found->second.action;
      // A replaced object waits only for those that go: the others come after its new self.
      const bool waits = action == Action::destroy || (action == Action::replace && range.action == Action::destroy);
      if (!waits) continue;
      if (range.action == Action::destroy) {
        operations[found->second.first].after.push_back(range.last);
      } else {
        polite.emplace_back(found->second.first, range.last);
      }
    }
  }
  for (const auto& [first, last] : untangled(operations, std::move(polite))) operations[first].after.push_back(last);
  for (auto& operation : operations) {
    std::sort(operation.after.begin(), operation.after.end());
    operation.after.erase(std::unique(operation.after.begin(), operation.after.end()), operation.after.end());
  }
  return operations;
}

}  // namespace nmx
