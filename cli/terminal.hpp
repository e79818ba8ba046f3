#pragma once

#include <cstddef>

#include "cli/command.hpp"
#include "lang/diagnostics/render.hpp"

namespace nmx {

/// What the place that output goes to can show.
struct Terminal {
  bool interactive_out = false;
  bool interactive_in = false;
  Colour colour = Colour::off;
  std::size_t width = 100;
};

/// Looks at standard input and output, `COLUMNS`, `NO_COLOR` and `TERM`.
Terminal look_at_terminal(const Arguments& arguments);

}  // namespace nmx
