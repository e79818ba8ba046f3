#include "providers/support/openssh_key.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>

#include <fmt/core.h>

#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

constexpr std::string_view magic{"openssh-key-v1\0", 15};
constexpr std::string_view begin_line = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view end_line = "-----END OPENSSH PRIVATE KEY-----";

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((value >> shift) & 0xff);
  return bytes;
}

std::string counted(std::string_view bytes) {
  return number(static_cast<std::uint32_t>(bytes.size())) + std::string(bytes);
}

std::string public_half(std::string_view seed) {
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                             reinterpret_cast<const unsigned char*>(seed.data()), seed.size()),
                &EVP_PKEY_free);
  std::array<unsigned char, 32> out{};
  std::size_t size = out.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), out.data(), &size) != 1)
    throw std::logic_error("an ed25519 seed has 32 bytes");
  return {reinterpret_cast<const char*>(out.data()), size};
}

/// Takes counted strings off the front of a key blob.
class Blob {
 public:
  explicit Blob(std::string_view bytes) : rest_(bytes) {}
  std::optional<std::uint32_t> take_number() {
    if (rest_.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = (value << 8) | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(4);
    return value;
  }
  std::optional<std::string_view> take() {
    const auto size = take_number();
    if (!size || rest_.size() < *size) return std::nullopt;
    const auto taken = rest_.substr(0, *size);
    rest_.remove_prefix(*size);
    return taken;
  }

 private:
  std::string_view rest_;
};

}  // namespace

OpensshKey openssh_ed25519(std::string_view seed, std::string_view comment) {
  const auto half = public_half(seed);
  const auto public_blob = counted("ssh-ed25519") + counted(half);

  // The two equal numbers tell a decrypted file from garbage; any value will do.
  const auto check = sha256(seed).substr(0, 4);
  std::string secret = check + check + public_blob + counted(std::string(seed) + half) + counted(comment);
  for (char pad = 1; secret.size() % 8 != 0; ++pad) secret += pad;

  const auto blob = std::string(magic) + counted("none") + counted("none") + counted("") + number(1) +
                    counted(public_blob) + counted(secret);
  const auto text = base64(blob);
  OpensshKey key;
  key.private_file = std::string(begin_line) + '\n';
  for (std::size_t at = 0; at < text.size(); at += 70) key.private_file += text.substr(at, 70) + '\n';
  key.private_file += std::string(end_line) + '\n';
  key.public_line = "ssh-ed25519 " + base64(public_blob);
  return key;
}

namespace {

/// What a private key file holds: the public half, and the part that a passphrase would hide.
struct PrivateFile {
  std::string public_blob;
  std::string hidden;
};

Result<PrivateFile> read_private_file(std::string_view private_file) {
  const auto begin = private_file.find(begin_line);
  const auto end = private_file.find(end_line);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
    return Error{"not an OpenSSH private key file"};
  const auto body = begin + begin_line.size();
  std::string encoded;
  for (const char c : private_file.substr(body, end - body)) {
    if (c != '\n' && c != '\r' && c != ' ') encoded += c;
  }
  const auto bytes = from_base64(encoded).value_or("");
  if (bytes.compare(0, magic.size(), magic) != 0) return Error{"not an OpenSSH private key file"};
  Blob blob(std::string_view(bytes).substr(magic.size()));
  const auto cipher = blob.take();
  if (cipher && *cipher != "none") return Error{"the private key is encrypted with a passphrase"};
  blob.take();
  blob.take();
  const auto count = blob.take_number();
  const auto public_blob = blob.take();
  const auto hidden = blob.take();
  if (!cipher || count != 1u || !public_blob || !hidden) return Error{"the private key file is damaged"};
  return PrivateFile{std::string(*public_blob), std::string(*hidden)};
}

}  // namespace

Result<std::string> openssh_public_line(std::string_view private_file) {
  const auto file = read_private_file(private_file);
  if (!file) return file.error();
  Blob inner(file->public_blob);
  const auto type = inner.take();
  if (!type) return Error{"the private key file is damaged"};
  return std::string(*type) + ' ' + base64(file->public_blob);
}

Result<std::string> openssh_ed25519_pair(std::string_view private_file) {
  const auto file = read_private_file(private_file);
  if (!file) return file.error();
  Blob hidden(file->hidden);
  const auto check = hidden.take_number();
  const auto again = hidden.take_number();
  const auto type = hidden.take();
  if (type && *type != "ssh-ed25519") return Error{"the private key is no ed25519 key"};
  hidden.take();
  const auto pair = hidden.take();
  if (!check || check != again || !pair || pair->size() != 64) return Error{"the private key file is damaged"};
  return std::string(*pair);
}

std::optional<std::string> plain_public_key(std::string_view line) {
  const auto words = split_list(line, " \t\r\n");
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    const auto& type = words[at];
    if (type.rfind("ssh-", 0) != 0 && type.rfind("ecdsa-sha2-", 0) != 0 && type.rfind("sk-", 0) != 0) continue;
    const auto bytes = from_base64(words[at + 1]).value_or("");
    Blob blob(bytes);
    const auto named = blob.take();
    if (named && *named == type) return type + ' ' + words[at + 1];
  }
  return std::nullopt;
}

std::string known_hosts_line(std::string_view names, std::string_view public_line) {
  return fmt::format("{} {}", names, public_line);
}

}  // namespace nmx
