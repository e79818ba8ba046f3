#pragma once

#include "planner/provider.hpp"

namespace nmx::nix {

/// The row of the table: machines of the site's flake.
ProviderType provider_type();

}  // namespace nmx::nix
