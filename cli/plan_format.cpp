#include "cli/plan_format.hpp"

#include <fmt/core.h>

#include "planner/plan_file.hpp"
#include "planner/view/plan_exchange.hpp"
#include "planner/view/plan_html.hpp"
#include "planner/view/plan_markdown.hpp"
#include "planner/view/plan_text.hpp"

namespace nmx {

std::optional<std::string> formatted_plan(const Plan& plan, Session& session) {
  const auto& context = session.context;
  const auto format = context.arguments.value("format").value_or(context.arguments.flag("json") ? "json" : "text");
  if (format == "text") return plan_text(plan, {context.terminal.width, context.terminal.colour});
  if (format == "markdown") return plan_markdown(plan);
  if (format == "json") return plan_json(plan);
  if (format == "html") return plan_html(plan);
  if (format == "tfjson") return plan_tfjson(plan);
  if (format == "gitlab") return plan_gitlab(plan);
  if (format == "sarif") return plan_sarif(plan);
  session.print_error({fmt::format("there is no format `{}`", format), fmt::format("one of {}", plan_formats)});
  return std::nullopt;
}

}  // namespace nmx
