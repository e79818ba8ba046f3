#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nmx {

/// Text that cannot steer a terminal or deceive a reader: control characters, invalid UTF-8 and marks that turn the
/// direction of writing are shown as escapes (`\x1b`, `\u{202E}`), a tab as two spaces. Line breaks are escaped too.
std::string visible(std::string_view text);
/// The same, and line breaks stay.
std::string visible_lines(std::string_view text);
/// Columns that a visible text takes, one a character.
std::size_t width(std::string_view text);
std::string take_columns(std::string_view text, std::size_t columns);
std::string drop_columns(std::string_view text, std::size_t columns);

/// The length in bytes of the UTF-8 character that begins there; 0 where the bytes are no valid character.
std::size_t utf8_length(std::string_view text);

}  // namespace nmx
