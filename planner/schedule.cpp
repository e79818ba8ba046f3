#include "planner/schedule.hpp"

#include <algorithm>
#include <cassert>
#include <string>
#include <unordered_map>

namespace nmx {

Schedule::Schedule(const std::vector<Operation>& operations) : nodes_(operations.size()) {
  std::unordered_map<std::string, std::size_t> numbers;
  for (const auto& operation : operations) {
    auto& node = nodes_[operation.id];
    auto before = operation.after;
    std::sort(before.begin(), before.end());
    before.erase(std::unique(before.begin(), before.end()), before.end());
    node.unmet = before.size();
    for (const auto id : before) nodes_[id].dependents.push_back(operation.id);
    for (const auto& name : operation.conflicts) {
      node.conflicts.push_back(numbers.emplace(name, numbers.size()).first->second);
    }
    if (node.unmet == 0) ready_.insert(operation.id);
  }
  conflicts_.resize(numbers.size());
}

std::optional<std::size_t> Schedule::next() {
  while (!ready_.empty()) {
    const auto id = *ready_.begin();
    ready_.erase(ready_.begin());
    auto& node = nodes_[id];
    if (node.progress != Progress::waiting) {
      pass_on(node);
      continue;
    }
    const auto held = std::find_if(node.conflicts.begin(), node.conflicts.end(),
                                   [&](std::size_t conflict) { return conflicts_[conflict].held; });
    if (held == node.conflicts.end()) {
      for (const auto conflict : node.conflicts) conflicts_[conflict].held = true;
      node.progress = Progress::taken;
      return id;
    }
    conflicts_[*held].parked.push_back(id);
    pass_on(node);
  }
  return std::nullopt;
}

/// It was woken for a conflict that it leaves free: the next in that line must have its chance.
void Schedule::pass_on(const Node& node) {
  for (const auto conflict : node.conflicts) {
    if (!conflicts_[conflict].held) wake(conflicts_[conflict]);
  }
}

void Schedule::wake(Conflict& conflict) {
  while (!conflict.parked.empty()) {
    const auto id = conflict.parked.front();
    conflict.parked.pop_front();
    if (nodes_[id].progress != Progress::waiting) continue;
    ready_.insert(id);
    return;
  }
}

void Schedule::release(std::size_t id) {
  for (const auto conflict : nodes_[id].conflicts) {
    conflicts_[conflict].held = false;
    wake(conflicts_[conflict]);
  }
}

void Schedule::done(std::size_t id) {
  release(id);
  for (const auto dependent : nodes_[id].dependents) {
    auto& node = nodes_[dependent];
    assert(node.unmet > 0);
    if (--node.unmet == 0 && node.progress == Progress::waiting) ready_.insert(dependent);
  }
}

std::vector<Schedule::Hindered> Schedule::fail(std::size_t id) {
  release(id);
  std::vector<Hindered> hindered;
  std::vector<std::size_t> missing{id};
  while (!missing.empty()) {
    const auto from = missing.back();
    missing.pop_back();
    for (const auto dependent : nodes_[from].dependents) {
      if (nodes_[dependent].progress != Progress::waiting) continue;
      nodes_[dependent].progress = Progress::hindered;
      hindered.push_back({dependent, id});
      missing.push_back(dependent);
    }
  }
  std::sort(hindered.begin(), hindered.end(),
            [](const Hindered& a, const Hindered& b) { return a.operation < b.operation; });
  return hindered;
}

std::vector<std::size_t> Schedule::rest() const {
  std::vector<std::size_t> rest;
  for (std::size_t id = 0; id < nodes_.size(); ++id) {
    if (nodes_[id].progress == Progress::waiting) rest.push_back(id);
  }
  return rest;
}

}  // namespace nmx
