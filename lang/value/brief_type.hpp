#pragma once

#include <cstddef>
#include <string>

#include "lang/value/type.hpp"

namespace nmx {

/// As users write it, cut where it is longer than a message should be: `object({ storage = string, … })`.
std::string brief(const Type& type, std::size_t limit = 80);

}  // namespace nmx
