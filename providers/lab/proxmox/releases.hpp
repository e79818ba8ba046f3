#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nmx::lab::proxmox {

/// The full version of a release that the lab can be: `9.0` → `9.0.11`.
std::optional<std::string> full_version(std::string_view release);
/// What of a property string a release does not know yet: `mp` has no `keepattrs` before 9.1. `version` is a full one.
bool knows_key(std::string_view version, std::string_view kind, std::string_view key);
/// The same of an option: `entrypoint` came with 9.1.
bool knows_option(std::string_view version, std::string_view option);
/// Whether containers are unprivileged unless the request says otherwise.
bool unprivileged_by_default(std::string_view version);

}  // namespace nmx::lab::proxmox
