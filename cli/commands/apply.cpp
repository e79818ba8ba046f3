#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/planning.hpp"
#include "cli/progress.hpp"
#include "lang/diagnostics/visible.hpp"
#include "planner/view/palette.hpp"
#include "planner/view/plan_text.hpp"

namespace nmx {
namespace {

/// The highest class of change that was granted on the command line. Nothing: the level is none of the known ones.
std::optional<ChangeClass> granted(Context& context) {
  const auto level = context.arguments.value("approve");
  if (!level) return context.arguments.flag("auto-approve") ? ChangeClass::destroy : ChangeClass::none;
  const auto danger = parse_change_class(*level);
  if (!danger) {
    context.streams.err << fmt::format(
        "error: there is no level `{}`\n  help: none create live restart replace destroy data-loss\n", *level);
  }
  return danger;
}

/// Where data would be lost, a yes is not enough: the name of what is lost.
bool confirm(Context& context, const Plan& plan) {
  std::string wanted = "yes";
  if (plan.danger() == ChangeClass::data_loss) {
    for (const auto& entry : plan.entries) {
      if (entry.change.danger == ChangeClass::data_loss) wanted = to_string(entry.change.address);
    }
    context.streams.out << fmt::format("\nThis destroys data. To go on, type {}: ", wanted);
  } else {
    context.streams.out << "\nApply this? Only `yes` goes on: ";
  }
  context.streams.out.flush();
  std::string answer;
  std::getline(context.streams.in, answer);
  if (answer == wanted) return true;
  context.streams.out << "Nothing was done.\n";
  return false;
}

enum class Approval { given, refused };

Approval approve(Context& context, const Plan& plan, ChangeClass level) {
  const auto needed = plan.danger();
  if (needed <= level || plan.operations.empty()) return Approval::given;
  const bool asked_for = context.arguments.value("approve").has_value() || context.arguments.flag("auto-approve");
  if (context.terminal.interactive_in && !asked_for)
    return confirm(context, plan) ? Approval::given : Approval::refused;
  context.streams.err << fmt::format(
      "\nerror: this plan needs `-approve {}`, and {} was granted; nothing was done\n", to_string(needed),
      level == ChangeClass::none ? "nothing" : "`" + std::string(to_string(level)) + "`");
  return Approval::refused;
}

int parallelism(Context& context) {
  const auto text = context.arguments.value("parallelism").value_or("16");
  int count = 16;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return std::clamp(count, 1, 256);
}

void summarise(Context& context, const Plan& plan, const ApplyResult& result) {
  const Palette colours(context.terminal.colour);
  auto& out = context.streams.out;
  out << "\n";
  if (result.end == ApplyResult::End::done) {
    out << colours.good("Done.") << " " << counted(result.finished, "operation") << ".\n";
    return;
  }
  for (const auto& one : result.not_started) {
    out << fmt::format("  not begun: {}: {}\n", visible(plan.operations[one.operation].summary),
                       visible(one.error.message));
  }
  for (const auto& one : result.unknown) {
    out << fmt::format("  not known: {}: the next run asks what became of it\n", visible(one.operation.summary));
  }
  out << colours.bad(result.end == ApplyResult::End::interrupted ? "Interrupted." : "Not all went well.")
      << fmt::format(" {} done, {} failed, {} not begun. What was done is recorded; `nmx plan` shows what is left.\n",
                     result.finished, result.failed.size(), result.not_started.size());
}

Exit carry_out(Session& session, const Plan& plan, std::string command) {
  auto& context = session.context;
  ApplyOptions options;
  options.parallelism = parallelism(context);
  options.heartbeat = [&session] { return session.lease->beat(session.env.wall_ms()); };
  std::optional<ApplyResult> result;
  {
    Progress progress(context, plan.operations.size());
    result = session.apply(plan, options, progress, std::move(command));
  }
  if (!result) return Exit::error;
  summarise(context, plan, *result);
  switch (result->end) {
    case ApplyResult::End::done: return Exit::done;
    case ApplyResult::End::failed: return Exit::error;
    case ApplyResult::End::interrupted: return Exit::interrupted;
  }
  return Exit::error;
}

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
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state() || !session->lock()) return Exit::error;
  {
    Progress progress(context, 0);
    if (!session->recover(progress)) return Exit::error;
  }
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
  options.push_back(
      {"approve", "LEVEL", "grant changes up to none, create, live, restart, replace, destroy or data-loss"});
  options.push_back({"auto-approve", "", "the same as -approve destroy"});
  options.push_back({"parallelism", "N", "operations under way at once, 16 by default"});
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
