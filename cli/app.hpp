#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace nmx {

/// Every command, in the order that help shows them.
const std::vector<Command>& commands();

/// Runs nmx with the arguments that follow its name; what it returns is the exit code.
int run(const std::vector<std::string>& arguments, Streams streams);

}  // namespace nmx
