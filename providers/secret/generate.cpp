#include "providers/secret/generate.hpp"

#include <crypt.h>
#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <set>

#include "providers/support/age_key.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx::secret {

const std::string_view letters_and_digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

namespace {

/// bcrypt with 2^10 rounds, as `htpasswd -B` and web servers take it.
constexpr unsigned long bcrypt_cost = 10;
/// bcrypt looks at so many bytes of a password and at no more.
constexpr std::size_t bcrypt_limit = 72;

std::string in_encoding(std::string_view encoding, std::string_view bytes) {
  if (encoding == "hex") return hexadecimal(bytes);
  auto text = base64(bytes);
  if (encoding != "base64url") return text;
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

Result<Generated> password(const Recipe& recipe, DerivedBytes& bytes) {
  const std::string_view characters = recipe.characters.empty() ? letters_and_digits : recipe.characters;
  const bool printable = std::all_of(characters.begin(), characters.end(), [](char c) { return c >= ' ' && c <= '~'; });
  const std::set<char> different(characters.begin(), characters.end());
  if (!printable || different.size() != characters.size() || characters.size() < 2)
    return Error{"`characters` are at least two different printable ASCII characters"};
  Generated made;
  for (std::size_t i = 0; i < recipe.length; ++i) made.value += characters[bytes.below(characters.size())];
  return made;
}

Generated uuid(DerivedBytes& bytes) {
  auto raw = bytes.take(16);
  raw[6] = static_cast<char>((raw[6] & 0x0F) | 0x40);
  raw[8] = static_cast<char>((raw[8] & 0x3F) | 0x80);
  const auto hex = hexadecimal(raw);
  return {fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                      hex.substr(20)),
          {}};
}

/// The private half as X25519 uses it, so that `wg pubkey` and others see the number that they would make of it.
std::string clamped(std::string scalar) {
  scalar[0] = static_cast<char>(scalar[0] & 0xF8);
  scalar[31] = static_cast<char>((scalar[31] & 0x7F) | 0x40);
  return scalar;
}

Generated x25519(DerivedBytes& bytes) {
  const auto scalar = clamped(bytes.take(crypto_scalarmult_SCALARBYTES));
  std::string point(crypto_scalarmult_BYTES, '\0');
  crypto_scalarmult_base(reinterpret_cast<unsigned char*>(point.data()),
                         reinterpret_cast<const unsigned char*>(scalar.data()));
  return {base64(scalar), base64(point)};
}

Result<Generated> htpasswd(const Recipe& recipe, DerivedBytes& bytes) {
  if (recipe.password.empty()) return Error{"`htpasswd` wants the `password` that it is made of"};
  if (recipe.password.size() > bcrypt_limit)
    return Error{fmt::format("the password has {} bytes, and bcrypt takes {}", recipe.password.size(), bcrypt_limit)};
  if (recipe.password.find('\0') != std::string::npos || recipe.user.find_first_of(":\n") != std::string::npos)
    return Error{
        "neither a user with `:` or a line's end nor a password with a zero byte can stand in an htpasswd line"};
  const auto salt_bytes = bytes.take(16);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  if (crypt_gensalt_rn("$2y$", bcrypt_cost, salt_bytes.data(), static_cast<int>(salt_bytes.size()), setting.data(),
                       static_cast<int>(setting.size())) == nullptr)
    return Error{"this system's libcrypt has no bcrypt"};
  crypt_data work{};
  const char* hash = crypt_r(recipe.password.c_str(), setting.data(), &work);
  Generated made;
  if (hash != nullptr && hash[0] == '$')
    made.value = recipe.user.empty() ? std::string(hash) : fmt::format("{}:{}", recipe.user, hash);
  sodium_memzero(&work, sizeof work);
  if (made.value.empty()) return Error{"this system's libcrypt has no bcrypt"};
  return made;
}

}  // namespace

Result<Generated> generate(const Recipe& recipe, DerivedBytes& bytes) {
  if (recipe.kind == "password") return password(recipe, bytes);
  if (recipe.kind == "bytes") return Generated{in_encoding(recipe.encoding, bytes.take(recipe.length)), {}};
  if (recipe.kind == "uuid") return uuid(bytes);
  if (recipe.kind == "x25519") return x25519(bytes);
  if (recipe.kind == "htpasswd") return htpasswd(recipe, bytes);
  if (recipe.kind == "ed25519") {
    auto key = openssh_ed25519(bytes.take(32), recipe.comment);
    return Generated{std::move(key.private_file), std::move(key.public_line)};
  }
  if (recipe.kind == "age") {
    auto key = age_key(bytes.take(32));
    return Generated{std::move(key.identity), std::move(key.recipient)};
  }
  return Error{fmt::format("nobody makes a secret of the kind `{}`", recipe.kind)};
}

}  // namespace nmx::secret
