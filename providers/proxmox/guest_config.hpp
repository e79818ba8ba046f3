#pragma once

#include <string>
#include <vector>

#include "providers/proxmox/container_options.hpp"

namespace nmx::proxmox {

/// A container's configuration as `GET …/pending` tells it: what is in effect and what waits for the next start.
struct GuestConfig {
  Options active;
  Options configured;
  /// Options whose value waits, by name.
  std::vector<std::string> pending;
  std::string digest;
  /// What holds the container: `create`, `backup`, …; empty: nothing.
  std::string lock;
};

GuestConfig read_pending(const Value& json);

/// The attributes (without node, VMID and whether it runs) as they are configured; what waits for the next start is
/// named in `pending`, which nmx wants to be empty.
Object observed_attributes(const GuestConfig& config, const Object& like);

}  // namespace nmx::proxmox
