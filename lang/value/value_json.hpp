#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

enum class JsonStyle { compact, pretty };

/// Plain JSON, for `jsonencode` and for showing: bytes as a number, durations as seconds, keys sorted. The value holds
/// no hole, secret, instance or poison, else an error.
Result<std::string> to_json(const Value& value, JsonStyle style = JsonStyle::compact);
/// Plain JSON to a value; integers beyond 64 bits become numbers. Depth at most 200. Errors: the place and what is
/// wrong.
Result<Value> from_json(std::string_view text);

/// JSON that reads back as the very same value, for state and plan: what plain JSON cannot say is an object with one
/// key that begins with `$` (`{"$bytes": 1}`, `{"$duration": 5}`, `{"$nix": "…"}`, `{"$secret": …}`, `{"$hole": {…}}`);
/// a key of the user's that begins with `$` is written with `$$`. An instance is written as its address and reads back
/// as that text. A poisoned value is a bug and throws std::logic_error.
std::string to_exact_json(const Value& value);
Result<Value> from_exact_json(std::string_view text);

}  // namespace nmx
