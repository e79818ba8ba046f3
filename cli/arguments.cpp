#include "cli/arguments.hpp"

#include <set>

namespace nmx {

std::optional<std::string> Arguments::value(std::string_view name) const {
  const auto found = given.find(name);
  if (found == given.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = given.find(name);
  return found == given.end() ? std::vector<std::string>{} : found->second;
}

const std::vector<Option>& common_options() {
  static const std::vector<Option> options = {
      {"C", "DIR", "work in this folder"},
      {"no-color", "", "no colours, as with NO_COLOR"},
      {"help", "", "show this"},
  };
  return options;
}

std::vector<std::string> with_two_dashes(const std::vector<std::string>& arguments,
                                         const std::vector<Command>& commands) {
  std::set<std::string, std::less<>> names;
  for (const auto& option : common_options()) names.insert(option.name);
  for (const auto& command : commands) {
    for (const auto& option : command.options) names.insert(option.name);
  }
  std::vector<std::string> result;
  bool literal = false;
  for (const auto& argument : arguments) {
    const bool one_dash = argument.size() > 2 && argument[0] == '-' && argument[1] != '-';
    const auto name = one_dash ? argument.substr(1, argument.find('=') - 1) : std::string();
    if (argument == "--") literal = true;
    result.push_back(!literal && names.contains(name) ? "-" + argument : argument);
  }
  return result;
}

}  // namespace nmx
