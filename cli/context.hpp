#pragma once

#include <filesystem>

#include "cli/command.hpp"
#include "cli/terminal.hpp"

namespace nmx {

/// What a command works with.
struct Context {
  Streams streams;
  Arguments arguments;
  /// `-C`, else where nmx was started.
  std::filesystem::path folder;
  Terminal terminal;
};

}  // namespace nmx
