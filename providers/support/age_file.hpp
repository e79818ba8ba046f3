#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// At most so much goes into a file: one chunk of the format. Data keys have 32 bytes.
constexpr std::size_t largest_age_text = 65'536;

/// The text encrypted for one X25519 recipient, armored. Its keys are derived from `seed`, which must be secret and
/// never serve for another text. Errors: no such recipient, a text too long. Source: age-encryption.org/v1
Result<std::string> age_encrypt(std::string_view text, std::string_view recipient, std::string_view seed);

/// What an armored file of one chunk holds. Errors: not such a file, none of it is for this identity, damaged.
Result<std::string> age_decrypt(std::string_view armored, std::string_view identity);

}  // namespace nmx
