#pragma once

#include "planner/provider.hpp"

namespace nmx::proxmox {

/// The row of the table: a Proxmox VE cluster with its resource types.
ProviderType provider_type();

}  // namespace nmx::proxmox
