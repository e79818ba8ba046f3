#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "planner/apply.hpp"
#include "planner/journal.hpp"
#include "planner/runtime/task.hpp"
#include "planner/seal.hpp"
#include "planner/state.hpp"
#include "planner/store/history.hpp"
#include "planner/store/holder.hpp"
#include "planner/store/keys.hpp"

namespace nmx {

/// Keeps the state of one environment: the state with its last versions, the journal of a running apply, the lock, and
/// the history. It holds at most one lock at a time; whoever writes has it.
class Store : public JournalSink {
 public:
  /// For people: `.nmx/prod.json`, `postgres at db.lan, name nmx`.
  virtual std::string place() const = 0;

  /// The state; where there is none yet, an empty one with a lineage of its own, which is written.
  virtual Task<Result<State>> read() = 0;
  /// What an interrupted apply left behind; empty where the last one ended well. After `read`.
  virtual Task<Result<JournalContent>> read_journal(const State& state) = 0;

  /// Takes the lock. The answer is what the user is told when one was left behind and taken over, else empty. Errors:
  /// who holds it.
  virtual Task<Result<std::string>> lock(std::string owner, std::int64_t wall_ms) = 0;
  /// Says that the holder lives. Errors: the lock was taken away.
  virtual Task<Status> beat(std::int64_t wall_ms) = 0;
  /// Gives the lock back, if it is held.
  virtual Task<Status> release() = 0;
  /// Removes a lock by its id, whoever holds it.
  virtual Task<Status> unlock(std::string id) = 0;
  /// This process, as long as it has the lock.
  const std::optional<Holder>& holder() const { return holder_; }

  /// Begins the journal of a run that starts from `state`, keeping `unknown` of an earlier one. Errors: another run
  /// began meanwhile.
  virtual Task<Result<JournalWriter>> begin_journal(const State& state, std::vector<Intent> unknown) = 0;
  /// Writes a version; the one before is kept. Errors: another nmx wrote a version meanwhile.
  Task<Status> save(const State& state) { return write(state, {}); }
  /// Adds to the history; before the version that the entry tells of is saved, so that no version is without one.
  virtual Task<Status> remember(const State& state, const HistoryEntry& entry) = 0;
  virtual Task<Result<History>> history(const State& state) = 0;
  /// A version that is still kept. Errors: it is not, or it cannot be read.
  Task<Result<State>> version(std::uint64_t serial);
  /// After `save`: the journal's content is in the state, but for `unknown`, which stays.
  virtual Task<Status> end_journal(const State& state, std::vector<Intent> unknown) = 0;

  /// The history as it is written, and in its place another: it is taken along as a whole.
  virtual Task<Result<std::string>> history_text() = 0;
  virtual Task<Status> replace_history(std::string text) = 0;

  /// Seals the state and its kept versions with another key; the state becomes a version of its own. What is generated
  /// stays, for it is made of the derivation key. After a crash in between, the same call with the same key goes on.
  Task<Status> rekey(State state, NewKey change, HistoryEntry entry);
  /// A key file was changed: it takes the old one's place, which is kept beside it.
  Status keep_new_key_file(const State& state);
  /// For a key file: the one that `rekey` is to be called with.
  Result<NewKey> next_key_file() const;

  /// Known once the state was read.
  const StateKey& key() const { return *key_; }
  /// 32 bytes: of what nmx generates, and of the history. They stay when the key changes.
  std::string derivation_key(const State& state) const;
  Seal seal(const State& state) const { return Seal(key(), state.lineage); }

 protected:
  /// As `save`; the version before is kept as it is, or as `former` says.
  virtual Task<Status> write(const State& state, std::optional<std::string> former) = 0;
  /// A kept version as it is written; nothing: it is not kept.
  virtual Task<Result<std::optional<std::string>>> version_text(std::uint64_t serial) = 0;
  virtual Task<Status> rewrite_version(std::uint64_t serial, std::string text) = 0;
  virtual std::uint64_t versions() const = 0;

  explicit Store(Keyring keys) : keys_(std::move(keys)) {}
  /// Reads a version's text, and has its key from then on.
  Result<State> opened(std::string_view text);
  /// A state of its own lineage that holds nothing, and its key.
  Result<State> newborn();

  Keyring keys_;
  std::optional<StateKey> key_;
  std::optional<Holder> holder_;
};

/// A name for one run's journal that no other has.
std::string run_id();
/// The first record of a run's journal and the intents of earlier ones that are still open, clear of the plan's
/// numbers.
std::string journal_opening(JournalWriter& writer, std::vector<Intent> unknown);

}  // namespace nmx
