#include "providers/support/age_key.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>

#include "planner/seal.hpp"
#include "providers/support/bech32.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx {
namespace {

constexpr std::string_view recipient_prefix = "age";
constexpr std::string_view identity_prefix = "age-secret-key-";
constexpr std::size_t key_size = 32;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::optional<std::string> key_of(std::string_view text, std::string_view prefix) {
  auto read = from_bech32(text);
  if (!read || read->first != prefix || read->second.size() != key_size) return std::nullopt;
  return std::move(read->second);
}

}  // namespace

AgeKey age_key(std::string_view scalar) {
  std::string point(key_size, '\0');
  crypto_scalarmult_base(bytes_of(point), bytes_of(scalar));
  AgeKey key{bech32(identity_prefix, scalar), bech32(recipient_prefix, point)};
  for (auto& c : key.identity) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return key;
}

Result<AgeKey> age_key_of_ssh(std::string_view private_file) {
  auto pair = openssh_ed25519_pair(private_file);
  if (!pair) return pair.error();
  std::string scalar(key_size, '\0');
  crypto_sign_ed25519_sk_to_curve25519(bytes_of(scalar), bytes_of(*pair));
  wipe(*pair);
  auto key = age_key(scalar);
  wipe(scalar);
  return key;
}

Result<std::string> age_recipient(std::string_view public_key) {
  const auto words = split_list(public_key, " \t\r\n");
  const auto shown = words.empty() ? std::string() : words.front().substr(0, 24);
  if (words.size() == 1 && words.front().rfind("age1", 0) == 0) {
    if (recipient_point(words.front())) return words.front();
    return Error{"this age recipient is damaged: its checksum does not fit",
                 "copy it again, as `age-keygen -y` prints it"};
  }
  const auto line = plain_public_key(public_key);
  constexpr std::string_view wanted = "ssh-ed25519 ";
  if (!line || line->rfind(wanted, 0) != 0)
    return Error{fmt::format("`{}` is no key that secrets can be encrypted for",
                             line ? line->substr(0, line->find(' ')) : shown),
                 "an ssh-ed25519 key (`ssh-keygen -t ed25519`) or an age recipient (`age1…`) is"};
  const auto blob = from_base64(std::string_view(*line).substr(wanted.size())).value_or("");
  // The key stands behind two counted strings' heads: the type's name and its own length.
  constexpr std::size_t blob_size = 4 + 11 + 4 + key_size;
  std::string point(key_size, '\0');
  if (blob.size() != blob_size ||
      crypto_sign_ed25519_pk_to_curve25519(bytes_of(point), bytes_of(std::string_view(blob).substr(19))) != 0)
    return Error{"this ssh-ed25519 key is damaged", "copy the whole line of the `.pub` file"};
  return bech32(recipient_prefix, point);
}

std::optional<std::string> recipient_point(std::string_view recipient) { return key_of(recipient, recipient_prefix); }
std::optional<std::string> identity_scalar(std::string_view identity) { return key_of(identity, identity_prefix); }

}  // namespace nmx
