#include "providers/support/age_file.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <array>
#include <optional>
#include <vector>

#include "planner/seal.hpp"
#include "providers/support/age_key.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

constexpr std::string_view version_line = "age-encryption.org/v1\n";
constexpr std::string_view stanza_label = "age-encryption.org/v1/X25519";
constexpr std::string_view begin_line = "-----BEGIN AGE ENCRYPTED FILE-----\n";
constexpr std::string_view end_line = "-----END AGE ENCRYPTED FILE-----\n";
constexpr std::size_t key_size = 32;
constexpr std::size_t file_key_size = 16;
constexpr std::size_t nonce_size = 16;
constexpr std::size_t tag_size = crypto_aead_chacha20poly1305_ietf_ABYTES;
using ChunkNonce = std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// HKDF-SHA-256 of 32 bytes (RFC 5869): one block of output.
std::string hkdf(std::string_view secret, std::string_view salt, std::string_view label) {
  const std::string no_salt(key_size, '\0');
  const auto extracted = hmac_sha256(salt.empty() ? std::string_view(no_salt) : salt, secret);
  return hmac_sha256(extracted, std::string(label) + '\x01');
}

std::string unpadded(std::string_view bytes) {
  auto text = base64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::string close(std::string_view key, const ChunkNonce& nonce, std::string_view text) {
  std::string closed(text.size() + tag_size, '\0');
  crypto_aead_chacha20poly1305_ietf_encrypt(bytes_of(closed), nullptr, bytes_of(text), text.size(), nullptr, 0, nullptr,
                                            nonce.data(), bytes_of(key));
  return closed;
}

std::optional<std::string> open(std::string_view key, const ChunkNonce& nonce, std::string_view closed) {
  if (closed.size() < tag_size) return std::nullopt;
  std::string text(closed.size() - tag_size, '\0');
  if (crypto_aead_chacha20poly1305_ietf_decrypt(bytes_of(text), nullptr, nullptr, bytes_of(closed), closed.size(),
                                                nullptr, 0, nonce.data(), bytes_of(key)) != 0)
    return std::nullopt;
  return text;
}

/// The nonce of the only chunk: number zero, marked as the last.
ChunkNonce only_chunk() {
  ChunkNonce nonce{};
  nonce.back() = 1;
  return nonce;
}

/// The key by which a file key is wrapped for a recipient; nothing for points that give no secret.
std::optional<std::string> wrapping_key(std::string_view scalar, std::string_view their_point, std::string_view share,
                                        std::string_view recipient) {
  std::string common(key_size, '\0');
  if (crypto_scalarmult(bytes_of(common), bytes_of(scalar), bytes_of(their_point)) != 0) return std::nullopt;
  auto key = hkdf(common, std::string(share) + std::string(recipient), stanza_label);
  wipe(common);
  return key;
}

std::string header_mac(std::string_view file_key, std::string_view header) {
  return hmac_sha256(hkdf(file_key, "", "header"), header);
}

std::string armored(std::string_view bytes) {
  const auto text = base64(bytes);
  std::string lines(begin_line);
  for (std::size_t at = 0; at < text.size(); at += 64) lines += text.substr(at, 64) + '\n';
  return lines + std::string(end_line);
}

std::optional<std::string> without_armor(std::string_view text) {
  const auto begin = text.find(begin_line.substr(0, begin_line.size() - 1));
  const auto end = text.find(end_line.substr(0, end_line.size() - 1));
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return std::nullopt;
  std::string encoded;
  for (const char c : text.substr(begin + begin_line.size() - 1, end - begin - begin_line.size() + 1)) {
    if (c != '\n' && c != '\r') encoded += c;
  }
  return from_base64(encoded);
}

/// The file key out of the stanzas of a header, where one is for this identity.
std::optional<std::string> unwrap(std::string_view header, std::string_view scalar) {
  std::string point(key_size, '\0');
  crypto_scalarmult_base(bytes_of(point), bytes_of(scalar));
  const auto lines = split_list(header, "\n");
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const auto words = split_list(lines[i], " ");
    if (words.size() != 3 || words[0] != "->" || words[1] != "X25519") continue;
    const auto share = from_base64(words[2]).value_or("");
    const auto body = from_base64(lines[i + 1]).value_or("");
    if (share.size() != key_size) continue;
    const auto key = wrapping_key(scalar, share, share, point);
    if (!key) continue;
    if (auto file_key = open(*key, ChunkNonce{}, body); file_key && file_key->size() == file_key_size) return file_key;
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> age_encrypt(std::string_view text, std::string_view recipient, std::string_view seed) {
  const auto point = recipient_point(recipient);
  if (!point) return Error{fmt::format("`{}` is no age recipient", recipient)};
  if (text.size() > largest_age_text) return Error{"the text is too long for one chunk of age"};
  const auto derived = [&](std::string_view what) { return hmac_sha256(seed, fmt::format("{} {}", what, recipient)); };
  auto file_key = derived("file key").substr(0, file_key_size);
  auto ephemeral = derived("ephemeral key");
  std::string share(key_size, '\0');
  crypto_scalarmult_base(bytes_of(share), bytes_of(ephemeral));
  const auto key = wrapping_key(ephemeral, *point, share, *point);
  wipe(ephemeral);
  if (!key) return Error{fmt::format("`{}` is no age recipient", recipient)};

  auto header = fmt::format("{}-> X25519 {}\n{}\n---", version_line, unpadded(share),
                            unpadded(close(*key, ChunkNonce{}, file_key)));
  const auto mac = header_mac(file_key, header);
  const auto nonce = derived("nonce").substr(0, nonce_size);
  const auto payload = close(hkdf(file_key, nonce, "payload"), only_chunk(), text);
  wipe(file_key);
  return armored(fmt::format("{} {}\n", header, unpadded(mac)) + nonce + payload);
}

Result<std::string> age_decrypt(std::string_view text, std::string_view identity) {
  const auto scalar = identity_scalar(identity);
  if (!scalar) return Error{"this is no age identity"};
  const auto bytes = without_armor(text);
  if (!bytes || bytes->compare(0, version_line.size(), version_line) != 0) return Error{"this is no file of age"};
  const auto mark = bytes->find("\n--- ");
  const auto end = mark == std::string::npos ? mark : bytes->find('\n', mark + 1);
  if (end == std::string::npos) return Error{"the file of age is damaged"};
  const auto header = std::string_view(*bytes).substr(0, mark + 4);
  auto file_key = unwrap(header, *scalar);
  if (!file_key) return Error{"it is not encrypted for this identity"};
  const auto mac = from_base64(std::string_view(*bytes).substr(mark + 5, end - mark - 5)).value_or("");
  const auto rest = std::string_view(*bytes).substr(end + 1);
  const auto expected = header_mac(*file_key, header);
  if (mac.size() != expected.size() || sodium_memcmp(mac.data(), expected.data(), mac.size()) != 0 ||
      rest.size() < nonce_size)
    return Error{"the file of age is damaged"};
  auto plain = open(hkdf(*file_key, rest.substr(0, nonce_size), "payload"), only_chunk(), rest.substr(nonce_size));
  wipe(*file_key);
  if (!plain) return Error{"the file of age is damaged"};
  return *std::move(plain);
}

}  // namespace nmx
