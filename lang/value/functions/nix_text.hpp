#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// The value as a Nix expression in one line: `{ a = [ 1 true ]; }`; `nix(…)` as it is. Errors: bytes and durations
/// (the help proposes the division), holes, secrets, instances.
Result<std::string> to_nix(const Value& value);
/// A text as a Nix string literal.
std::string nix_string(std::string_view text);
/// An attribute's name, quoted where Nix needs it.
std::string nix_key(std::string_view name);

}  // namespace nmx
