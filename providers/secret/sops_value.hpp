#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx::secret {

/// One value of a SOPS file in JSON: `mail`, `mail.password` where it is nested. `identities`: an OpenSSH ed25519 key
/// file, or age's identities, a line each. Errors: none of them opens it, it was changed by hand, there is no such key.
Result<std::string> sops_value(std::string_view file, std::string_view key, std::string_view identities);

}  // namespace nmx::secret
