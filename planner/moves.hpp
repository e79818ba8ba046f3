#pragma once

#include <utility>
#include <vector>

#include "lang/config/configuration.hpp"
#include "lang/diagnostics/diagnostic.hpp"
#include "planner/state.hpp"

namespace nmx {

using Moves = std::vector<std::pair<Address, Address>>;

/// Follows `moved` blocks: what the state knows under an old address, it knows under the new one from now on, with
/// everything that names it. Answers which objects moved, from where to where. A block whose old address is nowhere was
/// followed before; where the new address is taken, nothing moves and it is told.
Moves follow_moves(State& state, const std::vector<MovedDeclaration>& moved, Diagnostics& diagnostics);

}  // namespace nmx
