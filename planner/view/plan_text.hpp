#pragma once

#include <string>

#include "lang/diagnostics/render.hpp"
#include "planner/plan.hpp"

namespace nmx {

struct TextStyle {
  std::size_t width = 100;
  Colour colour = Colour::off;
};

/// A plan as the terminal shows it: what others changed, what will happen under the user's own blocks, what it costs.
std::string plan_text(const Plan& plan, TextStyle style);

}  // namespace nmx
