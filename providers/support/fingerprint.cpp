#include "providers/support/fingerprint.hpp"

namespace nmx {

Result<std::string> read_fingerprint(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ':' && c != ' ') digits += c;
  }
  std::string bytes;
  constexpr std::string_view alphabet = "0123456789abcdef";
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    const auto high = alphabet.find(static_cast<char>(digits[at] | 0x20));
    const auto low = alphabet.find(static_cast<char>(digits[at + 1] | 0x20));
    if (high == std::string_view::npos || low == std::string_view::npos) return Error{"fingerprint is not hexadecimal"};
    bytes += static_cast<char>(high * 16 + low);
  }
  if (digits.size() != 64 || bytes.size() != 32)
    return Error{"fingerprint is not the SHA-256 of a certificate", "it is 32 pairs of digits, `4F:3A:…`"};
  return bytes;
}

}  // namespace nmx
