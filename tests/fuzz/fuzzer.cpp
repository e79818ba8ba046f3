#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.hpp"

// What libFuzzer calls; each fuzzer is this file with another target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nmx::fuzz::NMX_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
