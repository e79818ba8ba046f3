#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace nmx {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::size_t width_of_terminal() {
  const auto columns = variable("COLUMNS");
  std::size_t width = 0;
  if (std::from_chars(columns.data(), columns.data() + columns.size(), width).ec == std::errc() && width > 0) {
    return width;
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 100;
}

}  // namespace

Terminal look_at_terminal(const Arguments& arguments) {
  Terminal terminal;
  terminal.interactive_out = isatty(STDOUT_FILENO) == 1;
  terminal.interactive_in = isatty(STDIN_FILENO) == 1;
  const bool plain = arguments.flag("no-color") || !variable("NO_COLOR").empty() || variable("TERM") == "dumb";
  terminal.colour = terminal.interactive_out && !plain ? Colour::on : Colour::off;
  terminal.width = std::clamp<std::size_t>(width_of_terminal(), 40, 200);
  return terminal;
}

}  // namespace nmx
