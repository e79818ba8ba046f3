#pragma once

#include <functional>
#include <string>

#include "cli/context.hpp"

namespace nmx {

// What guests of the lab run in place of programs that no distribution has.

/// An Authentik of the lab at `a.b.c.d:port`, without TLS, until `wait` returns. Like the real one it takes the token
/// of its first administrator from AUTHENTIK_BOOTSTRAP_TOKEN.
Exit serve_authentik(Context& context, const std::string& where, const std::function<void()>& wait);

/// Does what sops-nix does when a system comes: writes what a host's secrets file holds to /run/secrets, a file each.
Exit unseal_secrets(Context& context, const std::string& file);

}  // namespace nmx
