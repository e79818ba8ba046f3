#pragma once

#include <functional>
#include <map>
#include <string_view>

namespace nmx::stdlib {

/// The definition files by name (`stdlib/kinds/site.nmx`); generated while building.
const std::map<std::string_view, std::string_view, std::less<>>& texts();
/// Which file defines a kind (`site`, `service.jellyfin`); generated while building.
const std::map<std::string_view, std::string_view, std::less<>>& files_of_kinds();

}  // namespace nmx::stdlib
