#pragma once

#include <string>
#include <string_view>

#include "planner/change.hpp"
#include "providers/authentik/model.hpp"

namespace nmx::authentik {

/// The object that an operation is about, as it is to be.
const Object& object_of(const Operation& operation);
/// Empty where the operation has no such argument.
std::string argument(const Operation& operation, std::string_view name);
/// `/core/groups/…/`
std::string item(const Model& model, std::string_view at);
/// Whether it is the outpost that belongs to everybody.
bool is_embedded(const Model& model, const Object& object);
/// An outpost's settings with those that are written.
Value with_config(const Model& model, const Object& wanted, Object config);

}  // namespace nmx::authentik
