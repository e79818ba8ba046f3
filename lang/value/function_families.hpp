#pragma once

#include <string_view>
#include <vector>

#include "lang/value/function.hpp"

namespace nmx {

/// Functions that belong together, in the order in which they are best read.
struct FunctionFamily {
  std::string_view title;
  std::vector<Function> functions;
};

/// Every built-in; those that the evaluator answers itself (machine_own.cpp) have no body.
std::vector<FunctionFamily> function_families();

}  // namespace nmx
