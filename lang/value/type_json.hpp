#pragma once

#include <optional>

#include "lang/value/type.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// A type as a value of plain data, for what is stored: `{ tag = "list", of = [{ tag = "string" }] }`.
Value type_to_value(const Type& type);
/// Nothing where the value does not describe a type.
std::optional<Type> type_from_value(const Value& value);

}  // namespace nmx
