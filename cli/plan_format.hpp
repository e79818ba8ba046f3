#pragma once

#include <optional>
#include <string>

#include "cli/session.hpp"
#include "planner/plan.hpp"

namespace nmx {

/// The names that `-format` takes, for help and messages.
constexpr const char* plan_formats = "text|markdown|json|html|tfjson|gitlab|sarif";

/// A plan as `-format`, `-json` or the terminal want it. Nothing: there is no such format, and that was printed.
std::optional<std::string> formatted_plan(const Plan& plan, Session& session);

}  // namespace nmx
