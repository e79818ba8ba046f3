#include "providers/authentik/operation_parts.hpp"

#include <fmt/core.h>

#include "providers/support/form.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {

const Object& object_of(const Operation& operation) {
  static const Object nothing;
  const auto* object = operation.arguments.at_or_null("object").object();
  return object ? *object : nothing;
}

std::string argument(const Operation& operation, std::string_view name) {
  return Fields(operation.arguments).text_or(name, "");
}

std::string item(const Model& model, std::string_view at) {
  return fmt::format("{}{}/", model.path, percent_encode(at));
}

bool is_embedded(const Model& model, const Object& object) {
  return model.type == "authentik_outpost" && Fields(object).text_or("name", "") == embedded_outpost;
}

Value with_config(const Model& model, const Object& wanted, Object config) {
  for (const auto& attribute : model.attributes) {
    if (attribute.form != Attribute::Form::config || !wanted.contains(attribute.name())) continue;
    config.set(attribute.field, wanted.at_or_null(attribute.name()));
  }
  return config;
}

}  // namespace nmx::authentik
