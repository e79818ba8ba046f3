#include <fmt/core.h>

#include <ostream>

#include "cli/applying.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/guests.hpp"
#include "cli/hosts.hpp"
#include "providers/nix/deploy.hpp"

// Commands that go to a machine of the site.
namespace nmx {
namespace {

/// Opens the site and finds the machine that an argument names.
std::pair<std::unique_ptr<Session>, std::optional<SshHost>> reach(Context& context, const std::string& name) {
  auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return {nullptr, std::nullopt};
  auto host = find_host(*session, name);
  return {std::move(session), std::move(host)};
}

Exit shell(Context& context) {
  auto [session, host] = reach(context, context.arguments.value("HOST").value_or(""));
  if (!host) return Exit::error;
  return become_ssh(std::move(session), *host, {});
}

Exit execute(Context& context) {
  if (context.arguments.values("COMMAND").empty()) {
    context.streams.err << "error: `nmx exec` wants to know what to run\n  help: `nmx exec HOST -- COMMAND`; "
                           "`nmx shell HOST` opens a shell\n";
    return Exit::error;
  }
  auto [session, host] = reach(context, context.arguments.value("HOST").value_or(""));
  if (!host) return Exit::error;
  return become_ssh(std::move(session), *host, context.arguments.values("COMMAND"));
}

Exit logs(Context& context) {
  const auto service = context.arguments.value("SERVICE").value_or("");
  auto [session, host] = reach(context, context.arguments.value("on").value_or(service));
  if (!host) return Exit::error;
  std::vector<std::string> command = {"journalctl", "--no-pager",
                                      "-u",         context.arguments.value("unit").value_or(service),
                                      "-n",         context.arguments.value("n").value_or("50")};
  if (context.arguments.flag("f")) command.emplace_back("-f");
  return become_ssh(std::move(session), *host, command);
}

Exit rollback(Context& context) {
  if (const auto snapshot = context.arguments.value("snapshot")) return roll_back_to_snapshot(context, *snapshot);
  auto [session, host] = reach(context, context.arguments.value("CONTAINER").value_or(""));
  if (!host) return Exit::error;
  const auto system = session->env.drive(nix::go_back(&session->env, *host));
  if (!system) return session->failed(system.error());
  context.streams.out << fmt::format("`{}` runs {} again\n", host->name, *system)
                      << "The next apply brings it forward again, unless the configuration goes back too.\n";
  return Exit::done;
}

std::vector<Option> with_host_options(std::vector<Option> own) {
  for (auto& option : host_options()) own.push_back(std::move(option));
  return own;
}

const char* host_doc = "its host name, or its name in the configuration";

}  // namespace

Command shell_command() {
  return {"shell", "open a shell on a machine of the site", {{"HOST", host_doc, true}}, host_options(), shell};
}

Command exec_command() {
  return {"exec",
          "run a command on a machine of the site",
          {{"HOST", host_doc, true},
           {"COMMAND", "the command and its words; `--` before it where words begin with a dash", false, true}},
          host_options(),
          execute};
}

Command logs_command() {
  return {"logs",
          "show what a service says",
          {{"SERVICE", "the service; its machine is the one that is called so", true}},
          with_host_options({{"f", "", "go on as it says more"},
                             {"n", "LINES", "how many lines back, 50 by default"},
                             {"on", "HOST", "the machine, where it is called otherwise"},
                             {"unit", "NAME", "the systemd unit, where it is called otherwise"}}),
          logs};
}

Command rollback_command() {
  auto options =
      with_host_options({{"snapshot", "NAME", "the whole container, disks and all, as `nmx snapshots` lists them"}});
  for (auto& option : loss_options()) options.push_back(std::move(option));
  return {"rollback",
          "let a machine go back to the NixOS system it ran before, or its container to a snapshot",
          {{"CONTAINER", host_doc, true}},
          options,
          rollback};
}

}  // namespace nmx
