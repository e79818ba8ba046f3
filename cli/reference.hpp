#pragma once

#include <string>

#include "lang/config/configuration.hpp"
#include "planner/provider.hpp"

namespace nmx {

/// The pages of docs/reference, which a test keeps in step with the definitions, providers and functions there are.
std::string kinds_page(const Configuration& library);
std::string resources_page(const Registry& registry);
std::string functions_page();

}  // namespace nmx
