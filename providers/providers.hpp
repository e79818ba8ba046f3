#pragma once

#include <map>
#include <string>

#include "planner/provider.hpp"

namespace nmx {

/// The table of every provider and resource type. To add one: a folder, and a line here.
/// `proposed_flake`: files of the site's flake that plans are to see as if they stood in it, if there are any; read
/// while a plan is made.
Registry all_providers(const std::map<std::string, std::string>* proposed_flake = nullptr);

}  // namespace nmx
