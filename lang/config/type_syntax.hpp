#pragma once

#include <optional>

#include "lang/config/configuration.hpp"
#include "lang/diagnostics/diagnostic.hpp"
#include "lang/value/type.hpp"

namespace nmx {

/// The type that an expression spells: `list(string)`, `enum(a, b)`, `service | url`. A kind's name is a type. After a
/// mistake, which is told, the type is `any`.
Type type_of(const ast::Expression& expression, const Configuration& configuration, Diagnostics& diagnostics);

/// A value written without names, calls and operators; bare words are members where an enum is wanted.
std::optional<Value> constant_value(const ast::Expression& expression, const Type& type);

/// The member that a bare word is where a value of this type is wanted; null pointer: no enum takes it.
const std::string* enum_member(const Type& type, std::string_view word);
/// Every bare word that a value of this type may be.
std::vector<std::string> enum_members(const Type& type);

}  // namespace nmx
