#include "providers/support/form.hpp"

#include <algorithm>
#include <optional>

namespace nmx {
namespace {

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[byte >> 4];
    encoded += digits[byte & 15];
  }
  return encoded;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      const auto high = hex_digit(text[at + 1]);
      const auto low = hex_digit(text[at + 2]);
      if (high && low) {
        decoded += static_cast<char>(*high * 16 + *low);
        at += 2;
        continue;
      }
    }
    decoded += text[at];
  }
  return decoded;
}

void Form::set(std::string_view name, std::string value) { put(name, std::move(value), false); }

void Form::set_secret(std::string_view name, std::string value) { put(name, std::move(value), true); }

void Form::put(std::string_view name, std::string value, bool secret) {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == name; });
  if (found == fields_.end()) {
    fields_.push_back({std::string(name), std::move(value), secret});
  } else {
    *found = {std::string(name), std::move(value), secret};
  }
}

const std::string* Form::find(std::string_view name) const {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == name; });
  return found == fields_.end() ? nullptr : &found->value;
}

std::vector<std::pair<std::string, std::string>> Form::fields() const {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& field : fields_) pairs.emplace_back(field.name, field.value);
  return pairs;
}

std::string Form::encoded() const {
  std::string text;
  for (const auto& field : fields_) {
    if (!text.empty()) text += '&';
    text += percent_encode(field.name) + '=' + percent_encode(field.value);
  }
  return text;
}

std::string Form::redacted() const {
  std::string text;
  for (const auto& field : fields_) {
    if (!text.empty()) text += '&';
    text += field.name + '=' + (field.secret ? "(secret)" : field.value);
  }
  return text;
}

}  // namespace nmx
