#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/files.hpp"
#include "tests/support/lab_process.hpp"
#include "tests/support/paths.hpp"

// Each folder of cases/ is a site and a file `steps`: one shell command a line, run one after the other against a lab
// of its own. What a person would have seen is compared with `transcript`; NMX_ACCEPT=1 rewrites it. A file `example`
// names a folder whose files are used.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

/// What differs from run to run and says nothing: places, ports, times, MAC addresses, marks, fingerprints.
std::string steady(std::string text, const fs::path& folder, const LabProcess& lab) {
  const auto replace = [&](const std::string& pattern, const std::string& with) {
    RE2::GlobalReplace(&text, pattern, with);
  };
  replace(RE2::QuoteMeta(folder.string()), "/site");
  replace(RE2::QuoteMeta(lab.variable("PROXMOX_FINGERPRINT")), "FINGERPRINT");
  replace(RE2::QuoteMeta(lab.variable("PROXMOX_ENDPOINT")), "https://lab:8006");
  replace(R"(BC:24:11(:[0-9A-F]{2}){3})", "BC:24:11:xx:xx:xx");
  replace(R"(UPID:([^:]+):[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8})", R"(UPID:\1:xx:xx:xx)");
  replace(RE2::QuoteMeta(lab.variable("AUTHENTIK_URL")), "https://auth.lab");
  replace(R"(\b\d+(\.\d+)? m?s\b)", "N s");
  replace(R"(\bnmx-([0-9a-f]{4})?[0-9a-f]{8}\b)", "nmx-MARK");
  replace(R"(\bowner=[0-9a-f]{8}\b)", "owner=MARK");
  replace(R"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", "UUID");
  return text;
}

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(source_folder() / "tests/e2e/cases")) {
    if (fs::exists(entry.path() / "steps")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

class Transcript : public testing::TestWithParam<fs::path> {};

TEST_P(Transcript, is_what_a_person_sees) {
  const auto& folder = GetParam();
  LabProcess lab(NMX_BINARY);
  ASSERT_TRUE(lab.ready()) << lab.log();
  const auto site = lab.folder() / "site";
  const auto origin =
      fs::exists(folder / "example")
          ? source_folder() / read_file(folder / "example").substr(0, read_file(folder / "example").find('\n'))
          : folder;
  fs::copy(origin, site, fs::copy_options::recursive);
  if (origin != folder) fs::copy(folder, site, fs::copy_options::recursive | fs::copy_options::skip_existing);
  for (const auto* ours : {"steps", "transcript", "example", "README.md"}) fs::remove(site / ours);

  std::string seen;
  std::ifstream steps(folder / "steps");
  for (std::string step; std::getline(steps, step);) {
    if (step.empty() || step[0] == '#') {
      seen += step + "\n";
      continue;
    }
    const auto result = lab.shell(step, site, source_folder() / "tests/e2e" / "steps.bash");
    seen += "$ " + step + "\n" + result.output;
    if (!result.output.empty() && result.output.back() != '\n') seen += "\n";
    if (result.exit_code != 0) seen += "[exit " + std::to_string(result.exit_code) + "]\n";
  }
  seen = steady(seen, site, lab);

  expect_file(folder / "transcript", seen);
}

INSTANTIATE_TEST_SUITE_P(Case, Transcript, testing::ValuesIn(cases()), [](const auto& test_case) {
  auto name = test_case.param.filename().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace nmx::test
