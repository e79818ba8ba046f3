#include "tests/support/paths.hpp"

#include <cstdlib>

namespace nmx::test {

std::filesystem::path source_folder() { return NMX_SOURCE_DIR; }

std::filesystem::path facts_folder() {
  const char* facts = std::getenv("NMX_FACTS");
  return facts ? std::filesystem::path(facts) : source_folder() / ".." / "shared" / "data";
}

}  // namespace nmx::test
