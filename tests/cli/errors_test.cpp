#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cli/app.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

// Each file of errors/ is a site with one mistake (a few have several, a few earn a warning); what `nmx validate` says
// of it stands beside it. NMX_ACCEPT=1 rewrites.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(source_folder() / "tests/cli/errors")) {
    if (entry.path().extension() == ".nmx") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

class Errors : public testing::TestWithParam<fs::path> {};

TEST_P(Errors, are_told_as_their_golden_says) {
  const auto& site = GetParam();
  std::string pattern = (fs::temp_directory_path() / "nmx-errors-XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  fs::copy(site, folder / "site.nmx");
  const auto before = fs::current_path();
  fs::current_path(folder);
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = run({"validate"}, Streams{in, out, err});
  fs::current_path(before);
  fs::remove_all(folder);
  const bool only_warns = err.str().find("error[") == std::string::npos && out.str().rfind("valid", 0) == 0;
  EXPECT_EQ(exit_code, only_warns ? 0 : 1) << out.str();

  auto golden = site;
  golden.replace_extension(".stderr");
  expect_file(golden, err.str());
}

INSTANTIATE_TEST_SUITE_P(Site, Errors, testing::ValuesIn(cases()), [](const auto& test_case) {
  auto name = test_case.param.stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace nmx::test
