#pragma once

#include <string>

#include "lang/diagnostics/result.hpp"
#include "lang/value/value.hpp"

namespace nmx::nix {

/// A value as Nix code in the layout that nixfmt and people write: two columns of indentation, `a.b.c = 1;` where an
/// object has one entry, lists in one line as long as they fit, texts of several lines as indented strings.
/// The value holds nothing that Nix has no form for (`merge` sees to that); a zero byte in a text is an error.
Result<std::string> code(const Value& value, std::size_t indentation = 0);

/// The entries of an object as the statements of a module's body, groups of one first key set apart by empty lines.
Result<std::string> module_body(const Object& settings);

}  // namespace nmx::nix
