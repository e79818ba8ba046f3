#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nmx {

enum class Digest { md5, sha1, sha256, sha512 };

/// The raw bytes of the digest.
std::string digest(Digest algorithm, std::string_view data);
/// Two small digits a byte.
std::string hexadecimal(std::string_view data);
/// RFC 4648 with padding.
std::string base64(std::string_view data);
/// Padding may be missing; nothing where it is no base64.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace nmx
