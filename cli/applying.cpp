#include "cli/applying.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <ostream>

#include "cli/progress.hpp"
#include "lang/diagnostics/visible.hpp"
#include "planner/view/palette.hpp"
#include "planner/view/plan_text.hpp"

namespace nmx {

std::vector<Option> approval_options() {
  return {{"approve", "LEVEL", "grant changes up to none, create, live, restart, replace, destroy or data-loss"},
          {"auto-approve", "", "the same as -approve destroy"},
          {"parallelism", "N", "operations under way at once, 16 by default"}};
}

std::vector<Option> loss_options() { return {{"approve", "LEVEL", "`data-loss`: what is gone then may go"}}; }

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

namespace {

/// Whether somebody at the terminal types this.
bool is_typed(Context& context, const std::string& question, const std::string& wanted) {
  context.streams.out << question << std::flush;
  std::string answer;
  std::getline(context.streams.in, answer);
  if (answer == wanted) return true;
  context.streams.out << "Nothing was done.\n";
  return false;
}

/// Where data would be lost, a yes is not enough: the name of what is lost.
bool confirm(Context& context, const Plan& plan) {
  if (plan.danger() != ChangeClass::data_loss) return is_typed(context, "\nApply this? Only `yes` goes on: ", "yes");
  std::vector<std::string> lost;
  for (const auto& entry : plan.entries) {
    if (entry.change.danger == ChangeClass::data_loss) lost.push_back(visible(to_string(entry.change.address)));
  }
  const auto wanted = lost.size() == 1 ? lost.front() : fmt::format("lose {}", lost.size());
  return is_typed(context,
                  fmt::format("\nThis destroys the data of {}.\nTo go on, type {}: ", fmt::join(lost, ", "), wanted),
                  wanted);
}

bool asks(Context& context) {
  const auto& arguments = context.arguments;
  return context.terminal.interactive_in && !arguments.value("approve") && !arguments.flag("auto-approve");
}

}  // namespace

Approval approve(Context& context, const Plan& plan, ChangeClass level, ChangeClass besides) {
  const auto needed = plan.operations.empty() ? besides : std::max(plan.danger(), besides);
  if (needed <= level) return Approval::given;
  if (asks(context)) return confirm(context, plan) ? Approval::given : Approval::refused;
  context.streams.err << fmt::format(
      "\nerror: this plan needs `-approve {}`, and {} was granted; nothing was done\n", to_string(needed),
      level == ChangeClass::none ? "nothing" : "`" + std::string(to_string(level)) + "`");
  return Approval::refused;
}

Approval approve_loss(Context& context, const std::string& loss, const std::string& named) {
  const auto level = granted(context);
  if (!level) return Approval::refused;
  if (*level == ChangeClass::data_loss) return Approval::given;
  if (asks(context)) {
    const auto question = fmt::format("Gone then: {}.\nTo go on, type {}: ", loss, named);
    return is_typed(context, question, named) ? Approval::given : Approval::refused;
  }
  context.streams.err << fmt::format(
      "error: {} would be lost; nothing was done\n  help: `-approve data-loss` wants that\n", loss);
  return Approval::refused;
}

namespace {

constexpr int most_at_once = 256;

/// Nothing: it was printed that it is no number that can be.
std::optional<int> parallelism(Context& context) {
  const auto text = context.arguments.value("parallelism").value_or("16");
  int count = 0;
  const auto end = text.data() + text.size();
  if (std::from_chars(text.data(), end, count).ptr == end && count >= 1 && count <= most_at_once) return count;
  context.streams.err << fmt::format("error: `-parallelism {}` is none: it is a number from 1 to {}\n", text,
                                     most_at_once);
  return std::nullopt;
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

}  // namespace

Exit carry_out(Session& session, const Plan& plan, std::string command) {
  auto& context = session.context;
  ApplyOptions options;
  const auto at_once = parallelism(context);
  if (!at_once) return Exit::error;
  options.parallelism = *at_once;
  options.heartbeat = [&session] { return session.store->beat(session.env.wall_ms()); };
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

}  // namespace nmx
