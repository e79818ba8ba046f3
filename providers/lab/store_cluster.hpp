#pragma once

#include <nlohmann/json_fwd.hpp>

#include "providers/lab/proxmox/world.hpp"

namespace nmx::lab {

/// What the cluster is set up as, rather than what runs on it: users and rights, storages, firewalls, jobs.
nlohmann::json describe_cluster(const proxmox::World& world);
/// Over what there is; what the description does not have stays.
void restore_cluster(proxmox::World& world, const nlohmann::json& described);

}  // namespace nmx::lab
