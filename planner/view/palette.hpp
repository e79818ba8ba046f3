#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/render.hpp"
#include "planner/change.hpp"

namespace nmx {

/// Colours of a plan; without colour, words and signs alone say everything.
class Palette {
 public:
  explicit Palette(Colour colour) : on_(colour == Colour::on) {}
  std::string good(std::string_view text) const { return in("32", text); }
  std::string warn(std::string_view text) const { return in("33", text); }
  std::string bad(std::string_view text) const { return in("31", text); }
  std::string strong(std::string_view text) const { return in("1", text); }
  std::string quiet(std::string_view text) const { return in("2", text); }
  std::string by_danger(ChangeClass danger, std::string_view text) const;

 private:
  std::string in(std::string_view code, std::string_view text) const;
  bool on_;
};

/// `6 to create`, `1 object`, `2 objects`.
std::string counted(std::size_t count, std::string_view noun);

}  // namespace nmx
