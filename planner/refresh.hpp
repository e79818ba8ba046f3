#pragma once

#include <map>

#include "planner/connections.hpp"
#include "planner/state.hpp"

namespace nmx {

/// Reads the real counterpart of every object of the state, all of one provider at once, the providers side by side.
/// What cannot be asked is unreachable, with the reason.
Task<std::map<Address, Observed>> refresh(const State& state, Connections& connections);

/// What the state says, as if it had been read: for plans without a refresh.
std::map<Address, Observed> as_recorded(const State& state);

/// What others occupy, from every provider that is connected; a provider that cannot tell is passed over.
Task<std::vector<Occupied>> survey(Connections& connections, std::vector<std::string> providers);

}  // namespace nmx
