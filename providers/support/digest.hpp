#pragma once

#include <string>
#include <string_view>

namespace nmx {

/// HMAC-SHA-256, 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);
/// SHA-256, 32 bytes.
std::string sha256(std::string_view text);
/// Lower-case hexadecimal.
std::string to_hex(std::string_view bytes);
/// Standard base64 with padding.
std::string to_base64(std::string_view bytes);
/// The bytes of standard base64; white space is skipped; empty where it is malformed.
std::string from_base64(std::string_view text);

}  // namespace nmx
