#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nmx::lab::proxmox {

/// Whether an address, a list of them, or a name is a valid source; else what the server says.
std::optional<std::string> address_error(std::string_view text);
/// 4 or 6 of the first address; nothing for a name.
std::optional<int> ip_version(std::string_view text);
/// Names of macros and what they are for.
const std::vector<std::pair<std::string, std::string>>& firewall_macros();

}  // namespace nmx::lab::proxmox
