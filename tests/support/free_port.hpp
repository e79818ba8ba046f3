#pragma once

#include <cstdint>

namespace nmx::test {

/// A port of 127.0.0.1 that nobody listened on a moment ago.
std::uint16_t free_port();

}  // namespace nmx::test
