#pragma once

#include <string>
#include <string_view>

#include "lang/value/value.hpp"

namespace nmx {

/// What a plain scalar of YAML stands for: null, a boolean, a number, a time or a text. Poison: not a number, or one
/// without end.
Value yaml_scalar(std::string_view text);
/// Whether it stands for a time: `2026-1-2`, `2026-01-02T03:04:05Z`.
bool is_yaml_time(std::string_view text);

}  // namespace nmx
