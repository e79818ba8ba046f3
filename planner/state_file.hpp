#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "planner/seal.hpp"
#include "planner/state.hpp"

namespace nmx {

/// A state as JSON: the same state and key give the same bytes; one line an object; secret values sealed; a checksum
/// over everything at the end.
std::string write_state(const State& state, const StateKey& key);
/// What tells a key apart without telling the key.
std::string key_mark(const StateKey& key, const std::string& lineage);
/// Errors: any changed byte, a newer format.
Status check_state(std::string_view text);
/// What a state tells before anything of it is opened, without reading all of it.
struct StateHead {
  std::string lineage;
  std::uint64_t serial = 0;
  std::string key_mark;
  /// How its key is made, where that is of a passphrase.
  std::optional<Argon2> passphrase = {};
};
/// Not checked: what was changed may be told here. Errors: it does not begin as a state does.
Result<StateHead> read_head(std::string_view text);
/// Reads it back. Errors: any changed byte, a newer format, another key.
Result<State> read_state(std::string_view text, const StateKey& key);

}  // namespace nmx
