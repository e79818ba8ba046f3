#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "planner/runtime/env.hpp"
#include "planner/runtime/waiter.hpp"
#include "planner/store/shelf.hpp"
#include "planner/store/store.hpp"

namespace nmx {

/// A store on another machine. Everything a crashed run needs lies there, so that any machine can go on from it: a
/// record of the journal is done when it lies on the shelf (docs/decisions/007). Each write replaces what this run last
/// saw, so a run that lost its lock writes nothing any more.
class RemoteStore : public Store {
 public:
  RemoteStore(std::unique_ptr<Shelf> shelf, std::string environment, Keyring keys, Env& env);
  ~RemoteStore() override;

  std::string place() const override;
  Task<Result<State>> read() override;
  Task<Result<JournalContent>> read_journal(const State& state) override;
  Task<Result<std::string>> lock(std::string owner, std::int64_t wall_ms) override;
  Task<Status> beat(std::int64_t wall_ms) override;
  Task<Status> release() override;
  Task<Status> unlock(std::string id) override;
  Task<Result<JournalWriter>> begin_journal(const State& state, std::vector<Intent> unknown) override;
  Task<Status> append(std::string record) override;
  Task<Status> remember(const State& state, const HistoryEntry& entry) override;
  Task<Result<History>> history(const State& state) override;
  Task<Result<std::string>> history_text() override;
  Task<Status> replace_history(std::string text) override;
  Task<Status> end_journal(const State& state, std::vector<Intent> unknown) override;

 protected:
  Task<Status> write(const State& state, std::optional<std::string> former) override;
  Task<Result<std::optional<std::string>>> version_text(std::uint64_t serial) override;
  Task<Status> rewrite_version(std::uint64_t serial, std::string text) override;
  std::uint64_t versions() const override { return shelf_->versions(); }

 private:
  /// What this run last saw of a document; empty text: none, or one that was emptied.
  using Seen = Shelved;
  std::string name(std::string_view part) const;
  Task<Result<Seen>> look(std::string part);
  /// Replaces what was seen, which then is what was written. Errors: `moved`, where somebody else wrote meanwhile.
  Task<Status> replace(std::string part, Seen* seen, std::string text, Error moved);
  Task<Status> claim_journal();
  Task<Done> write_journal();

  std::unique_ptr<Shelf> shelf_;
  std::string environment_;
  Env& env_;
  Seen state_;
  Seen journal_;
  Seen lock_;
  std::int64_t heard_ms_ = 0;

  /// Records that wait for their place in the journal, and who waits for them.
  std::string pending_;
  std::vector<Waiter> waiting_;
  Status journal_status_ = Done{};
  std::optional<Task<Done>> writing_;
};

}  // namespace nmx
