#include "planner/configuration_digest.hpp"

#include <algorithm>

#include "planner/checksum.hpp"

namespace nmx {
namespace {

constexpr std::string_view variable = "env ";
constexpr std::string_view file = "file ";

/// Unambiguous: each part with its length before it.
void append(std::string& all, std::string_view part) { all += std::to_string(part.size()) + ":" + std::string(part); }

}  // namespace

std::vector<std::string> names_of(const SystemInputs& inputs) {
  std::vector<std::string> names;
  for (const auto& [name, value] : inputs.variables()) names.push_back(std::string(variable) + name);
  for (const auto& [name, value] : inputs.files()) names.push_back(std::string(file) + name);
  return names;
}

std::string configuration_digest(const Configuration& configuration, SystemInputs& inputs,
                                 const std::vector<std::string>& names,
                                 const std::function<std::string(std::string_view)>& derive) {
  std::string all;
  append(all, configuration.environment);
  const auto& sources = *configuration.sources;
  // What evaluation added later (templates) counts as an input.
  for (std::uint32_t i = 0; i < configuration.directories.size(); ++i) {
    append(all, sources.name(SourceId{i}));
    append(all, sources.text(SourceId{i}));
  }
  for (const auto& one : configuration.overrides) append(all, one.name), append(all, one.text);
  for (const auto& name : names) {
    append(all, name);
    std::optional<std::string> value;
    if (name.rfind(variable, 0) == 0) value = inputs.environment(name.substr(variable.size()));
    if (name.rfind(file, 0) == 0) {
      auto text = inputs.binary(name.substr(file.size()));
      if (text) value = *std::move(text);
    }
    append(all, value ? derive("input " + *value) : "absent");
  }
  return to_hex(checksum(all, "", 32));
}

}  // namespace nmx
