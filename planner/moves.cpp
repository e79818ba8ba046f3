#include "planner/moves.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace nmx {
namespace {

Address moved_address(const Address& address, const MovedDeclaration& move) {
  auto steps = move.to.steps();
  const auto kept = address.steps().begin() + static_cast<std::ptrdiff_t>(move.from.steps().size());
  steps.insert(steps.end(), kept, address.steps().end());
  return Address(std::move(steps));
}

void follow(State& state, const MovedDeclaration& move, std::map<Address, Address>& came_from,
            Diagnostics& diagnostics) {
  Moves now;
  for (const auto& [address, object] : state.objects) {
    if (address.within(move.from)) now.emplace_back(address, moved_address(address, move));
  }
  for (const auto& [from, to] : now) {
    if (state.objects.contains(to)) {
      diagnostics
          .error(Code::duplicate_object, move.block,
                 fmt::format("`{}` cannot become `{}`: the state knows an object by that address already",
                             to_string(from), to_string(to)))
          .with_help("move that one away first, or take this block out");
      continue;
    }
    auto entry = state.objects.extract(from);
    entry.key() = to;
    state.objects.insert(std::move(entry));
    const auto before = came_from.find(from);
    auto origin = before == came_from.end() ? from : before->second;
    if (before != came_from.end()) came_from.erase(before);
    came_from.emplace(to, std::move(origin));
  }
}

}  // namespace

Moves follow_moves(State& state, const std::vector<MovedDeclaration>& moved, Diagnostics& diagnostics) {
  std::map<Address, Address> came_from;
  for (const auto& move : moved) follow(state, move, came_from, diagnostics);
  Moves moves;
  std::map<Address, Address> renamed;
  std::map<std::string, std::string> owners;
  for (const auto& [to, from] : came_from) {
    if (to == from) continue;
    moves.emplace_back(from, to);
    renamed.emplace(from, to);
    owners.emplace(to_string(from), to_string(to));
  }
  if (moves.empty()) return moves;
  for (auto& [address, object] : state.objects) {
    for (auto& needed : object.dependencies) {
      if (const auto found = renamed.find(needed); found != renamed.end()) needed = found->second;
    }
    std::sort(object.dependencies.begin(), object.dependencies.end());
  }
  for (auto& [name, space] : state.allocations) {
    for (auto& [value, allocation] : space) {
      const auto found = owners.find(allocation.owner);
      if (found != owners.end() && allocation.released == 0) allocation.owner = found->second;
    }
  }
  std::sort(moves.begin(), moves.end());
  return moves;
}

}  // namespace nmx
