#pragma once

#include "lang/config/declarations.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// JSON Schemas of the attributes and blocks that stand in every block, by name.
Object reserved_schemas(BlockRole role);

}  // namespace nmx
