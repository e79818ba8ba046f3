#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/command.hpp"

namespace nmx {

/// What to run, or what to print and end with.
struct Invocation {
  const Command* command;
  Arguments arguments;
};
struct Printed {
  Exit exit;
  std::string text;
};

/// Reads the command line by the table; help and mistakes come back as text.
std::variant<Invocation, Printed> read_command_line(const std::vector<std::string>& arguments,
                                                    const std::vector<Command>& commands);

}  // namespace nmx
