#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {

/// What a configuration request asks for.
struct Update {
  /// Decoded values; null is an option without a value.
  Json set = Json::object();
  std::vector<std::string> remove;
  std::vector<std::string> revert;
};

/// Changes a configuration as the real server does: at once where the guest is stopped or the option is live, else as a
/// pending change. All or nothing. Throws Refused.
void update_config(World& world, int vmid, Update update);
/// Puts pending changes into force, as a start does.
void apply_pending(World& world, int vmid);

/// 403 where the caller may not change these options. `old`: the guest as it is, null pointer for a new one.
void check_option_rights(const Call& call, int vmid, const Json& set, const std::vector<std::string>& remove,
                         const Options* old, bool unprivileged);

/// Lower case, sorted, each once, as a cluster without a tag style keeps them.
std::string normalise_tags(std::string_view tags);

/// Allocates `STORAGE:SIZE` for a guest and gives the option's text with the volume in it; anything else is looked up.
/// Throws Refused.
std::string place_volume(World& world, int vmid, const std::string& node, const std::string& option,
                         const std::string& text);
/// A volume by the name that the storage's type gives it.
std::string allocate_volume(World& world, int vmid, const std::string& node, const std::string& storage,
                            std::int64_t size);
/// Keys in their order, a MAC and the type added.
std::string complete_network(World& world, const std::string& option, const std::string& text);

}  // namespace nmx::lab::proxmox
