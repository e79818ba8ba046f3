#pragma once

#include "planner/provider.hpp"
#include "providers/nix/flake_copy.hpp"

namespace nmx::nix {

/// The row of the table: machines of the site's flake. `proposed`: what plans are to see of it, if there is a proposal.
ProviderType provider_type(const ProposedFiles* proposed);

}  // namespace nmx::nix
