#pragma once

#include "planner/provider.hpp"

namespace nmx::internal {

/// The row of the table: `value` and `address`, which live in state alone and touch no real system.
ProviderType provider_type();

}  // namespace nmx::internal
