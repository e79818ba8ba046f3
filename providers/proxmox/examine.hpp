#pragma once

#include "planner/examining.hpp"
#include "providers/proxmox/client.hpp"

namespace nmx::proxmox {

/// What of a cluster is not as nmx needs it, and the `pveum` commands that mend it. `facts` and `client` outlive it.
Task<std::vector<Finding>> examine(Client* client, const Facts* facts);

}  // namespace nmx::proxmox
