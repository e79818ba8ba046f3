#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "cli/backup_rows.hpp"
#include "cli/commands/commands.hpp"
#include "lang/diagnostics/visible.hpp"
#include "planner/view/palette.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

/// One host for each repository: the one that looks after it, or, where each host has its own, all of them.
std::vector<BackupJob> keepers(const std::vector<BackupJob>& jobs, const std::vector<std::string>& repositories) {
  std::map<std::pair<std::string, std::string>, BackupJob> made;
  std::map<std::string, BackupJob> any;
  for (const auto& job : jobs) {
    if (!repositories.empty() &&
        std::find(repositories.begin(), repositories.end(), job.repository) == repositories.end())
      continue;
    any.try_emplace(job.repository, job);
    if (job.makes) made.try_emplace({job.repository, job.host}, job);
  }
  std::vector<BackupJob> found;
  for (auto& [place, job] : made) {
    any.erase(job.repository);
    found.push_back(job);
  }
  for (auto& [name, job] : any) found.push_back(job);
  return found;
}

Exit check(Context& context) {
  const auto backups = Backups::open(context);
  if (backups == nullptr) return Exit::error;
  const auto repositories = context.arguments.values("REPOSITORY");
  const auto jobs = keepers(backups->all(), repositories);
  for (const auto& name : repositories) {
    if (std::any_of(jobs.begin(), jobs.end(), [&](const BackupJob& job) { return job.repository == name; })) continue;
    backups->session().print_error({fmt::format("nothing is backed up to a repository `{}`", name)});
    return Exit::error;
  }
  std::vector<std::string> share;
  if (const auto data = context.arguments.value("data")) share.push_back(*data);
  auto exit = Exit::done;
  auto& out = context.streams.out;
  backups->on_hosts(jobs, "check", share, [&](const BackupJob& job, const Result<Backups::Told>& told) {
    const auto row = fmt::format("  {}  looked at from {}", job.repository, job.host);
    if (told && told->exit_code == 0) {
      out << row << "  sound\n";
      return;
    }
    exit = Exit::error;
    out << row << "  " << (told ? "not sound" : "error") << "\n";
    print_words(out, told ? told->output + told->errors : told.error().message);
  });
  return exit;
}

/// What a host found in what it restored: `files 3`, `database x`, `problem …`.
void print_findings(std::ostream& out, const BackupRows& rows, const BackupJob& job, const restic::Snapshot& snapshot,
                    const std::string& output) {
  std::string files;
  std::size_t databases = 0;
  std::vector<std::string> problems;
  for (const auto& line : split_list(output, "\n")) {
    const auto blank = line.find(' ');
    const auto rest = line.substr(std::min(blank, line.size() - 1) + 1);
    if (line.rfind("files ", 0) == 0) files = rest;
    if (line.rfind("database ", 0) == 0) ++databases;
    if (line.rfind("problem ", 0) == 0) problems.push_back(rest);
  }
  out << fmt::format("{}  {} of {}: {} files{}, {}\n", rows.begin(job), snapshot.short_id(), snapshot.time, files,
                     databases == 0 ? "" : ", " + counted(databases, "database"),
                     problems.empty() ? "all can be brought back" : "not all can be brought back");
  for (const auto& one : problems) out << "      " << visible(one) << "\n";
}

Exit verify(Context& context) {
  const auto backups = Backups::open(context);
  if (backups == nullptr) return Exit::error;
  const auto jobs = backups->jobs(context.arguments.values("SERVICE"));
  if (jobs.empty()) return Exit::error;
  const BackupRows rows(jobs);
  auto exit = Exit::done;
  auto& out = context.streams.out;
  const auto fail = [&](const BackupJob& job, const Error& error) {
    rows.print_error(out, job, error);
    exit = Exit::error;
  };
  for (const auto& job : jobs) {
    const auto snapshots = read_snapshots(backups->on_host(job, "snapshots"));
    const auto chosen = !snapshots ? Result<restic::Snapshot>(snapshots.error())
                                   : choose_snapshot(*snapshots, context.arguments.value("snapshot").value_or(""),
                                                     context.arguments.value("at").value_or(""));
    if (!chosen) {
      fail(job, chosen.error());
      continue;
    }
    const auto told = backups->on_host(job, "verify", {chosen->id});
    if (!told) {
      fail(job, told.error());
      continue;
    }
    if (told->exit_code != 0) exit = Exit::error;
    if (told->output.find("files ") == std::string::npos) {
      rows.print_error(out, job, {"it cannot be restored"});
      print_words(out, told->words());
      continue;
    }
    print_findings(out, rows, job, *chosen, told->output);
    out << std::flush;
  }
  return exit;
}

}  // namespace

Command backup_check_command() {
  return {"backup check",
          "look whether repositories are sound",
          {{"REPOSITORY", "only these", false, true}},
          backup_options({{"data", "SHARE", "read so much of the data too: `5%`, `1/12`, `100%`"}}),
          check};
}

Command backup_verify_command() {
  return {"backup verify",
          "restore the newest snapshots into scratch folders, and look whether files and databases are whole",
          {services_positional()},
          backup_options({from_option(),
                          {"snapshot", "ID", "this one"},
                          {"at", "TIME", "as it was then: `2026-11-26`, `2026-11-26 03:12`"}}),
          verify};
}

}  // namespace nmx
