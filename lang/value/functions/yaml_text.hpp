#pragma once

#include <string>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// The value as YAML in block style, texts and keys quoted, keys in byte order. Errors: what has no JSON form either.
Result<std::string> to_yaml(const Value& value);

}  // namespace nmx
