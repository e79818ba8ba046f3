#pragma once

#include "cli/command.hpp"

namespace nmx {

// One function a verb; each is defined in the file of that name and listed in app.cpp.
Command fmt_command();
Command init_command();
Command validate_command();
Command version_command();

}  // namespace nmx
