#include "tests/support/files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

namespace nmx::test {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

bool accepts_goldens() {
  const char* accept = std::getenv("NMX_ACCEPT");
  return accept != nullptr && std::string_view(accept) == "1";
}

void expect_file(const std::filesystem::path& path, const std::string& text) {
  if (accepts_goldens()) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    GTEST_SKIP() << "accepted " << path;
  }
  EXPECT_EQ(text, read_file(path)) << path << "; NMX_ACCEPT=1 rewrites it";
}

}  // namespace nmx::test
