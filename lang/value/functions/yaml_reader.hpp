#pragma once

#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// The value of one YAML document, by the rules of Terraform's `yamldecode`: `yes`, `no`, `on` and `off` are booleans
/// too, a time is a text in RFC 3339 without fractions, of equal keys the last one stays. By YAML's own rules where
/// Terraform leaves them: what a mapping has itself wins over what `<<` merges, wherever that stands. What aliases and
/// `<<` may make of a short document is bounded. Errors: the line and what is wrong.
Result<Value> from_yaml(std::string_view text);

}  // namespace nmx
