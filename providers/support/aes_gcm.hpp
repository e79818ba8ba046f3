#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nmx {

/// What AES-256-GCM gives: the encrypted bytes and the 16-byte tag apart from them.
struct AesGcmText {
  std::string bytes;
  std::string tag;
};

/// Key of 32 bytes; nonce of any length, as SOPS takes 32 bytes where others take 12.
AesGcmText aes_gcm_close(std::string_view key, std::string_view nonce, std::string_view bound, std::string_view plain);
/// Nothing: another key, nonce or bound text, or changed bytes.
std::optional<std::string> aes_gcm_open(std::string_view key, std::string_view nonce, std::string_view bound,
                                        const AesGcmText& closed);

}  // namespace nmx
