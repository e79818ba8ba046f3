#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx::nix {

/// The SOPS file of a host (its attributes in normal form, without unknown values): each of its `secrets`, encrypted
/// for its host key and its operators; empty where it has none. Errors: a key that nothing can be encrypted for.
Result<std::string> secrets_file(const Object& host, std::string_view seed);

}  // namespace nmx::nix
