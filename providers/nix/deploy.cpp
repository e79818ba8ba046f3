#include "providers/nix/deploy.hpp"

#include <fmt/core.h>

#include <map>

#include "providers/nix/deploy_build.hpp"
#include "providers/nix/deploy_scripts.hpp"

namespace nmx::nix {
namespace {

using std::chrono::seconds;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// What follows `word ` on the first line that begins so.
std::optional<std::string> fact(std::string_view printed, std::string_view word) {
  for (const auto& line : lines_of(printed)) {
    if (line.size() > word.size() && line[word.size()] == ' ' && line.compare(0, word.size(), word) == 0)
      return line.substr(word.size() + 1);
  }
  return std::nullopt;
}

std::string indented(std::string_view text) {
  std::string out;
  for (const auto& line : lines_of(text)) out += "\n    " + line;
  return out;
}

/// One host while it is brought to a system.
class Move {
 public:
  Move(Env* env, const Deployment& deployment) : env_(env), ssh_(*env), to_(deployment) {}

  /// What the host printed. Errors: it cannot be reached, or the script failed.
  Task<Result<std::string>> ask(std::string script, std::vector<std::string> arguments, SshConnection connection,
                                Milliseconds timeout) {
    auto running = ssh_.run(to_.ssh, std::move(script), std::move(arguments), connection, timeout);
    const auto answer = co_await running;
    if (!answer) co_return answer.error();
    if (const auto* failure = std::get_if<SshFailure>(&*answer)) {
      reachable_ = failure->kind != SshFailure::Kind::unreachable && failure->kind != SshFailure::Kind::lost;
      co_return failure->error;
    }
    reachable_ = true;
    const auto& result = std::get<ChildResult>(*answer);
    if (result.exit_code != 0) {
      const auto lines = lines_of(result.errors);
      co_return Error{
          fmt::format("`{}` failed: {}", to_.ssh.name, lines.size() == 1 ? lines[0] : indented(result.errors))};
    }
    co_return result.output;
  }

  /// Asks again, over a new connection, until somebody answers or the time is over. A wrong key or login is final.
  Task<Result<std::string>> insist(std::string script, std::vector<std::string> arguments, seconds limit,
                                   Milliseconds timeout) {
    const auto end = env_->now() + limit;
    for (auto connection = SshConnection::shared;; connection = SshConnection::fresh) {
      auto asking = ask(script, arguments, connection, std::min<Milliseconds>(timeout, end - env_->now() + seconds(5)));
      auto answer = co_await asking;
      if (answer || reachable_ || env_->now() >= end) co_return answer;
      auto pause = env_->sleep(Milliseconds{500});
      co_await pause;
    }
  }

  Task<Result<Running>> running(seconds limit) {
    auto asking = insist(scripts::state, {}, limit, Milliseconds{30'000});
    const auto printed = co_await asking;
    if (!printed) co_return printed.error();
    auto system = fact(*printed, "system").value_or("");
    auto former = fact(*printed, "former").value_or(system);
    co_return Running{std::move(system), fact(*printed, "profile").value_or(""), fact(*printed, "trial").value_or(""),
                      std::move(former)};
  }

  /// Nothing: the host runs the system and is well. Otherwise what went wrong; it is then to go back.
  Task<Result<std::optional<std::string>>> switch_over(std::string toplevel) {
    auto beginning =
        ask(scripts::begin,
            {toplevel, std::to_string(to_.switches_within.count()), std::to_string(to_.confirmed_within.count())},
            SshConnection::shared, Milliseconds{60'000});
    const auto begun = co_await beginning;
    // Lost on the way, it may have begun: the wait tells.
    if (!begun && reachable_) co_return begun.error();
    auto waiting = wait_for_it();
    co_return co_await waiting;
  }

  /// The same for a switch that has begun.
  Task<Result<std::optional<std::string>>> wait_for_it() {
    auto waiting = insist(scripts::wait, {"switch", std::to_string(to_.switches_within.count())},
                          to_.switches_within + to_.confirmed_within, to_.switches_within + seconds(30));
    const auto printed = co_await waiting;
    if (!printed) co_return std::optional("nobody could reach it after the switch: " + printed.error().message);
    status_ = fact(*printed, "status").value_or("none");
    const auto said = printed->substr(std::min(printed->find('\n'), printed->size()));
    if (status_ == "none")
      co_return std::optional(fmt::format("the switch did not end within {} s", to_.switches_within.count()));
    // 100: all is done but what only a reboot can do. Source: switch-to-configuration.
    if (status_ == "0" || status_ == "100") co_return std::optional<std::string>();
    auto asking = failed_units(said);
    const auto units = co_await asking;
    co_return std::optional(fmt::format("the switch failed:{}{}", indented(said), indented(units)));
  }

  /// Whether the host answers over a new connection and everything on it is well.
  Task<std::optional<std::string>> examine() {
    const auto end = env_->now() + std::min(to_.healthy_within, to_.confirmed_within);
    std::vector<std::string> arguments{std::to_string(to_.check_within.count())};
    arguments.insert(arguments.end(), to_.checks.begin(), to_.checks.end());
    for (;;) {
      auto asking = ask(scripts::examine, arguments, SshConnection::fresh, to_.check_within + seconds(15));
      const auto printed = co_await asking;
      if (printed && *printed == "well\n") co_return std::nullopt;
      if (env_->now() >= end) {
        if (!printed) co_return "it cannot be reached any more: " + printed.error().message;
        auto failing = failed_units(*printed);
        const auto units = co_await failing;
        co_return fmt::format("it is not well:{}{}", indented(*printed), indented(units));
      }
      auto pause = env_->sleep(Milliseconds{1'000});
      co_await pause;
    }
  }

  Task<Result<std::string>> confirm() { return ask(scripts::confirm, {}, SshConnection::fresh, Milliseconds{30'000}); }

  /// Makes the host go back, or waits until it did so by itself; what it runs then.
  Task<std::string> return_from(std::string former) {
    auto telling = ask(scripts::back, {}, SshConnection::fresh, Milliseconds{30'000});
    const auto told = co_await telling;
    const bool by_itself = !told || *told == "already\n";
    const auto patience = to_.confirmed_within + seconds(60) + (status_ == "none" ? to_.switches_within : seconds(0));
    auto waiting = insist(scripts::wait, {"back", std::to_string(to_.switches_within.count())}, patience,
                          to_.switches_within + seconds(30));
    const auto printed = co_await waiting;
    auto looking = running(seconds(10));
    const auto now = co_await looking;
    const auto& name = to_.ssh.name;
    if (!now) co_return fmt::format("`{}` has not been reached since: {}", name, now.error().message);
    if (now->system != former) {
      const auto said =
          printed ? indented(printed->substr(std::min(printed->find('\n'), printed->size()))) : std::string();
      co_return fmt::format("`{}` did not go back and runs {}{}", name, now->system, said);
    }
    co_return fmt::format("`{}` {} and runs {} again", name, by_itself ? "went back by itself" : "went back", former);
  }

  std::vector<std::string> notes() const {
    if (status_ != "100") return {};
    return {fmt::format("`{}` needs a reboot for all of it", to_.ssh.name)};
  }

 private:
  /// The last words of the units that a text says failed.
  Task<std::string> failed_units(std::string text) {
    constexpr std::string_view mark = "the following units failed: ";
    std::vector<std::string> units;
    for (const auto& line : lines_of(text)) {
      const auto at = line.find(mark);
      if (at != std::string::npos) {
        for (std::size_t begin = at + mark.size(); begin < line.size();) {
          const auto end = std::min(line.find(", ", begin), line.size());
          units.push_back(line.substr(begin, end - begin));
          begin = end + 2;
        }
      } else if (line.rfind("ill ", 0) == 0 && line.size() > 11 && line.compare(line.size() - 7, 7, " failed") == 0) {
        units.push_back(line.substr(4, line.size() - 11));
      }
    }
    if (units.empty()) co_return std::string();
    auto asking = ask(scripts::last_words, units, SshConnection::shared, Milliseconds{30'000});
    const auto said = co_await asking;
    co_return said ? *said : std::string();
  }

  Env* env_;
  Ssh ssh_;
  const Deployment& to_;
  bool reachable_ = false;
  std::string status_;
};

}  // namespace

Task<Result<Running>> running_system(Env* env, SshHost host) {
  Deployment to;
  to.ssh = std::move(host);
  Move move(env, to);
  auto asking = move.running(seconds(0));
  co_return co_await asking;
}

Task<Result<Deployed>> deploy(Env* env, Workplaces* places, Deployment deployment, Progress progress) {
  const auto say = [&](std::string what) {
    if (progress) progress(std::move(what));
  };
  Move move(env, deployment);
  auto looking = move.running(deployment.answers_within);
  const auto before = co_await looking;
  if (!before) co_return before.error();
  Deployed deployed;
  deployed.toplevel = deployment.toplevel;
  const auto runs = [&](const std::string& system) {
    return before->system == system && before->profile == system && before->trial.empty();
  };
  if (!deployment.toplevel.empty() && runs(deployment.toplevel)) co_return deployed;

  if (deployment.toplevel.empty() || before->trial != deployment.toplevel) {
    say("building");
    auto building = build_and_copy(env, places, deployment, progress);
    const auto built = co_await building;
    if (!built) co_return built.error();
    deployed.toplevel = *built;
    if (runs(*built)) co_return deployed;
  }

  const bool has_begun = before->trial == deployed.toplevel;
  say(has_begun ? "waiting for the switch that had begun" : "switching");
  auto switching = has_begun ? move.wait_for_it() : move.switch_over(deployed.toplevel);
  auto wrong = co_await switching;
  if (!wrong) co_return wrong.error();
  if (!*wrong) {
    say("checking");
    auto examining = move.examine();
    *wrong = co_await examining;
  }
  if (!*wrong) {
    auto confirming = move.confirm();
    const auto confirmed = co_await confirming;
    if (confirmed && *confirmed == "confirmed\n") {
      deployed.changed = true;
      deployed.notes = move.notes();
      co_return deployed;
    }
    *wrong = confirmed ? fmt::format("nobody reached it within {} s", deployment.confirmed_within.count())
                       : "it cannot be reached any more: " + confirmed.error().message;
  }
  say("going back");
  auto returning = move.return_from(before->former);
  const auto outcome = co_await returning;
  co_return Error{
      fmt::format("cannot switch `{}`: {}\n  {}", deployment.host, **wrong, outcome),
      fmt::format("`nmx logs` and `nmx shell {}` show more; the next apply tries again", deployment.ssh.name)};
}

Task<Result<std::string>> go_back(Env* env, SshHost host) {
  Deployment to;
  to.ssh = std::move(host);
  Move move(env, to);
  auto asking = move.ask(scripts::former, {}, SshConnection::shared, Milliseconds{600'000});
  const auto printed = co_await asking;
  if (!printed) co_return printed.error();
  co_return fact(*printed, "system").value_or("");
}

}  // namespace nmx::nix
