#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "lang/value/convert.hpp"
#include "planner/view/state_text.hpp"

namespace nmx {
namespace {

Exit output(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  const auto& outputs = session->state.outputs;
  const auto name = context.arguments.value("NAME");
  if (!name) {
    context.streams.out << (context.arguments.flag("json") ? outputs_json(outputs)
                                                           : outputs_text(outputs, context.terminal.width));
    return Exit::done;
  }
  const auto found = outputs.find(*name);
  if (found == outputs.end()) {
    std::vector<std::string> names;
    for (const auto& [known, value] : outputs) names.push_back(known);
    auto help = did_you_mean(*name, names);
    session->print_error(
        {fmt::format("there is no output `{}`", *name), help.empty() ? "`nmx apply` records outputs" : help});
    return Exit::error;
  }
  // Alone and as text it is for scripts: no quotes, no cutting. A secret is shown only where it is asked for.
  const auto& value = found->second.value;
  if (contains_secret(value) && !context.arguments.flag("reveal"))
    return session->failed({fmt::format("the output `{}` is secret", *name), "`-reveal` shows it"});
  const auto text = context.arguments.flag("json") ? std::nullopt : to_text(value);
  context.streams.out << (text ? *text + "\n" : output_json(value));
  return Exit::done;
}

}  // namespace

Command output_command() {
  return {"output",
          "show the outputs that the last apply recorded",
          {{"NAME", "only this one, as plain text"}},
          {environment_option(), {"json", "", "as JSON"}, {"reveal", "", "show a secret one"}},
          output};
}

}  // namespace nmx
