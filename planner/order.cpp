#include "planner/order.hpp"

#include <algorithm>

namespace nmx {
namespace {

/// The first and the last operation of an object.
struct Range {
  std::size_t first;
  std::size_t last;
};

}  // namespace

std::vector<Operation> order(const std::map<Address, Change>& changes, std::map<Address, std::vector<Operation>> steps,
                             const Needs& needs) {
  std::vector<Operation> operations;
  std::map<Address, Range> ranges;
  for (auto& [address, own] : steps) {
    if (own.empty()) continue;
    ranges.emplace(address, Range{operations.size(), operations.size() + own.size() - 1});
    for (auto& operation : own) {
      operation.id = operations.size();
      if (operation.id > ranges.at(address).first) operation.after.push_back(operation.id - 1);
      operations.push_back(std::move(operation));
    }
  }
  for (const auto& [address, range] : ranges) {
    const auto& change = changes.at(address);
    if (change.action != Action::destroy) {
      if (const auto wanted = needs.wanted.find(address); wanted != needs.wanted.end()) {
        for (const auto& needed : wanted->second) {
          const auto found = ranges.find(needed);
          if (found == ranges.end() || changes.at(needed).action == Action::destroy) continue;
          operations[range.first].after.push_back(found->second.last);
        }
      }
    }
    const auto recorded = needs.recorded.find(address);
    if (recorded == needs.recorded.end()) continue;
    for (const auto& needed : recorded->second) {
      const auto found = ranges.find(needed);
      if (found == ranges.end()) continue;
      const auto action = changes.at(needed).action;
      // A replaced object waits only for those that go: the others come after its new self.
      const bool waits = action == Action::destroy || (action == Action::replace && change.action == Action::destroy);
      if (waits) operations[found->second.first].after.push_back(range.last);
    }
  }
  for (auto& operation : operations) {
    std::sort(operation.after.begin(), operation.after.end());
    operation.after.erase(std::unique(operation.after.begin(), operation.after.end()), operation.after.end());
  }
  return operations;
}

}  // namespace nmx
