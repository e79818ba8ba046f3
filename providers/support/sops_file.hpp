#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// A SOPS file in JSON with these texts under flat keys, encrypted for age recipients. Equal arguments give equal
/// bytes: its keys and nonces are derived from `seed` and the content. Errors: no recipient, or one that is none.
Result<std::string> write_sops(const Object& texts, const std::vector<std::string>& recipients, std::string_view seed);

/// What such a file holds, also one that sops itself wrote: nested, with parts left in the clear; its MAC is verified.
/// Errors: not such a file, not for this identity, damaged.
Result<Object> read_sops(std::string_view text, std::string_view identity);

/// For whom a file is encrypted; nothing where it is no SOPS file.
std::vector<std::string> sops_recipients(std::string_view text);

}  // namespace nmx
