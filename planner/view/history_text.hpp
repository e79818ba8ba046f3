#pragma once

#include <string>

#include "planner/store/history.hpp"

namespace nmx {

/// A line a change, newest first: version, when (local time), who, with which command, what came of it.
std::string history_text(const History& history, std::size_t width);
/// One change with all that it did.
std::string history_entry_text(const HistoryEntry& entry);
std::string history_json(const History& history);

}  // namespace nmx
