#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/plan_format.hpp"
#include "cli/planning.hpp"
#include "planner/view/state_text.hpp"

namespace nmx {
namespace {

/// A saved plan, or the state.
Exit show(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  const bool json = context.arguments.flag("json");
  if (const auto file = context.arguments.value("PLAN")) {
    const auto plan = read_saved_plan(*session, *file);
    if (!plan) return Exit::error;
    const auto text = formatted_plan(*plan, *session);
    if (!text) return Exit::error;
    context.streams.out << *text;
    return Exit::done;
  }
  context.streams.out << (json ? state_json(session->state) : state_text(session->state, context.terminal.width));
  return Exit::done;
}

Exit list(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  if (context.arguments.flag("json")) {
    context.streams.out << addresses_json(session->state);
    return Exit::done;
  }
  for (const auto& [address, object] : session->state.objects) context.streams.out << to_string(address) << "\n";
  return Exit::done;
}

Exit show_one(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  const auto text = context.arguments.value("ADDRESS").value_or("");
  const auto address = parse_address(text);
  if (!address) return session->failed(address.error());
  auto chosen = session->state;
  std::erase_if(chosen.objects, [&](const auto& one) { return !one.first.within(*address); });
  if (chosen.objects.empty())
    return session->failed({fmt::format("the state holds no `{}`", text), "`nmx state list` shows what it holds"});
  chosen.outputs.clear();
  context.streams.out << (context.arguments.flag("json") ? state_json(chosen)
                                                         : state_text(chosen, context.terminal.width));
  return Exit::done;
}

Exit unlock(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  if (const auto done = session->env.drive(session->store->unlock(context.arguments.value("ID").value_or(""))); !done)
    return session->failed(done.error());
  context.streams.out << "unlocked\n";
  return Exit::done;
}

std::vector<Option> options() { return {environment_option(), {"json", "", "as JSON"}}; }

}  // namespace

Command show_command() {
  auto more = options();
  more.push_back({"format", plan_formats, "how a plan is shown"});
  return {"show", "show a saved plan, or the state", {{"PLAN", "a file that `nmx plan -out` wrote"}}, more, show};
}
Command state_list_command() { return {"state list", "list what the state holds", {}, options(), list}; }
Command state_show_command() {
  return {"state show",
          "show objects of the state",
          {{"ADDRESS", "one object, or all below a block", true}},
          options(),
          show_one};
}
Command state_unlock_command() {
  return {"state unlock",
          "remove a lock that nobody holds any more",
          {{"ID", "as the refusal shows it", true}},
          {options().front()},
          unlock};
}

}  // namespace nmx
