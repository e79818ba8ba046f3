#include <fmt/core.h>

#include <algorithm>
#include <ostream>

#include "cli/applying.hpp"
#include "cli/commands/commands.hpp"
#include "cli/flake_files.hpp"
#include "cli/planning.hpp"
#include "cli/progress.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "planner/view/palette.hpp"
#include "planner/view/plan_text.hpp"
#include "providers/nix/flake_lock.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

/// Files of the flake that are new for the time being: unless they are kept, they become what they were.
class Staged {
 public:
  explicit Staged(const nix::FlakeFolder& flake) : flake_(flake) {}
  ~Staged() {
    for (const auto& [file, text] : before_) {
      text ? flake_.write(file, *text) : flake_.remove(file);
    }
  }
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;

  Status put(const std::string& file, std::string_view text) {
    auto there = flake_.read(file);
    if (!there) return there.error();
    before_.emplace_back(file, *std::move(there));
    return flake_.write(file, text);
  }
  void keep() { before_.clear(); }

 private:
  const nix::FlakeFolder& flake_;
  std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

Exit failed(Session& session, const Error& error) {
  session.print_error(error);
  return Exit::error;
}

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

/// nmx's own flake beside the site's, where `nmx init` put it: as this nmx brings it.
Result<std::size_t> renew_own_flake(const nix::FlakeFolder& flake, Staged& staged) {
  std::size_t renewed = 0;
  const auto there = flake.read("nmx/flake.nix");
  if (!there) return there.error();
  if (!*there) return renewed;
  for (const auto& [path, text] : flake_files()) {
    const auto file = fmt::format("nmx/{}", path);
    const auto now = flake.read(file);
    if (!now) return now.error();
    if (*now && **now == text) continue;
    if (auto put = staged.put(file, text); !put) return put.error();
    ++renewed;
  }
  return renewed;
}

void tell(std::ostream& out, const std::vector<nix::InputChange>& changes, std::size_t renewed) {
  std::size_t names = 0;
  for (const auto& change : changes) names = std::max(names, change.name.size());
  for (const auto& change : changes) {
    out << fmt::format("  {:<{}}  {} → {}\n", change.name, names, change.before.empty() ? "new" : change.before,
                       change.after);
  }
  if (renewed > 0) out << fmt::format("  nmx/  {} as this nmx brings them\n", counted(renewed, "file"));
}

Exit upgrade(Context& context) {
  const auto level = granted(context);
  if (!level) return Exit::error;
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state() || !session->lock()) return Exit::error;
  {
    Progress progress(context, 0);
    if (!session->recover(progress)) return Exit::error;
  }
  const auto folder = flake_folder(*session);
  if (!folder) return Exit::error;
  PlanOptions options;
  options.targets = machines(*session, context.arguments.values("HOST"));
  if (options.targets.empty()) return Exit::error;

  const nix::FlakeFolder flake(*folder, session->env);
  const auto before = flake.read("flake.lock");
  if (!before) return failed(*session, before.error());
  Staged staged(flake);
  const auto renewed = renew_own_flake(flake, staged);
  if (!renewed) return failed(*session, renewed.error());
  const auto lock = session->env.drive(nix::renewed_lock(&session->env, flake, context.arguments.values("input")));
  if (!lock) return failed(*session, lock.error());
  auto& out = context.streams.out;
  const auto changes = nix::compare_locks(before->value_or(""), *lock);
  if (changes.empty() && *renewed == 0) {
    out << "Every input is at its newest.\n";
    return Exit::done;
  }
  if (auto put = staged.put("flake.lock", *lock); !put) return failed(*session, put.error());
  out << "Inputs\n";
  tell(out, changes, *renewed);
  out << "\n";
  const auto plan = session->plan(options);
  if (!plan) return Exit::error;
  out << plan_text(*plan, {context.terminal.width, context.terminal.colour});
  if (approve(context, *plan, *level) == Approval::refused) {
    out << "The flake is as it was.\n";
    return Exit::not_approved;
  }
  staged.keep();
  if (plan->operations.empty()) return Exit::done;
  out << "\nApply\n";
  return carry_out(*session, *plan, "upgrade");
}

}  // namespace

Command upgrade_command() {
  auto options = configuration_options();
  options.push_back({"input", "NAME", "only this input of the flake", true});
  for (auto& option : approval_options()) options.push_back(std::move(option));
  return {"upgrade",
          "take the newest inputs of the flake and switch machines to what they come to; what fails goes back",
          {{"HOST", "only this machine; the others follow with the next apply", false, true}},
          options,
          upgrade};
}

}  // namespace nmx
