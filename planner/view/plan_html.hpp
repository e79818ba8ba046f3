#pragma once

#include <string>

#include "planner/plan.hpp"

namespace nmx {

/// A plan as one page that needs nothing else: figures, what is dangerous, every block with every attribute, and the
/// graph of what changes. It reads without its script, which only filters.
std::string plan_html(const Plan& plan);

}  // namespace nmx
