#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/e2e/box_site.hpp"
#include "tests/support/lab_process.hpp"
#include "tests/support/paths.hpp"

// What must hold when nmx is killed, and what a refresh and a creation may cost.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

const fs::path& prelude() {
  static const fs::path path = source_folder() / "tests/e2e" / "steps.bash";
  return path;
}

/// A site of so many containers.
fs::path make_site(const LabProcess& lab, int count) {
  const auto folder = lab.folder() / "site";
  fs::create_directories(folder);
  std::ofstream(folder / "site.nmx") << box_site(count);
  return folder;
}

/// The names of all guests that the cluster has, with how often each.
std::multiset<std::string> hostnames(const LabProcess& lab, const fs::path& site) {
  const auto listed = lab.shell("pve GET /cluster/resources type=vm | grep -o '\"name\":\"[^\"]*\"'", site, prelude());
  std::multiset<std::string> names;
  std::istringstream lines(listed.output);
  for (std::string line; std::getline(lines, line);) names.insert(line);
  return names;
}

TEST(Crash, killed_at_any_moment_nothing_is_lost_and_nothing_is_made_twice) {
  constexpr int count = 50;
  LabProcess lab(NMX_BINARY, "-speed 20");
  ASSERT_TRUE(lab.ready()) << lab.log();
  const auto site = make_site(lab, count);
  // An undisturbed apply takes a few seconds at this speed; each run is killed at another moment of it.
  for (const auto* moment : {"0.05", "0.15", "0.3", "0.5", "0.8", "0.2", "0.1", "0.6", "0.4", "1.1"}) {
    // In the foreground it waits for what it killed; else the next run may meet a process that is still dying.
    const auto killed =
        lab.shell(std::string("timeout --foreground -s KILL ") + moment + " nmx apply -auto-approve", site, prelude());
    EXPECT_TRUE(killed.exit_code == 137 || killed.exit_code == 0 || killed.exit_code == 1) << killed.output;
  }
  const auto last = lab.shell("nmx apply -auto-approve", site, prelude());
  EXPECT_EQ(last.exit_code, 0) << last.output;
  const auto names = hostnames(lab, site);
  EXPECT_EQ(names.size(), static_cast<std::size_t>(count));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), static_cast<std::size_t>(count));
  const auto plan = lab.shell("nmx plan -detailed-exitcode", site, prelude());
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
}

/// How often the lab was asked for a method.
int asked(const std::string& requests, const std::string& method) {
  const auto at = requests.find("\"" + method + "\":");
  return at == std::string::npos ? 0 : std::stoi(requests.substr(at + method.size() + 3));
}

TEST(Requests, a_refresh_costs_one_for_all_and_one_a_container) {
  constexpr int count = 8;
  LabProcess lab(NMX_BINARY);
  ASSERT_TRUE(lab.ready()) << lab.log();
  const auto site = make_site(lab, count);
  ASSERT_EQ(lab.shell("lab POST /reset; nmx apply -auto-approve", site, prelude()).exit_code, 0);
  const auto creation = lab.shell("lab GET /requests", site, prelude()).output;
  EXPECT_EQ(asked(creation, "POST /nodes/{node}/lxc"), count) << creation;
  EXPECT_EQ(
      asked(creation, "GET /nodes/{node}/lxc/{vmid}/pending") + asked(creation, "GET /nodes/{node}/lxc/{vmid}/config"),
      count)
      << creation;
  EXPECT_EQ(asked(creation, "POST /nodes/{node}/lxc/{vmid}/status/start"), 0) << creation;

  ASSERT_EQ(lab.shell("lab POST /reset; nmx plan", site, prelude()).exit_code, 0);
  const auto refresh = lab.shell("lab GET /requests", site, prelude()).output;
  EXPECT_EQ(asked(refresh, "GET /nodes/{node}/lxc/{vmid}/pending"), count) << refresh;
  EXPECT_EQ(asked(refresh, "GET /nodes/{node}/lxc/{vmid}/config"), 0) << refresh;
  // One is the refresh's own; the other belongs to what is asked once a run, whatever there is.
  EXPECT_LE(asked(refresh, "GET /cluster/resources"), 2) << refresh;
}

}  // namespace
}  // namespace nmx::test
