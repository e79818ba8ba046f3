#pragma once

#include "planner/provider.hpp"

namespace nmx::authentik {

/// The row of the table: applications, providers, groups, users and what belongs to them.
ProviderType provider_type();

}  // namespace nmx::authentik
