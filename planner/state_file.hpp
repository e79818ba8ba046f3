#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "planner/seal.hpp"
#include "planner/state.hpp"

namespace nmx {

/// A state as JSON: the same state and key give the same bytes; one line an object; secret values sealed; a checksum
/// over everything at the end.
std::string write_state(const State& state, const StateKey& key);
/// Reads it back. Errors: any changed byte, a newer format, another key.
Result<State> read_state(std::string_view text, const StateKey& key);

}  // namespace nmx
