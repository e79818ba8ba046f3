#include <fmt/core.h>

#include <algorithm>
#include <ostream>

#include "cli/backup_rows.hpp"
#include "cli/commands/commands.hpp"
#include "lang/diagnostics/visible.hpp"
#include "lang/value/value_json.hpp"
#include "planner/view/palette.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

Exit run(Context& context) {
  const auto backups = Backups::open(context);
  if (backups == nullptr) return Exit::error;
  const auto jobs = backups->jobs(context.arguments.values("SERVICE"));
  if (jobs.empty()) return Exit::error;
  const BackupRows rows(jobs);
  const Palette colours(context.terminal.colour);
  auto& out = context.streams.out;
  auto exit = Exit::done;
  const auto tell = [&](const BackupJob& job, const Result<Backups::Told>& told) {
    constexpr int some_unread = 3;
    if (told && told->exit_code == 0) {
      out << rows.begin(job) << "  " << colours.good("done") << "\n" << std::flush;
      return;
    }
    exit = Exit::error;
    if (!told) return rows.print_error(out, job, told.error());
    out << rows.begin(job) << "  "
        << (told->exit_code == some_unread ? colours.warn("incomplete: some files could not be read")
                                           : colours.bad("failed"))
        << "\n";
    print_words(out, told->words());
    out << std::flush;
  };
  // First on hosts that may make a repository, so that it is there for the others.
  for (const bool makes : {true, false}) {
    std::vector<BackupJob> now;
    std::copy_if(jobs.begin(), jobs.end(), std::back_inserter(now),
                 [&](const BackupJob& job) { return job.makes == makes; });
    backups->on_hosts(now, "run", {}, tell);
  }
  return exit;
}

struct Listed {
  BackupJob job;
  Result<std::vector<restic::Snapshot>> snapshots;
  Result<BackupRun> run;
};

std::vector<Listed> look(Backups& backups, const std::vector<BackupJob>& jobs) {
  const auto snapshots = backups.on_hosts(jobs, "snapshots");
  const auto runs = backups.on_hosts(jobs, "status");
  std::vector<Listed> listed;
  for (std::size_t i = 0; i < jobs.size(); ++i)
    listed.push_back({jobs[i], read_snapshots(snapshots[i]), read_run(runs[i])});
  return listed;
}

std::string_view word(BackupRun::End end) {
  switch (end) {
    case BackupRun::End::none: return "none";
    case BackupRun::End::success: return "success";
    case BackupRun::End::incomplete: return "incomplete";
    case BackupRun::End::failed: return "failed";
  }
  return "";
}

std::string json(const std::vector<Listed>& listed) {
  List jobs;
  for (const auto& one : listed) {
    Object job{{"backup", one.job.backup},
               {"service", one.job.service},
               {"host", one.job.host},
               {"repository", one.job.repository}};
    if (one.run) {
      job.set("last_run", std::string(word(one.run->end)));
      if (one.run->ended > 0) job.set("last_end", one.run->ended);
      if (one.run->last_success > 0) job.set("last_success", one.run->last_success);
    }
    if (!one.snapshots) job.set("error", one.snapshots.error().message);
    List snapshots;
    if (one.snapshots) {
      for (const auto& snapshot : *one.snapshots) {
        List paths;
        for (const auto& path : snapshot.paths) paths.emplace_back(path);
        snapshots.emplace_back(
            Object{{"id", snapshot.id}, {"time", snapshot.at}, {"host", snapshot.host}, {"paths", std::move(paths)}});
      }
    }
    job.set("snapshots", std::move(snapshots));
    jobs.emplace_back(std::move(job));
  }
  return *to_json(Object{{"version", 1}, {"backups", std::move(jobs)}}, JsonStyle::pretty) + "\n";
}

void print_job(Context& context, const Listed& one, const BackupRows& rows, std::int64_t now, bool each) {
  auto& out = context.streams.out;
  const Palette colours(context.terminal.colour);
  if (!one.snapshots) return rows.print_error(out, one.job, one.snapshots.error());
  const auto& snapshots = *one.snapshots;
  out << rows.begin(one.job) << "  ";
  if (snapshots.empty()) {
    out << colours.warn("no snapshot yet");
  } else {
    out << fmt::format("{}  {}  {} ago, {}", snapshots.back().short_id(), snapshots.back().time,
                       rough_duration(now - snapshots.back().at), counted(snapshots.size(), "snapshot"));
  }
  if (one.run && one.run->end == BackupRun::End::failed)
    out << colours.bad(fmt::format("; the last run failed {} ago", rough_duration(now - one.run->ended)));
  if (one.run && one.run->end == BackupRun::End::incomplete)
    out << colours.warn("; the last run could not read all files");
  out << "\n";
  if (!each) return;
  for (const auto& snapshot : snapshots)
    out << fmt::format("    {}  {}  {}\n", snapshot.short_id(), snapshot.time, snapshot.host);
}

Exit list(Context& context) {
  const auto backups = Backups::open(context);
  if (backups == nullptr) return Exit::error;
  const auto services = context.arguments.values("SERVICE");
  const auto jobs = backups->jobs(services);
  if (jobs.empty()) return Exit::error;
  const auto listed = look(*backups, jobs);
  const bool all_known =
      std::all_of(listed.begin(), listed.end(), [](const Listed& one) { return one.snapshots.has_value(); });
  if (context.arguments.flag("json")) {
    context.streams.out << json(listed);
  } else {
    const BackupRows rows(jobs);
    const auto now = backups->session().env.wall_ms() / 1000;
    for (const auto& one : listed) print_job(context, one, rows, now, !services.empty());
  }
  return all_known ? Exit::done : Exit::error;
}

}  // namespace

Command backup_run_command() {
  return {"backup run",
          "back up now, each service on its own host, and wait for it",
          {services_positional()},
          backup_options({from_option()}),
          run};
}

Command backup_list_command() {
  return {"backup list",
          "show the newest snapshot of each service; of services that are named, all snapshots",
          {services_positional()},
          backup_options({from_option(), {"json", "", "as JSON"}}),
          list};
}

}  // namespace nmx
