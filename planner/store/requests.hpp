#pragma once

#include <string>

#include "lang/diagnostics/result.hpp"
#include "planner/runtime/env.hpp"

namespace nmx {

/// Sends a request that may be sent twice, again and again for some ten seconds while the server cannot be reached or
/// says that it is busy. Errors: no answer at all; `place` says of whom.
Task<Result<HttpResponse>> send_again(Env* env, HttpRequest request, std::string place);

/// An answer that is none of those expected, with the server's words.
Error unexpected(const HttpResponse& response, const std::string& place, std::string_view what);

}  // namespace nmx
