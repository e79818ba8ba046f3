#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/context.hpp"
#include "lang/diagnostics/result.hpp"

namespace nmx {

/// The variables of `-var-file` and then `-var`, each as its name and the text of its value. Errors: a file that cannot
/// be read or parsed, a `-var` without `=`.
Result<std::vector<std::pair<std::string, std::string>>> read_variables(Context& context);

}  // namespace nmx
