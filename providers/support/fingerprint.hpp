#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"

namespace nmx {

/// The 32 bytes of a certificate's SHA-256 as people write it: `4F:3A:…`, with or without colons, in any case.
Result<std::string> read_fingerprint(std::string_view text);

}  // namespace nmx
