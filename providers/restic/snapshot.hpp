#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"

namespace nmx::restic {

/// A snapshot of a repository, as `restic snapshots --json` tells of it.
struct Snapshot {
  std::string id;
  /// Seconds since 1970.
  std::int64_t at = 0;
  /// The same for people, in the time zone of its host: `2026-11-26 03:12`.
  std::string time;
  std::string host;
  std::vector<std::string> paths;

  /// What people call it by.
  std::string short_id() const { return id.substr(0, 8); }
};

/// The oldest first. Errors: restic said something else.
Result<std::vector<Snapshot>> read_snapshots(std::string_view json);

/// The one that is meant: by the beginning of its id, or the last one at a moment (RFC 3339, or its beginning:
/// `2026-11-26`, `2026-11-26 03:12`). Errors: there is none, or several.
Result<Snapshot> choose_snapshot(const std::vector<Snapshot>& snapshots, std::string_view id, std::string_view moment);

}  // namespace nmx::restic
