#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace nmx::fuzz {

/// Ends the program where a promise is broken, which is what fuzzers look for.
inline void promise(bool kept, const char* what, std::string_view text) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n%.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

}  // namespace nmx::fuzz
