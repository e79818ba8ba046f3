#pragma once

#include "lang/value/type.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// A type as JSON Schema (2020-12), for programs that check or complete values. `x-nmx-type` is the type as users write
/// it; bytes and durations are texts with a unit, an instance is its address, a secret is write-only.
Object json_schema(const Type& type);

}  // namespace nmx
