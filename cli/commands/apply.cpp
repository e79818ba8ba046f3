#include <fmt/core.h>

#include <algorithm>
#include <ostream>

#include "cli/applying.hpp"
#include "cli/commands/commands.hpp"
#include "cli/planning.hpp"
#include "planner/view/plan_text.hpp"

namespace nmx {
namespace {

Exit apply_saved(Session& session, const std::string& file, ChangeClass level) {
  auto& context = session.context;
  const auto plan = read_saved_plan(session, file);
  if (!plan) return Exit::error;
  for (const auto& instance : session.host.providers(*session.evaluator)) session.connections->add(instance);
  if (session.told_errors()) return Exit::error;
  if (const auto moved = stale(session, *plan); !moved.empty()) {
    context.streams.err << fmt::format("error: `{}` is stale, so nothing was done\n", file);
    for (const auto& one : moved) context.streams.err << "  " << one << "\n";
    context.streams.err << "  help: plan again, and read it again\n";
    return Exit::error;
  }
  // Whoever saved it has read it: a saved plan is its own approval, but for data.
  const auto approved = std::max(level, ChangeClass::destroy);
  if (approve(context, *plan, approved) == Approval::refused) return Exit::not_approved;
  return carry_out(session, *plan, "apply " + file);
}

Exit run(Context& context, std::optional<PlanOptions> options) {
  if (!options) return Exit::error;
  const bool destroys = options->mode == PlanOptions::Mode::destroy;
  const auto level = granted(context);
  if (!level) return Exit::error;
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  if (const auto file = context.arguments.value("PLAN")) return apply_saved(*session, *file, *level);
  const auto plan = session->plan(*options);
  if (!plan) return Exit::error;
  context.streams.out << plan_text(*plan, {context.terminal.width, context.terminal.colour});
  const bool records = !plan->refreshed.empty() || !plan->forgotten.empty() || plan->changes_outputs;
  if (plan->operations.empty() && !records) return Exit::done;
  if (approve(context, *plan, *level) == Approval::refused) return Exit::not_approved;
  if (!plan->operations.empty()) context.streams.out << "\nApply\n";
  return carry_out(*session, *plan, destroys ? "destroy" : "apply");
}

Exit apply_site(Context& context) { return run(context, read_planning_options(context)); }

Exit destroy_site(Context& context) {
  auto options = read_planning_options(context);
  if (options) options->mode = PlanOptions::Mode::destroy;
  return run(context, std::move(options));
}

std::vector<Option> apply_options() {
  auto options = configuration_options();
  for (auto& option : planning_options()) options.push_back(std::move(option));
  for (auto& option : approval_options()) options.push_back(std::move(option));
  return options;
}

}  // namespace

Command apply_command() {
  return {"apply",
          "carry out a plan: a saved one, or one made now",
          {{"PLAN", "a file that `nmx plan -out` wrote"}},
          apply_options(),
          apply_site};
}

Command destroy_command() {
  auto options = apply_options();
  options.erase(std::remove_if(options.begin(), options.end(), [](const Option& one) { return one.name == "destroy"; }),
                options.end());
  return {"destroy", "destroy everything that the state holds", {}, options, destroy_site};
}

}  // namespace nmx
