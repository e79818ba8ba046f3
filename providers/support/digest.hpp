#pragma once

#include <string>
#include <string_view>

// Hexadecimal and base64 are the planner's and the language's.
#include "lang/value/functions/digest.hpp"
#include "planner/checksum.hpp"

namespace nmx {

/// HMAC-SHA-256, 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);
/// SHA-256, 32 bytes.
std::string sha256(std::string_view text);

}  // namespace nmx
