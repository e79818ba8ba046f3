#include <fmt/core.h>

#include <algorithm>
#include <ostream>

#include "cli/applying.hpp"
#include "cli/commands/commands.hpp"
#include "cli/flake_files.hpp"
#include "cli/planning.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "planner/view/palette.hpp"
#include "planner/view/plan_text.hpp"
#include "providers/nix/flake_lock.hpp"
#include "providers/nix/lock_file.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

/// Where the site's flake is. Nothing: no machine is switched from it, and that was printed.
std::optional<std::filesystem::path> flake_folder(Session& session) {
  for (const auto& provider : session.host.providers(*session.evaluator)) {
    if (provider.provider != "nix" || provider.assumed) continue;
    const auto flake = Fields(provider.settings).text_or("flake", ".");
    return (std::filesystem::absolute(session.context.folder) / flake).lexically_normal();
  }
  if (!session.told_errors())
    session.print_error({"the site switches no machines, so there is nothing to upgrade", "add `provider nix {}`"});
  return std::nullopt;
}

/// The machines of the state with one of these names; all where none is given. Empty: that was printed.
std::vector<Address> machines(Session& session, const std::vector<std::string>& names) {
  std::vector<Address> found;
  std::vector<std::string> known;
  for (const auto& [address, object] : session.state.objects) {
    if (object.type != "nixos_host") continue;
    known.push_back(Fields(object.attributes).text_or("name", ""));
    if (names.empty() || std::find(names.begin(), names.end(), known.back()) != names.end()) found.push_back(address);
  }
  for (const auto& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    session.print_error({fmt::format("the state knows no machine `{}`", name), did_you_mean(name, known)});
    return {};
  }
  if (found.empty()) session.print_error({"the state knows no machines", "`nmx apply` makes them"});
  return found;
}

/// nmx's own flake beside the site's, where `nmx init` put it: the files that this nmx brings otherwise.
Result<nix::ProposedFiles> renewed_own_flake(const nix::FlakeFolder& flake) {
  nix::ProposedFiles renewed;
  const auto there = flake.read("nmx/flake.nix");
  if (!there) return there.error();
  if (!*there) return renewed;
  for (const auto& [path, text] : flake_files()) {
    const auto file = fmt::format("nmx/{}", path);
    const auto now = flake.read(file);
    if (!now) return now.error();
    if (!*now || **now != text) renewed.emplace(file, text);
  }
  return renewed;
}

void tell(std::ostream& out, const std::vector<nix::InputChange>& changes, std::size_t renewed) {
  out << "Inputs\n";
  constexpr std::string_view own = "nmx/";
  std::size_t names = renewed > 0 ? own.size() : 0;
  for (const auto& change : changes) names = std::max(names, change.name.size());
  for (const auto& change : changes) {
    out << fmt::format("  {:<{}}  {} → {}\n", change.name, names, change.before.empty() ? "new" : change.before,
                       change.after.empty() ? "gone" : change.after);
  }
  if (renewed > 0) out << fmt::format("  {:<{}}  {} as this nmx brings them\n", own, names, counted(renewed, "file"));
  out << "\n";
}

/// The files of an upgrade, as long as nobody has approved it. Nothing: every input is at its newest.
struct Upgrade {
  nix::ProposedFiles files;
  std::vector<nix::InputChange> inputs;
};
Result<Upgrade> find_upgrade(Session& session, const nix::FlakeFolder& flake) {
  const auto before = flake.read("flake.lock");
  if (!before) return before.error();
  auto files = renewed_own_flake(flake);
  if (!files) return files.error();
  auto lock =
      session.env.drive(nix::renewed_lock(&session.env, flake, *files, session.context.arguments.values("input")));
  if (!lock) return lock.error();
  auto inputs = nix::compare_locks(before->value_or(""), *lock);
  if (!inputs) return inputs.error();
  if (!files->empty() || !inputs->empty()) files->emplace("flake.lock", *std::move(lock));
  return Upgrade{*std::move(files), *std::move(inputs)};
}

/// What was approved becomes what the flake is.
Status take(Session& session, const nix::FlakeFolder& flake) {
  std::vector<std::string> names;
  for (const auto& [file, text] : session.proposed_flake) {
    if (auto written = flake.write(file, text); !written) return written;
    names.push_back(file);
  }
  for (const auto& note : session.env.drive(flake.tell_git(std::move(names))))
    session.context.streams.err << "note: " << note << "\n";
  session.proposed_flake.clear();
  return Done{};
}

Exit upgrade(Context& context) {
  const auto level = granted(context);
  if (!level) return Exit::error;
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  const auto folder = flake_folder(*session);
  if (!folder) return Exit::error;
  PlanOptions options;
  options.targets = machines(*session, context.arguments.values("HOST"));
  if (options.targets.empty()) return Exit::error;

  const nix::FlakeFolder flake(*folder, session->env);
  auto found = find_upgrade(*session, flake);
  if (!found) return session->failed(found.error());
  auto& out = context.streams.out;
  if (found->files.empty()) {
    out << "Every input is at its newest.\n";
    return Exit::done;
  }
  tell(out, found->inputs, found->files.size() - 1);
  session->proposed_flake = std::move(found->files);
  const auto plan = session->plan(options);
  if (!plan) return Exit::error;
  out << plan_text(*plan, {context.terminal.width, context.terminal.colour});
  if (plan->operations.empty()) out << "No machine changes by it, but what is built from the flake from now on does.\n";
  if (approve(context, *plan, *level, ChangeClass::live) == Approval::refused) {
    out << "The flake is as it was.\n";
    return Exit::not_approved;
  }
  if (auto taken = take(*session, flake); !taken) return session->failed(taken.error());
  if (plan->operations.empty()) {
    out << "\nThe flake has them now.\n";
    return Exit::done;
  }
  out << "\nApply\n";
  return carry_out(*session, *plan, "upgrade");
}

}  // namespace

Command upgrade_command() {
  auto options = configuration_options();
  options.push_back({"input", "NAME", "only this input of the flake, and what it brings", true});
  for (auto& option : approval_options()) options.push_back(std::move(option));
  return {"upgrade",
          "take the newest inputs of the flake and switch machines to what they come to; what fails goes back",
          {{"HOST", "only this machine; the others follow with the next apply", false, true}},
          options,
          upgrade};
}

}  // namespace nmx
