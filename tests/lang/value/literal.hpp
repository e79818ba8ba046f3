#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "lang/value/operators.hpp"
#include "lang/value/type.hpp"
#include "lang/value/value.hpp"

namespace nmx::test {

/// A row's left side, computed by direct calls: literals, one operator, calls of built-ins, and besides
/// `secret(x)`, `hole(name)`, `poison`, `instance(kind, name)`, `x : type` (convert), `text(x)` and `x[…]`, `x.name`.
/// Throws std::invalid_argument where the row is malformed.
Outcome evaluate_row(std::string_view text);

/// The type that a text like `list(string)` or `object({ a = optional(int, 1) })` writes.
Type read_type(std::string_view text);

/// The value as a row writes it; doubles keep their point, so that 2 and 2.0 differ.
std::string write_literal(const Value& value);

}  // namespace nmx::test
