#pragma once

#include <optional>

#include "cli/session.hpp"

namespace nmx {

/// `-target`, `-exclude`, `-replace`, `-destroy`, `-refresh-only`, `-no-refresh`: options of plan and apply.
std::vector<Option> planning_options();
/// Reads them. Nothing: an address is none, and that was printed.
std::optional<PlanOptions> read_planning_options(Context& context);

/// Why a saved plan cannot be applied any more; empty: it can.
std::vector<std::string> stale(Session& session, const Plan& plan);
/// Reads a saved plan. Nothing: it was printed why not.
std::optional<Plan> read_saved_plan(Session& session, const std::string& file);

}  // namespace nmx
