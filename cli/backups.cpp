#include "cli/backups.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "lang/diagnostics/suggest.hpp"
#include "lang/syntax/parser.hpp"
#include "planner/runtime/gather.hpp"
#include "planner/runtime/interruptible.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

/// No backup takes longer, and none is cut off before.
constexpr Milliseconds longest{std::chrono::hours{24 * 7}};

/// Without any block of that kind there is no such name.
constexpr std::string_view every_job = "can(backup) ? flatten([for b in backup : b.jobs]) : []";

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

BackupRun::End parse_end(std::string_view text) {
  using End = BackupRun::End;
  return text == "success"      ? End::success
         : text == "incomplete" ? End::incomplete
         : text == "failed"     ? End::failed
                                : End::none;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

}  // namespace

std::unique_ptr<Backups> Backups::open(Context& context) {
  auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return nullptr;
  session->evaluator->instantiate();
  if (session->told_errors()) return nullptr;
  const auto source = session->sources.add("backups", std::string(every_job));
  const auto expression = parse_expression(session->sources, source, session->diagnostics);
  const auto value = session->evaluator->evaluate(*expression);
  if (session->told_errors()) return nullptr;
  std::unique_ptr<Backups> backups(new Backups(std::move(session)));
  for (const auto& one : elements(value)) {
    const Fields fields(one);
    BackupJob job{fields.text_or("job", ""),        fields.text_or("backup", ""),
                  fields.text_or("service", ""),    fields.text_or("host", ""),
                  fields.text_or("repository", ""), fields.boolean_or("makes", false),
                  fields.text_or("server", ""),     {}};
    for (const auto& database : elements(fields.at("databases")))
      job.databases.push_back(tolerant_text(database).value_or(""));
    backups->all_.push_back(std::move(job));
  }
  return backups;
}

std::vector<BackupJob> Backups::jobs(const std::vector<std::string>& services) {
  const auto from = session_->context.arguments.value("from");
  std::vector<BackupJob> found;
  std::vector<std::string> known;
  for (const auto& job : all_) {
    known.push_back(job.service);
    if (from && job.backup != *from) continue;
    if (services.empty() || std::find(services.begin(), services.end(), job.service) != services.end())
      found.push_back(job);
  }
  for (const auto& name : services) {
    if (std::any_of(found.begin(), found.end(), [&](const BackupJob& job) { return job.service == name; })) continue;
    auto help = did_you_mean(name, known);
    if (help.empty()) help = known.empty() ? "add `backup nightly {}`" : "`nmx backup list` shows what is backed up";
    session_->print_error(
        {fmt::format("no backup takes `{}`{}", name, from ? fmt::format(" to `{}`", *from) : ""), help});
    return {};
  }
  if (found.empty() && from) {
    session_->print_error({fmt::format("no backup is called `{}`", *from)});
  } else if (found.empty()) {
    session_->print_error({"nothing is backed up", "add `repository offsite { … }` and `backup nightly {}`"});
  }
  return found;
}

std::string Backups::Told::words() const { return trimmed(errors.empty() ? output : errors); }

Task<Result<Backups::Told>> Backups::ask(BackupJob job, std::vector<std::string> words, OnEnd on_end) {
  const auto answer = [&](Result<Told> told) {
    if (on_end) on_end(job, told);
    return told;
  };
  const auto host = look_up_host(*session_, job.host);
  if (!host) co_return answer(host.error());
  auto acquiring = places_.acquire();
  auto place = co_await acquiring;
  Ssh ssh(session_->env);
  auto running = ssh.run(*host, "exec nmx-backup \"$@\"", std::move(words), SshConnection::shared, longest);
  auto waiting = interruptible(&session_->env, std::move(running));
  auto result = co_await waiting;
  place.release();
  if (!result)
    co_return answer(Error{fmt::format("`{}` goes on by itself", job.host), "`nmx backup list` tells how it ends"});
  if (!*result) co_return answer(result->error());
  if (const auto* failure = std::get_if<SshFailure>(&**result)) co_return answer(failure->error);
  auto& ended = std::get<ChildResult>(**result);
  if (ended.exit_code == 127)
    co_return answer(Error{fmt::format("`{}` has no backups yet", job.host), "`nmx apply` brings them there"});
  co_return answer(Told{ended.exit_code, std::move(ended.output), std::move(ended.errors)});
}

std::vector<Result<Backups::Told>> Backups::on_hosts(const std::vector<BackupJob>& jobs, const std::string& verb,
                                                     const std::vector<std::string>& arguments, const OnEnd& on_end) {
  std::vector<Task<Result<Told>>> tasks;
  for (const auto& job : jobs) {
    std::vector<std::string> words = {verb, job.name};
    words.insert(words.end(), arguments.begin(), arguments.end());
    tasks.push_back(ask(job, std::move(words), on_end));
  }
  return session_->env.drive(gather(std::move(tasks)));
}

Result<Backups::Told> Backups::on_host(const BackupJob& job, const std::string& verb,
                                       const std::vector<std::string>& arguments) {
  return std::move(on_hosts({job}, verb, arguments).front());
}

Result<std::vector<restic::Snapshot>> read_snapshots(const Result<Backups::Told>& told) {
  if (!told) return told.error();
  if (told->exit_code != 0) return Error{told->words()};
  return restic::read_snapshots(told->output);
}

Result<BackupRun> read_run(const Result<Backups::Told>& told) {
  if (!told) return told.error();
  if (told->exit_code != 0) return Error{told->words()};
  BackupRun run;
  for (const auto& line : split_list(told->output, "\n")) {
    const auto words = split_list(line, " ");
    if (words.size() != 2) continue;
    if (words[0] == "result") run.end = parse_end(words[1]);
    if (words[0] == "ended") run.ended = number(words[1]);
    if (words[0] == "success") run.last_success = number(words[1]);
  }
  return run;
}

std::string rough_duration(std::int64_t seconds) {
  if (seconds < 120) return fmt::format("{} s", std::max<std::int64_t>(0, seconds));
  if (seconds < 120 * 60) return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86'400);
}

}  // namespace nmx
