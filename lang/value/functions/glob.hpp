#pragma once

#include <string_view>

namespace nmx {

/// Whether a path fits a pattern: `*` and `?` within one name, `**` for folders at any depth, `[a-z]`, `{one,another}`.
bool fits_glob(std::string_view pattern, std::string_view path);

}  // namespace nmx
