#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// An ed25519 key pair as OpenSSH writes it down.
struct OpensshKey {
  /// The whole private key file (`-----BEGIN OPENSSH PRIVATE KEY-----` …, unencrypted).
  std::string private_file;
  /// `ssh-ed25519 AAAA…`, without a comment.
  std::string public_line;
};

/// The key pair of a 32-byte seed; the same seed always gives the same bytes, the file's check number included.
/// Source of the format: OpenSSH PROTOCOL.key.
OpensshKey openssh_ed25519(std::string_view seed, std::string_view comment);

/// The public line of a private key file as written above or by `ssh-keygen`. Errors: not such a file, encrypted.
Result<std::string> openssh_public_line(std::string_view private_file);

/// The 64 bytes of an ed25519 private key (seed and public half) out of such a file. Errors: another kind of key,
/// encrypted, damaged.
Result<std::string> openssh_ed25519_pair(std::string_view private_file);

/// The key type and base64 of a line of `authorized_keys` or a `.pub` file, without options and comment; nothing where
/// it is no such line.
std::optional<std::string> plain_public_key(std::string_view line);

/// A line for `known_hosts`: `name[,name…] ssh-ed25519 AAAA…`.
std::string known_hosts_line(std::string_view names, std::string_view public_line);

}  // namespace nmx
