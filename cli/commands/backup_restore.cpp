#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>

#include "cli/applying.hpp"
#include "cli/backup_rows.hpp"
#include "cli/commands/commands.hpp"

namespace nmx {
namespace {

/// A snapshot to bring back, and of it one database where it holds those of several services.
struct Step {
  BackupJob job;
  restic::Snapshot snapshot;
  std::string database;
};

/// Of several backups of a service the one with the snapshot that is meant.
Result<Step> choose(Backups& backups, const std::vector<BackupJob>& jobs) {
  const auto& arguments = backups.session().context.arguments;
  const auto told = backups.on_hosts(jobs, "snapshots");
  std::optional<Step> chosen;
  Result<Step> wrong = Error{"there is no snapshot yet"};
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto snapshots = read_snapshots(told[i]);
    const auto one = !snapshots ? Result<restic::Snapshot>(snapshots.error())
                                : choose_snapshot(*snapshots, arguments.value("snapshot").value_or(""),
                                                  arguments.value("at").value_or(""));
    if (!one) {
      wrong = one.error();
    } else if (!chosen || one->at > chosen->snapshot.at) {
      chosen = Step{jobs[i], *one, ""};
    }
  }
  if (chosen) return *std::move(chosen);
  return wrong;
}

/// The database that another service keeps for it, as it was when the files were backed up: the next dump after that,
/// which is of the same night, or the last one before.
Result<std::optional<Step>> database_of(Backups& backups, const Step& files) {
  if (files.job.server.empty()) return std::optional<Step>();
  const auto& all = backups.all();
  const auto server = std::find_if(all.begin(), all.end(), [&](const BackupJob& job) {
    return job.service == files.job.server && job.backup == files.job.backup;
  });
  if (server == all.end()) {
    return Error{fmt::format("its database is in `{}`, which this backup does not take", files.job.server),
                 fmt::format("add `service.{}` to `of`", files.job.server)};
  }
  const auto snapshots = read_snapshots(backups.on_host(*server, "snapshots"));
  if (!snapshots) return snapshots.error();
  if (snapshots->empty()) return Error{fmt::format("`{}` has no snapshot with its database", server->service)};
  const auto distance = [&](const restic::Snapshot& one) { return std::abs(one.at - files.snapshot.at); };
  const auto nearest = std::min_element(snapshots->begin(), snapshots->end(),
                                        [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return std::optional(Step{*server, *nearest, files.job.service});
}

void print_step(std::ostream& out, const Step& step) {
  const auto what = step.database.empty() ? step.job.service : fmt::format("{}, its database", step.database);
  out << fmt::format("  {} on {}: {} of {}, from {}", what, step.job.host, step.snapshot.short_id(), step.snapshot.time,
                     step.job.repository);
}

bool carry_out(Backups& backups, const Step& step) {
  auto& streams = backups.session().context.streams;
  print_step(streams.out, step);
  streams.out << std::flush;
  std::vector<std::string> arguments = {step.snapshot.id};
  if (!step.database.empty()) arguments.push_back(step.database);
  const auto told = backups.on_host(step.job, "restore", arguments);
  if (told && told->exit_code == 0) {
    streams.out << "  restored\n" << std::flush;
    return true;
  }
  streams.out << "  failed\n" << std::flush;
  if (!told) return backups.session().print_error(told.error()), false;
  print_words(streams.out, told->words());
  return false;
}

/// The jobs of servers that keep the database of a service which has nothing else: it has no job of its own then.
std::vector<BackupJob> keepers_of(const Backups& backups, const std::string& service) {
  std::vector<BackupJob> found;
  for (const auto& job : backups.all()) {
    if (job.service == service) return {};
    if (std::find(job.databases.begin(), job.databases.end(), service) != job.databases.end()) found.push_back(job);
  }
  return found;
}

/// What is to be done for these services, servers of databases first: a service whose server is restored whole needs no
/// step of its own for its database. Empty: it was printed why not.
std::vector<Step> steps_for(Backups& backups, const std::vector<std::string>& services) {
  const auto fail = [&](const std::string& service, const Error& error) {
    backups.session().print_error({fmt::format("cannot restore `{}`: {}", service, error.message), error.help});
    return std::vector<Step>();
  };
  const auto is_asked = [&](const std::string& service) {
    return std::find(services.begin(), services.end(), service) != services.end();
  };
  std::vector<Step> databases;
  std::vector<Step> files;
  for (const auto& service : services) {
    const auto keepers = keepers_of(backups, service);
    const auto jobs = keepers.empty() ? backups.jobs({service}) : keepers;
    if (jobs.empty()) return {};
    auto chosen = choose(backups, jobs);
    if (!chosen) return fail(service, chosen.error());
    if (!keepers.empty()) {
      chosen->database = service;
      databases.push_back(*std::move(chosen));
      continue;
    }
    auto database =
        is_asked(chosen->job.server) ? Result<std::optional<Step>>(std::nullopt) : database_of(backups, *chosen);
    if (!database) return fail(service, database.error());
    if (*database) databases.push_back(**std::move(database));
    const auto& all = backups.all();
    const bool serves =
        std::any_of(all.begin(), all.end(), [&](const BackupJob& job) { return job.server == service; });
    (serves ? databases : files).push_back(*std::move(chosen));
  }
  databases.insert(databases.end(), files.begin(), files.end());
  return databases;
}

Exit restore(Context& context) {
  const auto backups = Backups::open(context);
  if (backups == nullptr) return Exit::error;
  auto services = context.arguments.values("SERVICE");
  const bool all = context.arguments.flag("all");
  if (all == !services.empty()) {
    backups->session().print_error({"which service?", "name it, or say `-all`; `nmx backup list` shows them"});
    return Exit::error;
  }
  if (all) {
    for (const auto& job : backups->jobs({})) {
      if (std::find(services.begin(), services.end(), job.service) == services.end()) services.push_back(job.service);
    }
  }
  const auto steps = steps_for(*backups, services);
  if (steps.empty()) return Exit::error;
  if (context.terminal.interactive_in) {
    for (const auto& step : steps) {
      print_step(context.streams.out, step);
      context.streams.out << "\n";
    }
  }
  const bool one = services.size() == 1;
  const auto loss = fmt::format("what `{}` hold{} now", fmt::join(services, "`, `"), one ? "s" : "");
  if (approve_loss(context, loss, one ? services.front() : fmt::format("lose {}", services.size())) ==
      Approval::refused)
    return Exit::not_approved;
  // Nothing writes to a database meanwhile; each service is started again with its files.
  std::vector<BackupJob> stopped;
  for (const auto& step : steps) {
    if (step.database.empty() && !step.job.server.empty()) stopped.push_back(step.job);
  }
  backups->on_hosts(stopped, "stop");
  std::size_t failed = 0;
  for (const auto& step : steps) {
    if (!carry_out(*backups, step)) ++failed;
  }
  if (failed > 0) backups->on_hosts(stopped, "start");
  return failed == 0 ? Exit::done : Exit::error;
}

}  // namespace

Command backup_restore_command() {
  std::vector<Option> options = {{"all", "", "all services of the site"},
                                 {"snapshot", "ID", "this one, and not the newest"},
                                 {"at", "TIME", "as it was then: `2026-11-26`, `2026-11-26 03:12`"},
                                 from_option()};
  for (auto& option : loss_options()) options.push_back(std::move(option));
  return {"backup restore",
          "bring a service's files and databases back; when that fails, what was there before is there again",
          {{"SERVICE", "the services", false, true}},
          backup_options(std::move(options)),
          restore};
}

}  // namespace nmx
