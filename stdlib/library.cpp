#include "stdlib/library.hpp"

#include <stdexcept>

#include "stdlib/definitions.hpp"

namespace nmx {

std::optional<std::string> StandardLibrary::file_of(std::string_view kind) const {
  const auto& files = stdlib::files_of_kinds();
  const auto found = files.find(kind);
  if (found == files.end()) return std::nullopt;
  return std::string(found->second);
}

std::string_view StandardLibrary::text(std::string_view file) const {
  const auto& texts = stdlib::texts();
  const auto found = texts.find(file);
  if (found == texts.end()) throw std::logic_error("no definition file " + std::string(file));
  return found->second;
}

std::vector<std::string> StandardLibrary::kinds() const {
  std::vector<std::string> names;
  for (const auto& [kind, file] : stdlib::files_of_kinds()) names.emplace_back(kind);
  return names;
}

}  // namespace nmx
