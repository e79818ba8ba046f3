#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx::nix {

/// Where a host's configuration and its secrets lie in the flake: `hosts/media.nix`, `secrets/media.json`.
std::string host_path(std::string_view name);
std::string secrets_path(std::string_view name);
/// Where the user's own options of a host lie.
std::string local_path(std::string_view name);

/// What every file that nmx wrote begins with.
constexpr std::string_view first_words = "# Written by nmx for ";

/// What sops-nix is told of the secrets of a host: their file, owners, and which units restart with them.
Object secret_options(std::string_view host, const Object& secrets);

/// The whole text of `hosts/<name>.nix`: a NixOS module with these options. `source` is the block that asks for it.
Result<std::string> host_file(std::string_view name, std::string_view source, const Object& settings);

}  // namespace nmx::nix
