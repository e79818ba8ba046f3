#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// An X25519 key pair as age writes it down.
struct AgeKey {
  std::string identity;   // `AGE-SECRET-KEY-1…`
  std::string recipient;  // `age1…`
};

/// The key pair of 32 bytes.
AgeKey age_key(std::string_view scalar);
/// The same from an OpenSSH ed25519 private key file, as `ssh-to-age -private-key` makes it.
Result<AgeKey> age_key_of_ssh(std::string_view private_file);

/// The recipient that stands for a public key: an `age1…` recipient is itself, an `ssh-ed25519` line is converted as
/// `ssh-to-age` does. Errors: any other kind of key, damaged text.
Result<std::string> age_recipient(std::string_view public_key);

/// The raw bytes of a recipient and of an identity; nothing where the text is neither.
std::optional<std::string> recipient_point(std::string_view recipient);
std::optional<std::string> identity_scalar(std::string_view identity);

}  // namespace nmx
