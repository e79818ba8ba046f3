#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace nmx {

/// nmx's own flake as it was built in: paths below `flake/`, and what stands there.
const std::vector<std::pair<std::string_view, std::string_view>>& flake_files();

}  // namespace nmx
