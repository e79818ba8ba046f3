#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/plan_format.hpp"
#include "cli/planning.hpp"
#include "cli/progress.hpp"
#include "planner/plan_file.hpp"
#include "planner/store/files.hpp"

namespace nmx {
namespace {

Exit plan(Context& context) {
  const auto options = read_planning_options(context);
  if (!options) return Exit::error;
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  {
    Progress progress(context, 0);
    if (!session->recover(progress, Session::Busy::goes_on)) return Exit::error;
  }
  const auto made = session->plan(*options);
  if (!made) return Exit::error;
  const auto text = formatted_plan(*made, *session);
  if (!text) return Exit::error;
  context.streams.out << *text;
  if (const auto file = context.arguments.value("out")) {
    // Sealed, and readable by its owner alone.
    if (auto written = replace_file(context.folder / *file, write_plan(*made, session->store->key())); !written)
      return session->failed(written.error());
    if (context.arguments.value("format").value_or("text") == "text" && !context.arguments.flag("json"))
      context.streams.out << fmt::format("\nSaved. `nmx apply {}` does exactly this.\n", *file);
  }
  const bool drifted = options->mode == PlanOptions::Mode::refresh_only && !made->drift.empty();
  const bool changes = made->changes_anything() || drifted;
  return context.arguments.flag("detailed-exitcode") && changes ? Exit::changes : Exit::done;
}

}  // namespace

Command plan_command() {
  auto options = configuration_options();
  for (auto& option : planning_options()) options.push_back(std::move(option));
  options.push_back({"out", "FILE", "save the plan, sealed, for `nmx apply FILE`"});
  options.push_back({"format", plan_formats, "how it is shown"});
  options.push_back({"json", "", "the same as -format json"});
  options.push_back({"detailed-exitcode", "", "exit 2 where there are changes"});
  return {"plan", "show what will happen and why; changes nothing", {}, options, plan};
}

}  // namespace nmx
