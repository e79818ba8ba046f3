#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "planner/runtime/env.hpp"
#include "planner/store/lease.hpp"
#include "planner/store/store.hpp"

namespace nmx {

/// A store in a folder: `<environment>.json`, its last versions in `history/`, the journal of a running apply, the
/// lock, and the key.
class LocalStore : public Store {
 public:
  /// `folder` is the site's `.nmx`, made (mode 0700) when it is missing. The journal is written by `env`, which lives
  /// longer.
  static Result<std::unique_ptr<LocalStore>> open(const std::filesystem::path& folder, std::string environment,
                                                  Keyring keys, Env& env);

  std::string place() const override { return state_path().string(); }
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

  std::filesystem::path state_path() const;
  std::filesystem::path journal_path() const;
  std::filesystem::path history_path() const;
  std::filesystem::path lock_path() const;

 protected:
  Task<Status> write(const State& state, std::optional<std::string> former) override;
  Task<Result<std::optional<std::string>>> version_text(std::uint64_t serial) override;
  Task<Status> rewrite_version(std::uint64_t serial, std::string text) override;
  std::uint64_t versions() const override { return 20; }

 private:
  std::filesystem::path version_path(std::uint64_t serial) const;
  LocalStore(std::filesystem::path folder, std::string environment, Keyring keys, Env& env);
  Status keep(std::uint64_t serial, const std::optional<std::string>& former);
  std::filesystem::path folder_;
  std::string environment_;
  Env& env_;
  std::optional<Lease> lease_;
};

}  // namespace nmx
