#pragma once

#include <map>
#include <string>

#include "planner/state.hpp"

namespace nmx {

// The state and its outputs for people and for programs; secrets are never in any of it.

std::string state_text(const State& state, std::size_t width);
std::string state_json(const State& state);
std::string addresses_json(const State& state);
std::string outputs_text(const std::map<std::string, StateOutput>& outputs, std::size_t width);
std::string outputs_json(const std::map<std::string, StateOutput>& outputs);
/// One value as JSON; a secret is shown, because only who asks for it calls this.
std::string output_json(const Value& value);

}  // namespace nmx
