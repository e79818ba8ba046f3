#include "planner/runtime/tls_trust.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>

namespace nmx {
namespace {

int check_leaf(X509_STORE_CTX* store, void* data) {
  auto* check = static_cast<PinnedCheck*>(data);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  const auto* leaf = X509_STORE_CTX_get0_cert(store);
  if (leaf == nullptr || X509_digest(leaf, EVP_sha256(), digest.data(), &size) != 1) return 0;
  check->found.assign(digest.begin(), digest.begin() + size);
  const bool same = check->found == check->wanted;
  X509_STORE_CTX_set_error(store, same ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return same ? 1 : 0;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void pin_leaf(void* ssl_context, PinnedCheck* check) {
  SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(ssl_context), check_leaf, check);
}

std::string fingerprint_text(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{}{:02X}", text.empty() ? "" : ":", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  }
  return text;
}

Result<std::string> parse_fingerprint(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (const char c : text) {
    if (c == ':' && high < 0) continue;
    const int value = digit(c);
    if (value < 0) return Error{fmt::format("`{}` is no SHA-256 fingerprint", text)};
    if (high < 0) {
      high = value;
    } else {
      bytes += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  if (high >= 0 || bytes.size() != 32) {
    return Error{fmt::format("`{}` is no SHA-256 fingerprint: it has {} bytes, not 32", text, bytes.size())};
  }
  return bytes;
}

}  // namespace nmx
