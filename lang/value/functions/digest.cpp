#include "lang/value/functions/digest.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace nmx {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const EVP_MD* algorithm_of(Digest algorithm) {
  switch (algorithm) {
    case Digest::md5: return EVP_md5();
    case Digest::sha1: return EVP_sha1();
    case Digest::sha256: return EVP_sha256();
    case Digest::sha512: return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

std::string digest(Digest algorithm, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), bytes.data(), &size, algorithm_of(algorithm), nullptr) != 1) {
    throw std::logic_error("this build of OpenSSL lacks a digest");
  }
  return {bytes.begin(), bytes.begin() + size};
}

std::string hexadecimal(std::string_view data) {
  std::string text;
  for (const char c : data) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string base64(std::string_view data) {
  std::string text;
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, data.size() - i);
    unsigned group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? static_cast<unsigned char>(data[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) text += j <= count ? alphabet[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  const std::size_t given = text.size();
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  const bool padded = given != text.size();
  if (text.size() % 4 == 1 || given - text.size() > 2 || (padded && given % 4 != 0)) return std::nullopt;
  std::string data;
  unsigned group = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    group = group << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    data.push_back(static_cast<char>(static_cast<unsigned char>(group >> bits)));
    group &= (1u << bits) - 1;
  }
  // Bits that say nothing must be zero, so that one text only stands for the data.
  if (group != 0) return std::nullopt;
  return data;
}

}  // namespace nmx
