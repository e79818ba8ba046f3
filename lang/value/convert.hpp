#pragma once

#include <optional>
#include <string>
#include <variant>

#include "lang/value/type.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// Why a value does not fit a type.
struct Mismatch {
  enum class Reason { wrong_type, wrong_unit, missing, unknown_key, bad_format, unknown_member };
  Reason reason;
  /// Where inside the value: `.mounts[2].path`; empty for the value itself.
  std::string path;
  /// ``expected `bytes`, found `int` ``.
  std::string message;
  /// ``write `512MiB` ``; may be empty.
  std::string help;
};

/// The value in the canonical form of the type (cidr, mac, hostname … normalised; optional fields filled in; 2.0 as 2
/// where an int is wanted). Null, holes and poison fit every type. A T fits secret(T) and becomes secret.
std::variant<Value, Mismatch> convert(const Value& value, const Type& type);

/// The text of a value inside `${…}`; nothing for lists, objects, instances and null.
std::optional<std::string> to_text(const Value& value);

}  // namespace nmx
