#pragma once

#include "planner/provider.hpp"

namespace nmx::secret {

/// The row of the table: `secret`, which lives in state alone.
ProviderType provider_type();

}  // namespace nmx::secret
