#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/authentik/directory.hpp"

namespace nmx::authentik {

/// An object as the server tells it, in normal form: names instead of ids, lists in one order.
Object from_api(const Model& model, const Value& json, const Directory& directory);

/// The body of a request that makes these attributes so. Errors: a name that stands for nothing.
Result<Object> to_api(const Model& model, const Object& wanted, const std::vector<std::string>& attributes,
                      const Directory& directory, Release release);

/// What people write, in normal form. `mappings`: full names of scope mappings to those of `mapping_name`.
Value normal_value(const Attribute& attribute, const Value& written, const Object& mappings);

/// The names in an attribute that the directory does not know.
std::vector<std::string> unknown_names(const Attribute& attribute, const Value& value, const Directory& directory);

/// `hours=1;minutes=30` as Authentik writes durations, and back. Nothing: not such a text.
std::string write_validity(Duration duration);
std::optional<Duration> read_validity(std::string_view text);

}  // namespace nmx::authentik
