#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx::proxmox {

/// The public half of the SSH host key that a container takes on its first boot, as in `known_hosts` without the name;
/// empty where it takes none. Errors: `host_key` is no usable key.
Result<std::string> host_public_key(const Object& container, std::string_view mark, std::string_view seed);

/// The value of `ssh-public-keys` at creation: the user's keys, one a line; where the container takes its host key on
/// first boot, the first ed25519 key's comment carries the private half as `nmx-host-key-v1:<base64 of the key file>`,
/// which `nmx-first-boot.service` of the template moves to its place. Empty: there are no keys.
std::string authorized_keys(const Object& container, std::string_view mark, std::string_view seed);

/// Whether the host key can be brought in this way: an ed25519 key stands in `ssh_keys`.
bool has_operator_key(const Object& container);

}  // namespace nmx::proxmox
