#include "lang/diagnostics/visible.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nmx {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

char32_t decode(std::string_view character) {
  if (character.size() == 1) return byte_at(character, 0);
  char32_t code = byte_at(character, 0) & (0xFFu >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i) code = (code << 6) | (byte_at(character, i) & 0x3F);
  return code;
}

/// C1 controls, direction marks and isolates, zero-width and line separators, byte order mark.
bool deceives(char32_t code) {
  return (code >= 0x80 && code < 0xA0) || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF || code == 0x061C;
}

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
  }
  const auto second = byte_at(text, 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate_or_beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || surrogate_or_beyond ? 0 : length;
}

std::string visible(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto character = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(character.size());
    if (character == "\t") {
      result += "  ";
    } else if (length == 0 || byte_at(character, 0) < 0x20 || character == "\x7f") {
      result += fmt::format("\\x{:02x}", byte_at(character, 0));
    } else if (length > 1 && deceives(decode(character))) {
      result += fmt::format("\\u{{{:04X}}}", static_cast<unsigned>(decode(character)));
    } else {
      result += character;
    }
  }
  return result;
}

std::string visible_lines(std::string_view text) {
  std::string shown;
  for (;;) {
    const auto end = text.find('\n');
    shown += visible(text.substr(0, end));
    if (end == std::string_view::npos) return shown;
    shown += '\n';
    text.remove_prefix(end + 1);
  }
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string take_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  while (at < text.size() && (columns > 0 || !begins_character(text[at]))) {
    if (begins_character(text[at])) --columns;
    ++at;
  }
  return std::string(text.substr(0, at));
}

std::string drop_columns(std::string_view text, std::size_t columns) {
  return std::string(text.substr(take_columns(text, columns).size()));
}

}  // namespace nmx
