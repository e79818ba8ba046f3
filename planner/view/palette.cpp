#include "planner/view/palette.hpp"

#include <fmt/core.h>

namespace nmx {

std::string Palette::in(std::string_view code, std::string_view text) const {
  return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string Palette::by_danger(ChangeClass danger, std::string_view text) const {
  switch (danger) {
    case ChangeClass::none: return std::string(text);
    case ChangeClass::create: return good(text);
    case ChangeClass::live:
    case ChangeClass::restart: return warn(text);
    case ChangeClass::replace:
    case ChangeClass::destroy:
    case ChangeClass::data_loss: return bad(text);
  }
  return std::string(text);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace nmx
