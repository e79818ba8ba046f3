#pragma once

#include <string>
#include <string_view>

namespace nmx {

/// BLAKE2b of `size` bytes (16 to 64), keyed by `key` (at most 64 bytes, may be empty). Finds changes that happen, not
/// those that somebody makes who can write a new checksum.
std::string checksum(std::string_view text, std::string_view key, std::size_t size);

std::string to_hex(std::string_view bytes);
/// Empty where the text is no hexadecimal digits, two a byte.
std::string from_hex(std::string_view text);

}  // namespace nmx
