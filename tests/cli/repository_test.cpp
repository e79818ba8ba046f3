#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "lang/syntax/formatter.hpp"
#include "tests/support/paths.hpp"

namespace nmx::test {
namespace {

namespace fs = std::filesystem;

/// Every `.nmx` file that people read.
std::vector<fs::path> files() {
  std::vector<fs::path> found;
  for (const auto* folder : {"stdlib", "examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source_folder() / folder)) {
      if (entry.path().extension() == ".nmx") found.push_back(entry.path());
    }
  }
  return found;
}

TEST(Repository, keeps_its_own_files_in_the_canonical_layout) {
  ASSERT_GT(files().size(), 4u);
  for (const auto& path : files()) {
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto formatted = format(text);
    ASSERT_TRUE(formatted.has_value()) << path;
    EXPECT_EQ(*formatted, text) << path << ": `nmx fmt` lays it out";
  }
}

}  // namespace
}  // namespace nmx::test
