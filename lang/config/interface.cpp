#include "lang/config/interface.hpp"

namespace nmx {

const InterfaceAttribute* Interface::find(std::string_view name) const {
  for (const auto& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

std::vector<std::string> Interface::names() const {
  std::vector<std::string> names;
  names.reserve(attributes.size());
  for (const auto& attribute : attributes) names.push_back(attribute.name);
  return names;
}

}  // namespace nmx
