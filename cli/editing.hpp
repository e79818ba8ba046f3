#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/session.hpp"

namespace nmx {

// Changes of the state by hand.

/// Writes the edited state and prints what changed. `command` stands in the history: `state mv`, `secrets rotate`.
/// Nothing real is touched, so `nmx state undo` takes it back.
Exit save_edit(Session& session, State state, std::string command, std::vector<std::string> changes);

/// Whether a command of the history was an edit by hand.
bool is_edit(std::string_view command);

}  // namespace nmx
