#pragma once

#include <map>
#include <string_view>

namespace nmx::lab {

/// The scripts of a guest by name (`boot`, `init`, `first-boot`, `systemctl` …), embedded when nmx is built.
const std::map<std::string_view, std::string_view>& guest_scripts();

}  // namespace nmx::lab
