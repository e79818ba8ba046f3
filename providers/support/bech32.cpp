#include "providers/support/bech32.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace nmx {
namespace {

constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t checksum_length = 6;

using Words = std::vector<std::uint8_t>;  // of five bits each

std::uint32_t polymod(const Words& words) {
  constexpr std::array<std::uint32_t, 5> generators = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  std::uint32_t sum = 1;
  for (const auto word : words) {
    const auto top = sum >> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ word;
    for (std::size_t i = 0; i < generators.size(); ++i) {
      if ((top >> i) & 1) sum ^= generators[i];
    }
  }
  return sum;
}

/// The prefix as it enters the checksum: the high bits of each character, a zero, the low bits.
Words expanded(std::string_view prefix) {
  Words words;
  for (const char c : prefix) words.push_back(static_cast<std::uint8_t>(static_cast<unsigned char>(c) >> 5));
  words.push_back(0);
  for (const char c : prefix) words.push_back(static_cast<std::uint8_t>(c & 31));
  return words;
}

Words to_words(std::string_view bytes) {
  Words words;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = (held << 8) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 5) words.push_back(static_cast<std::uint8_t>((held >> (bits -= 5)) & 31));
  }
  if (bits > 0) words.push_back(static_cast<std::uint8_t>((held << (5 - bits)) & 31));
  return words;
}

std::optional<std::string> to_bytes(const Words& words) {
  std::string bytes;
  std::uint32_t held = 0;
  int bits = 0;
  for (const auto word : words) {
    held = (held << 5) | word;
    bits += 5;
    if (bits >= 8) bytes += static_cast<char>((held >> (bits -= 8)) & 0xff);
  }
  const bool clean = bits < 5 && (held & ((1u << bits) - 1)) == 0;
  return clean ? std::optional(bytes) : std::nullopt;
}

}  // namespace

std::string bech32(std::string_view prefix, std::string_view bytes) {
  auto words = to_words(bytes);
  auto summed = expanded(prefix);
  summed.insert(summed.end(), words.begin(), words.end());
  summed.resize(summed.size() + checksum_length);
  const auto sum = polymod(summed) ^ 1;
  for (int shift = 25; shift >= 0; shift -= 5) words.push_back(static_cast<std::uint8_t>((sum >> shift) & 31));
  auto text = std::string(prefix) + '1';
  for (const auto word : words) text += alphabet[word];
  return text;
}

std::optional<std::pair<std::string, std::string>> from_bech32(std::string_view text) {
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool mixed =
      std::any_of(text.begin(), text.end(), is_small) && std::any_of(text.begin(), text.end(), is_capital);
  std::string small(text);
  for (auto& c : small) {
    if (c < '!' || c > '~') return std::nullopt;
    if (is_capital(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  const auto separator = small.rfind('1');
  if (mixed || separator == std::string::npos || separator == 0 || small.size() - separator - 1 < checksum_length)
    return std::nullopt;
  const auto prefix = small.substr(0, separator);
  Words words;
  for (const char c : std::string_view(small).substr(separator + 1)) {
    const auto at = alphabet.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    words.push_back(static_cast<std::uint8_t>(at));
  }
  auto summed = expanded(prefix);
  summed.insert(summed.end(), words.begin(), words.end());
  if (polymod(summed) != 1) return std::nullopt;
  words.resize(words.size() - checksum_length);
  auto bytes = to_bytes(words);
  if (!bytes) return std::nullopt;
  return std::make_pair(prefix, *std::move(bytes));
}

}  // namespace nmx
