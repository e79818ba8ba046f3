#pragma once

#include <string>
#include <string_view>

namespace nmx {

/// Breaks lines that are wider than a window between words; what goes on stands further in. Colours take no room. A
/// single word that is too wide is broken inside.
std::string fold(std::string_view text, std::size_t columns);

}  // namespace nmx
