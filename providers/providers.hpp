#pragma once

#include "planner/provider.hpp"

namespace nmx {

/// The table of every provider and resource type. To add one: a folder, and a line here.
Registry all_providers();

}  // namespace nmx
