#pragma once

#include <string>

#include "planner/runtime/env.hpp"

namespace nmx {

/// What the check of a certificate found; lives as long as the transfer.
struct LeafCheck {
  /// 32 bytes: this leaf and no other; empty: one that the roots vouch for.
  std::string wanted;
  /// 32 bytes, once a certificate was refused, or was compared with `wanted`.
  std::string found;
};

/// Makes an OpenSSL context (`SSL_CTX*`) accept exactly the leaf certificate that `check` wants; or, where it wants
/// none in particular, note the one that the roots do not vouch for.
void check_leaf(void* ssl_context, LeafCheck* check);

/// `4F:…:9A`, as Proxmox shows it.
std::string fingerprint_text(const std::string& bytes);
/// Reads it back, with or without colons. Errors: not 32 bytes in hexadecimal.
Result<std::string> parse_fingerprint(std::string_view text);

}  // namespace nmx
