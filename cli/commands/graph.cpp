#include <fmt/core.h>

#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/session.hpp"
#include "planner/view/graph_svg.hpp"
#include "planner/view/graph_text.hpp"

namespace nmx {
namespace {

/// What needs what, from the configuration alone: nothing is asked of a server.
Exit graph(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr) return Exit::error;
  std::map<Address, std::vector<Address>> needs;
  for (const auto& instance : session->evaluator->instantiate()) {
    needs.emplace(instance.address, session->evaluator->configuration(instance).dependencies);
  }
  if (session->told_errors()) return Exit::error;
  const auto format = context.arguments.value("format").value_or("dot");
  if (format == "dot") {
    context.streams.out << graph_dot(needs);
  } else if (format == "mermaid") {
    context.streams.out << graph_mermaid(needs);
  } else if (format == "svg") {
    context.streams.out << graph_svg(needs);
  } else if (format == "json") {
    context.streams.out << graph_json(needs);
  } else {
    return session->failed({fmt::format("there is no format `{}`", format), "dot, svg, mermaid or json"});
  }
  return Exit::done;
}

}  // namespace

Command graph_command() {
  auto options = configuration_options();
  options.push_back({"format", "dot|svg|mermaid|json", "dot by default"});
  return {"graph", "show what needs what", {}, options, graph};
}

}  // namespace nmx
