#include "planner/runtime/tls_trust.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>

namespace nmx {
namespace {

void note_leaf(X509_STORE_CTX* store, LeafCheck& check) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  const auto* leaf = X509_STORE_CTX_get0_cert(store);
  if (leaf == nullptr || X509_digest(leaf, EVP_sha256(), digest.data(), &size) != 1) return;
  check.found.assign(digest.begin(), digest.begin() + size);
}

/// In place of the whole verification.
int compare_leaf(X509_STORE_CTX* store, void* data) {
  auto& check = *static_cast<LeafCheck*>(data);
  note_leaf(store, check);
  const bool same = check.found == check.wanted;
  X509_STORE_CTX_set_error(store, same ? X509_V_OK : X509_V_ERR_CERT_REJECTED);
  return same ? 1 : 0;
}

/// Besides the verification; what it decides stands.
int note_refused(int verified, X509_STORE_CTX* store) {
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (verified != 1 && ssl != nullptr)
    note_leaf(store, *static_cast<LeafCheck*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl))));
  return verified;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void check_leaf(void* ssl_context, LeafCheck* check) {
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  if (!check->wanted.empty()) {
    SSL_CTX_set_cert_verify_callback(context, compare_leaf, check);
    return;
  }
  SSL_CTX_set_app_data(context, check);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_refused);
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
