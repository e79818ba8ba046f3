#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace nmx {

/// Options that every command takes.
const std::vector<Option>& common_options();

/// Long options may be written with one dash or two. `-name` and `-name=value` become `--name…` where some command has
/// an option of that name; everything else, and all that follows `--`, stays as it is.
std::vector<std::string> with_two_dashes(const std::vector<std::string>& arguments,
                                         const std::vector<Command>& commands);

}  // namespace nmx
