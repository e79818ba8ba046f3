#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "lang/diagnostics/render.hpp"

namespace nmx {
namespace {

Exit validate(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr) return Exit::error;
  if (!session->state_settings()) return Exit::error;
  session->evaluator->instantiate();
  session->evaluator->providers();
  session->evaluator->check_all();
  if (session->told_errors()) return Exit::error;
  if (context.arguments.flag("json")) {
    context.streams.out << render_json(session->diagnostics, session->sources);
    return Exit::done;
  }
  context.streams.err << render(session->diagnostics, session->sources, context.terminal.colour);
  const auto count = session->evaluator->instantiate().size();
  context.streams.out << fmt::format("valid: {} {}\n", count, count == 1 ? "resource" : "resources");
  return Exit::done;
}

}  // namespace

Command validate_command() {
  auto options = configuration_options();
  options.push_back({"json", "", "mistakes as JSON"});
  return {"validate", "find the mistakes in the configuration, without touching anything", {}, options, validate};
}

}  // namespace nmx
