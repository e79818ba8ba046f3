#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/journal.hpp"
#include "planner/runtime/append_file.hpp"
#include "planner/seal.hpp"
#include "planner/state.hpp"
#include "planner/store/history.hpp"
#include "planner/store/lease.hpp"

namespace nmx {

/// The state of one environment in a folder: `<environment>.json`, its last versions in `history/`, the journal of a
/// running apply, the lock, and the key.
class LocalStore {
 public:
  /// `folder` is the site's `.nmx`, made (mode 0700) when it is missing. `key_setting`: the content of `NMX_STATE_KEY`.
  static Result<LocalStore> open(const std::filesystem::path& folder, std::string environment,
                                 std::string_view key_setting);

  const StateKey& key() const { return key_; }
  Seal seal(const State& state) const { return Seal(key_, state.lineage); }

  /// The state; where there is none yet, an empty one with a lineage of its own, which is written.
  Result<State> read() const;
  /// What an interrupted apply left behind; empty where the last one ended well.
  Result<JournalContent> read_journal(const State& state) const;

  /// Takes the lock for changing the state. Errors: who holds it.
  Result<Lease> lock(std::string owner, std::int64_t wall_ms) const;
  /// Removes a lock by its id.
  Status unlock(std::string_view id) const;

  /// Begins the journal of a run that starts from `state`, keeping `unknown` of an earlier one. Opens `file` for it.
  Result<JournalWriter> begin_journal(const State& state, const std::vector<Intent>& unknown, AppendFile& file) const;
  /// Writes a version: to a new file, synced, renamed into place. The version before goes to `history/`.
  /// Errors: another nmx wrote a version meanwhile.
  Status save(const State& state) const;
  /// Adds to the history; before the version that the entry tells of is saved, so that no version is without one.
  Status remember(const HistoryEntry& entry) const;
  Result<History> history() const;
  /// A version that is still kept. Errors: it is not, or it cannot be read.
  Result<State> version(std::uint64_t serial) const;
  /// After `save`: the journal's content is in the state, but for `unknown`, which stays.
  Status end_journal(const State& state, const std::vector<Intent>& unknown) const;

  std::filesystem::path state_path() const;
  std::filesystem::path journal_path() const;
  std::filesystem::path history_path() const;

 private:
  LocalStore(std::filesystem::path folder, std::string environment, StateKey key);
  std::filesystem::path folder_;
  std::string environment_;
  StateKey key_;
};

}  // namespace nmx
