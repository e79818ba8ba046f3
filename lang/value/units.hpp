#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// A literal with a unit, `1.5` and `GiB`, as bytes or a duration. Exact; what is no whole byte or millisecond is
/// rounded up. The number may hold `_`. Errors: an unknown unit, beyond 64 bits.
Result<Value> measure(std::string_view number, std::string_view unit);
/// Every unit there is: `B`, `KB` … `ms`, `s` …
const std::vector<std::string>& unit_names();

/// `1.5GiB`, `90s`; nothing where the text is no such literal.
std::optional<Bytes> parse_bytes(std::string_view text);
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest exact form in one unit, which the language reads back: `1.5GiB`, `90s`.
std::string to_string(Bytes bytes);
std::string to_string(Duration duration);

/// For people, at most one decimal: `1.5 GiB`, `931.3 GiB`; `1 min 30 s`, `2 d 4 h`.
std::string human(Bytes bytes);
std::string human(Duration duration);

/// A number as users write it: `42`, `0.5`, `100000000000000000000`.
std::string to_string(double number);

}  // namespace nmx
