#pragma once

#include <string>
#include <string_view>

namespace nmx {

/// Text as it stands between tags and inside quoted attributes of HTML and SVG: nothing in it becomes markup, nothing
/// steers a reader.
std::string html_text(std::string_view text);

}  // namespace nmx
