#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nmx {

/// Whether the text is UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
/// The code points; of broken text each wrong byte becomes U+FFFD.
std::u32string code_points(std::string_view text);
std::string to_utf8(std::u32string_view points);
/// How many code points.
std::size_t text_length(std::string_view text);

char32_t upper(char32_t point);
char32_t lower(char32_t point);
bool is_letter(char32_t point);
bool is_space(char32_t point);

}  // namespace nmx
