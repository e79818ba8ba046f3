#pragma once

#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// The value of one YAML document, by the rules of Terraform's `yamldecode`: `yes`, `no`, `on` and `off` are booleans
/// too, a time stays a text in RFC 3339, of equal keys the last one stays. Errors: the line and what is wrong.
Result<Value> from_yaml(std::string_view text);

}  // namespace nmx
