#pragma once

#include "lang/diagnostics/result.hpp"
#include "planner/moves.hpp"
#include "planner/state.hpp"

namespace nmx {

// Changes of a state by hand: nothing real is touched.

/// What the state knows at or below `from` it knows at or below `to` from then on, with everything that names it.
/// Errors: there is nothing at `from`; something of `to` is taken.
Result<Moves> move_objects(State& state, const Address& from, const Address& to);

/// The state knows nothing of what is at or below `address` any more; what is real stays, and nobody's allocations are
/// given away meanwhile. Errors: there is nothing there.
Result<std::vector<Address>> forget_objects(State& state, const Address& address);

}  // namespace nmx
