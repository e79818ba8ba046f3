#pragma once

#include <nlohmann/json_fwd.hpp>

#include "lang/value/value.hpp"

namespace nmx {

/// A value as JSON for whoever reads plans: secrets as the word `(secret)`, what only apply knows as what it waits for.
nlohmann::json shown_json(const Value& value);

}  // namespace nmx
