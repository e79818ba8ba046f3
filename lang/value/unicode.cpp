#include "lang/value/unicode.hpp"

#include <locale.h>
#include <wctype.h>

namespace nmx {
namespace {

constexpr char32_t broken = 0xFFFD;

struct Decoded {
  char32_t point;
  std::size_t length;
  bool valid;
};

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

Decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(lead);
  if (length == 1) return {lead, 1, true};
  if (length == 0 || length > text.size()) return {broken, 1, false};
  char32_t point = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {broken, 1, false};
    point = (point << 6) | (next & 0x3Fu);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  if (overlong || surrogate || point > 0x10FFFF) return {broken, 1, false};
  return {point, length, true};
}

/// Letters of all scripts, whatever the locale of the process is.
locale_t letters() {
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return utf8;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Decoded decoded = decode(text);
    if (!decoded.valid) return false;
    text.remove_prefix(decoded.length);
  }
  return true;
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  while (!text.empty()) {
    const Decoded decoded = decode(text);
    points.push_back(decoded.point);
    text.remove_prefix(decoded.length);
  }
  return points;
}

std::string to_utf8(std::u32string_view points) {
  std::string text;
  text.reserve(points.size());
  const auto append = [&](char32_t byte) { text.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  for (const char32_t point : points) {
    if (point < 0x80) {
      append(point);
    } else if (point < 0x800) {
      append(0xC0 | (point >> 6));
      append(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
      append(0xE0 | (point >> 12));
      append(0x80 | ((point >> 6) & 0x3F));
      append(0x80 | (point & 0x3F));
    } else {
      append(0xF0 | (point >> 18));
      append(0x80 | ((point >> 12) & 0x3F));
      append(0x80 | ((point >> 6) & 0x3F));
      append(0x80 | (point & 0x3F));
    }
  }
  return text;
}

std::size_t text_length(std::string_view text) {
  std::size_t length = 0;
  while (!text.empty()) {
    text.remove_prefix(decode(text).length);
    ++length;
  }
  return length;
}

char32_t upper(char32_t point) {
  if (point < 0x80) return point >= 'a' && point <= 'z' ? point - 'a' + 'A' : point;
  return letters() ? static_cast<char32_t>(towupper_l(static_cast<wint_t>(point), letters())) : point;
}

char32_t lower(char32_t point) {
  if (point < 0x80) return point >= 'A' && point <= 'Z' ? point - 'A' + 'a' : point;
  return letters() ? static_cast<char32_t>(towlower_l(static_cast<wint_t>(point), letters())) : point;
}

bool is_letter(char32_t point) {
  if (point < 0x80) return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
  return letters() && iswalpha_l(static_cast<wint_t>(point), letters()) != 0;
}

bool is_space(char32_t point) {
  if (point < 0x80) return point == ' ' || (point >= '\t' && point <= '\r');
  return point == 0x85 || point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
         point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x3000;
}

}  // namespace nmx
