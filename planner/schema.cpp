#include "planner/schema.hpp"

namespace nmx {

const AttributeRule& Schema::rule(std::string_view attribute) const {
  static const AttributeRule plain;
  const auto found = rules.find(attribute);
  return found == rules.end() ? plain : found->second;
}

}  // namespace nmx
