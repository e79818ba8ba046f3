#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "providers/lab/lab.hpp"
#include "tests/support/paths.hpp"

// A client that nobody here wrote uses the lab: `proxmox-api` of the npm registry.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class ForeignClient : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("nmx-foreign-client-" + std::to_string(getpid()));
    fs::create_directories(folder_ / "client");
    if (!succeeds("node --version && npm --version")) GTEST_SKIP() << "node and npm are absent";
    fs::copy_file(source_folder() / "tests/conformance/foreign_client.mjs", folder_ / "client/foreign_client.mjs");
    if (!succeeds("npm install --no-audit --no-fund --ignore-scripts proxmox-api@1.1.1"))
      GTEST_SKIP() << "the npm registry cannot be reached";
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// One command in the client's folder; what it printed is in the file `output`.
  bool succeeds(const std::string& command) const {
    const auto line = "cd '" + (folder_ / "client").string() + "' && { " + command + "; } >../output 2>&1";
    return std::system(line.c_str()) == 0;  // NOLINT: a test's own command
  }
  std::string output() const {
    std::ifstream file(folder_ / "output");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  fs::path folder_;
};

TEST_F(ForeignClient, makes_changes_and_removes_a_container) {
  lab::LabOptions options;
  options.folder = folder_ / "lab";
  options.speed = 100;
  const lab::Lab lab(options);
  const auto variables = lab.variables();
  const auto& token = variables.at("LAB_ROOT_TOKEN");
  const auto equals = token.find('=');
  const auto endpoint = lab.endpoint();
  std::ofstream(folder_ / "login.json") << nlohmann::json{{"host", "127.0.0.1"},
                                                          {"port", std::stoi(endpoint.substr(endpoint.rfind(':') + 1))},
                                                          {"password", variables.at("PROXMOX_ROOT")},
                                                          {"tokenID", token.substr(0, equals)},
                                                          {"tokenSecret", token.substr(equals + 1)}};

  EXPECT_TRUE(succeeds("node --no-warnings foreign_client.mjs <../login.json"));
  EXPECT_EQ(output(),
            "release: \"9.2\"\n"
            "nodes: [\"pve1\",\"pve2\",\"pve3\"]\n"
            "machines: []\n"
            "create: \"OK\"\n"
            "rootfs: \"tank:subvol-100-disk-0,size=2G\"\n"
            "memory: 768\n"
            "refused: true\n"
            "snapshot: \"OK\"\n"
            "snapshots: [\"before\",\"current\"]\n"
            "stop: \"OK\"\n"
            "destroy: \"OK\"\n"
            "left: 0\n");
}

}  // namespace
}  // namespace nmx::test
