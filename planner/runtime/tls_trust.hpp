#pragma once

#include <string>

#include "planner/runtime/env.hpp"

namespace nmx {

/// What the check of a pinned certificate found; lives as long as the transfer.
struct PinnedCheck {
  std::string wanted;  // 32 bytes
  std::string found;   // 32 bytes, once a certificate was seen
};

/// Makes an OpenSSL context (`SSL_CTX*`) accept exactly the leaf certificate that `check` wants.
void pin_leaf(void* ssl_context, PinnedCheck* check);

/// `4F:…:9A`, as Proxmox shows it.
std::string fingerprint_text(const std::string& bytes);
/// Reads it back, with or without colons. Errors: not 32 bytes in hexadecimal.
Result<std::string> parse_fingerprint(std::string_view text);

}  // namespace nmx
