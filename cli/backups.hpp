#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/hosts.hpp"
#include "planner/runtime/semaphore.hpp"
#include "providers/restic/snapshot.hpp"

namespace nmx {

/// A service's backup to a repository: a unit on the service's host (stdlib/kinds/backup.nmx).
struct BackupJob {
  std::string name;  // `nightly-vaultwarden`
  std::string backup;
  std::string service;
  std::string host;
  std::string repository;
  /// Its host may make the repository, and looks after it.
  bool makes = false;
  /// The service that keeps its database for it; empty: none.
  std::string server;
  /// What it dumps: of a server for others the databases of those, by the services' names.
  std::vector<std::string> databases;
};

/// How a job's last run ended.
struct BackupRun {
  enum class End { none, success, incomplete, failed } end = End::none;
  /// Seconds since 1970; 0: never.
  std::int64_t ended = 0;
  std::int64_t last_success = 0;
};

/// The backups of a site, carried out where their data is: restic runs on the hosts, with the secrets that these have.
class Backups {
 public:
  /// Opens the site and its state. What is wrong was printed; empty: nothing to work with then.
  static std::unique_ptr<Backups> open(Context& context);

  /// The jobs of these services, all without any; `-from` narrows them to one backup. Empty: that was printed.
  std::vector<BackupJob> jobs(const std::vector<std::string>& services);
  const std::vector<BackupJob>& all() const { return all_; }

  /// What became of a command on a job's host.
  struct Told {
    int exit_code = 0;
    std::string output;
    std::string errors;
    /// Words for people: what was said on standard error, else on standard output.
    std::string words() const;
  };
  /// Told of a job as soon as what was asked of it has ended.
  using OnEnd = std::function<void(const BackupJob&, const Result<Told>&)>;
  /// Runs `nmx-backup VERB JOB ARGUMENTS…` on the host of each, side by side, and waits for as long as it takes.
  /// Errors: the host cannot be reached, or the user does not want to wait any more.
  std::vector<Result<Told>> on_hosts(const std::vector<BackupJob>& jobs, const std::string& verb,
                                     const std::vector<std::string>& arguments = {}, const OnEnd& on_end = {});
  Result<Told> on_host(const BackupJob& job, const std::string& verb, const std::vector<std::string>& arguments = {});

  Session& session() { return *session_; }

 private:
  explicit Backups(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  Task<Result<Told>> ask(BackupJob job, std::vector<std::string> words, OnEnd on_end);
  std::unique_ptr<Session> session_;
  std::vector<BackupJob> all_;
  Semaphore places_{8};
};

// What hosts say.
Result<std::vector<restic::Snapshot>> read_snapshots(const Result<Backups::Told>& told);
Result<BackupRun> read_run(const Result<Backups::Told>& told);

/// `9 min`, `3 h`, `12 d`.
std::string rough_duration(std::int64_t seconds);

}  // namespace nmx
