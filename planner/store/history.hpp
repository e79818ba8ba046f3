#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/seal.hpp"

namespace nmx {

/// One change of a state: who made it, when, with which command, and what came of it.
struct HistoryEntry {
  /// Of the version that it led to.
  std::uint64_t serial = 0;
  std::int64_t at_ms = 0;
  std::string by;
  std::string host;
  /// `apply`, `state mv` …
  std::string command;
  /// The plan's fingerprint; empty where there was none.
  std::string plan;
  /// `done`, `failed`, `interrupted`.
  std::string outcome;
  /// `create container.web.lxc`, in the order of the addresses.
  std::vector<std::string> changes;

  bool operator==(const HistoryEntry&) const = default;
};

/// What was read of a history.
struct History {
  /// Oldest first; of two that led to the same version the later one counts.
  std::vector<HistoryEntry> entries;
  /// Lines that were changed, or behind which one is missing; 1 is the first. An unfinished last line is none.
  std::vector<std::size_t> damaged;
};

/// The line of an entry. Each carries a checksum, keyed by the state's key, over itself and the line before, so that
/// whoever lacks the key can change, add or remove none without it being seen. `text`: the history so far.
std::string history_line(const HistoryEntry& entry, std::string_view text, const StateKey& key);
History read_history(std::string_view text, const StateKey& key);

}  // namespace nmx
