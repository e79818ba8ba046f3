#pragma once

#include <string>

#include "lang/config/configuration.hpp"
#include "planner/provider.hpp"

namespace nmx {

/// Every kind by name (`container`, `service.jellyfin`): what its blocks take, as JSON Schema, and what they give.
Object kinds_schema(const Configuration& library);
/// Every resource type by name: its attributes as JSON Schema, who serves it, what a change of each attribute does.
Object resources_schema(const Registry& registry);
/// Every provider by name: the settings of its block as JSON Schema.
Object providers_schema(const Registry& registry);
/// Every function by name: its parameters, its result, an example.
Object functions_schema();

}  // namespace nmx
