#include <fmt/core.h>

#include <array>
#include <optional>

#include "lang/value/functions/digest.hpp"
#include "lang/value/functions/families.hpp"

namespace nmx {
namespace {

template <Digest algorithm>
Outcome in_hexadecimal(Arguments arguments, const CallContext&) {
  return Value(hexadecimal(digest(algorithm, text_of(arguments[0]))));
}

template <Digest algorithm>
Outcome in_base64(Arguments arguments, const CallContext&) {
  return Value(base64(digest(algorithm, text_of(arguments[0]))));
}

/// The sixteen bytes of `6ba7b810-9dad-11d1-80b4-00c04fd430c8`.
std::optional<std::string> uuid_bytes(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string bytes;
  unsigned byte = 0;
  bool half = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return std::nullopt;
      continue;
    }
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      digit = static_cast<unsigned>((c | 0x20) - 'a') + 10;
    } else {
      return std::nullopt;
    }
    byte = byte << 4 | digit;
    if (half) bytes.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
    if (half) byte = 0;
    half = !half;
  }
  return bytes;
}

/// Of the four namespaces of RFC 4122, or of any uuid.
std::optional<std::string> namespace_bytes(const std::string& name) {
  if (name == "dns") return uuid_bytes("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
  if (name == "url") return uuid_bytes("6ba7b811-9dad-11d1-80b4-00c04fd430c8");
  if (name == "oid") return uuid_bytes("6ba7b812-9dad-11d1-80b4-00c04fd430c8");
  if (name == "x500") return uuid_bytes("6ba7b814-9dad-11d1-80b4-00c04fd430c8");
  return uuid_bytes(name);
}

Outcome uuidv5(Arguments arguments, const CallContext&) {
  const auto space = namespace_bytes(text_of(arguments[0]));
  if (!space) {
    return bad_argument(0, fmt::format("`{}` is no namespace", text_of(arguments[0])),
                        "one of `dns`, `url`, `oid`, `x500`, or a uuid");
  }
  std::string bytes = digest(Digest::sha1, *space + text_of(arguments[1])).substr(0, 16);
  const auto set = [&](std::size_t at, unsigned keep, unsigned value) {
    bytes[at] = static_cast<char>(static_cast<unsigned char>((static_cast<unsigned char>(bytes[at]) & keep) | value));
  };
  set(6, 0x0F, 0x50);  // version 5
  set(8, 0x3F, 0x80);  // the variant of RFC 4122
  const std::string digits = hexadecimal(bytes);
  return Value(fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                           digits.substr(16, 4), digits.substr(20)));
}

}  // namespace

std::vector<Function> hash_functions() {
  const std::vector<Parameter> text = {{"text", types::string}};
  // clang-format off
  return {
      {.name = "md5", .parameters = text, .result = types::string,
       .doc = "The MD5 digest in hexadecimal; for checksums, never for security.\nmd5(\"\")  # \"d41d8cd98f00b204e9800998ecf8427e\"", .body = in_hexadecimal<Digest::md5>},
      {.name = "sha1", .parameters = text, .result = types::string,
       .doc = "The SHA-1 digest in hexadecimal.\nsha1(\"\")  # \"da39a3ee5e6b4b0d3255bfef95601890afd80709\"", .body = in_hexadecimal<Digest::sha1>},
      {.name = "sha256", .parameters = text, .result = types::string,
       .doc = "The SHA-256 digest in hexadecimal.\nsubstr(sha256(\"nmx\"), 0, 8)  # \"bd931a16\"", .body = in_hexadecimal<Digest::sha256>},
      {.name = "sha512", .parameters = text, .result = types::string,
       .doc = "The SHA-512 digest in hexadecimal.\nlength(sha512(\"\"))  # 128", .body = in_hexadecimal<Digest::sha512>},
      {.name = "base64sha256", .parameters = text, .result = types::string,
       .doc = "The SHA-256 digest in base64.\nbase64sha256(\"\")  # \"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\"", .body = in_base64<Digest::sha256>},
      {.name = "base64sha512", .parameters = text, .result = types::string,
       .doc = "The SHA-512 digest in base64.\nlength(base64sha512(\"\"))  # 88", .body = in_base64<Digest::sha512>},
      {.name = "uuidv5", .parameters = {{"namespace", types::string}, {"name", types::string}}, .result = types::string,
       .doc = "The uuid of a name, always the same; the namespace is `dns`, `url`, `oid`, `x500` or a uuid.\nuuidv5(\"dns\", \"www.example.com\")  # \"2ed6657d-e927-568b-95e1-2665a8aea6a2\"", .body = uuidv5},
  };
  // clang-format on
}

}  // namespace nmx
