#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nmx {

/// The candidate that was probably meant (by edit distance, transpositions counted once), if one is near enough.
std::optional<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates);
/// ``did you mean `memory`?``, or an empty text.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace nmx
