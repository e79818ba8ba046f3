#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// The text in the one canonical layout; comments stay where they stand. Formatting twice is formatting once, and the
/// tree does not change. The text must parse; otherwise the error says so and nothing is lost.
Result<std::string> format(std::string_view text);

}  // namespace nmx
