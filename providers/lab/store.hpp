#pragma once

#include <filesystem>

#include "providers/lab/proxmox/world.hpp"

namespace nmx::lab {

/// Keeps a cluster in a folder: the guests' configurations as files where Proxmox has them (`nodes/pve1/lxc/100.conf`),
/// the rest in `lab.json`.
void save(const proxmox::World& world, const std::filesystem::path& folder);
/// False where the folder holds none. A task that was running when the lab ended has failed.
bool load(proxmox::World& world, const std::filesystem::path& folder);

}  // namespace nmx::lab
