#pragma once

#include "planner/provider.hpp"
#include "providers/proxmox/client.hpp"

namespace nmx::proxmox {

/// Asks the cluster about itself, for `Cluster` to read.
///
/// Requests: 4 (version, permissions, cluster status, resources), then side by side one for each online node (bridges)
/// and one for each storage that holds templates (for a shared one once). Their number does not depend on the number
/// of guests.
Task<Result<Facts>> gather_facts(Client* client, std::string seed);

/// The guests in an answer of `GET /cluster/resources`: VMID → {node, name, type, status, pool, tags}.
Object read_guests(const Value& resources);

}  // namespace nmx::proxmox
