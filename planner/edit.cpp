#include "planner/edit.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nmx {
namespace {

Error nothing_there(const Address& address) {
  return Error{fmt::format("the state holds no `{}`", to_string(address)), "`nmx state list` shows what it holds"};
}

}  // namespace

Result<Moves> move_objects(State& state, const Address& from, const Address& to) {
  Diagnostics diagnostics;
  MovedDeclaration move;
  move.from = from;
  move.to = to;
  auto moves = follow_moves(state, {move}, diagnostics);
  if (diagnostics.has_errors()) {
    return Error{fmt::format("`{}` cannot become `{}`: the state knows an object by that address already",
                             to_string(from), to_string(to)),
                 "move that one away first, or remove it with `nmx state rm`"};
  }
  if (moves.empty()) return nothing_there(from);
  return moves;
}

Result<std::vector<Address>> forget_objects(State& state, const Address& address) {
  std::vector<Address> gone;
  for (const auto& [at, object] : state.objects) {
    if (at.within(address)) gone.push_back(at);
  }
  if (gone.empty()) return nothing_there(address);
  for (const auto& one : gone) state.objects.erase(one);
  for (auto& [at, object] : state.objects) {
    std::erase_if(object.dependencies,
                  [&](const Address& needed) { return std::binary_search(gone.begin(), gone.end(), needed); });
  }
  return gone;
}

}  // namespace nmx
