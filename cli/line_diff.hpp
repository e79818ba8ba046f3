#pragma once

#include <string>
#include <string_view>

namespace nmx {

/// A unified diff of two texts, three lines of context, as `diff -u` and reviewers know it.
std::string line_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace nmx
