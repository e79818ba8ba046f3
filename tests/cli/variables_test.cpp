#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/app.hpp"

// Files of variables, given by `-var-file`.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

/// What `nmx validate -var-file` says of a file of variables.
std::string told_of(const std::string& variables) {
  std::string pattern = (fs::temp_directory_path() / "nmx-variables-XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "site.nmx") << "variable size { type = int }\n";
  std::ofstream(folder / "home.vars") << variables;
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  run({"-C", folder.string(), "validate", "-var-file", "home.vars"}, Streams{in, out, err});
  fs::remove_all(folder);
  return out.str() + err.str();
}

TEST(Variables, are_read_from_a_file) { EXPECT_EQ(told_of("size = 3\n"), "valid: 0 resources\n"); }

TEST(Variables, are_no_blocks) {
  EXPECT_EQ(told_of("size = 3\nhome { size = 3 }\n"), R"(error: cannot read the variables

error[NMX0509]: a file of variables holds no blocks
 --> home.vars:2:1
  |
2 | home { size = 3 }
  | ^^^^
  = help: write `name = value`, a line each

1 error

)");
}

}  // namespace
}  // namespace nmx::test
