#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <sstream>

#include "tests/support/lab_process.hpp"
#include "tests/support/paths.hpp"

// What must hold at an Authentik when nmx is killed, and what a refresh of many objects may cost.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

constexpr int count = 30;

const fs::path& prelude() {
  static const fs::path path = source_folder() / "tests/e2e" / "steps.bash";
  return path;
}

/// So many users, applications with a provider and a binding each, and one outpost for all.
fs::path make_site(const LabProcess& lab) {
  const auto folder = lab.folder() / "site";
  fs::create_directories(folder);
  std::ofstream(folder / "site.nmx") << R"(
provider authentik {
  url         = env("AUTHENTIK_URL")
  token       = env("AUTHENTIK_TOKEN")
  fingerprint = env("AUTHENTIK_FINGERPRINT")
}
locals { names = [for n in range()" << count
                                     << R"() : "app${n}"] }
resource authentik_group family { name = "family" }
resource authentik_user person {
  for_each = local.names
  username = "${each.key}-user"
  groups   = [resource.authentik_group.family.name]
}
resource authentik_proxy_provider gate {
  for_each      = local.names
  name          = each.key
  external_host = "https://${each.key}.example.com"
}
resource authentik_application app {
  for_each      = local.names
  slug          = each.key
  name          = each.key
  provider_name = resource.authentik_proxy_provider.gate[each.key].name
}
resource authentik_policy_binding allow {
  for_each    = local.names
  application = resource.authentik_application.app[each.key].slug
  group       = resource.authentik_group.family.name
}
resource authentik_outpost embedded { providers = [for p in resource.authentik_proxy_provider.gate : p.name] }
)";
  return folder;
}

/// How many objects a list has.
int listed(const LabProcess& lab, const fs::path& site, const std::string& path) {
  const auto told = lab.shell(
      "ak GET '" + path + "?page_size=100&superuser_full_list=true' | grep -o '\"count\":[0-9]*' | cut -d: -f2", site,
      prelude());
  return std::stoi("0" + told.output);
}

TEST(AuthentikCrash, killed_at_any_moment_nothing_is_lost_and_nothing_is_made_twice) {
  LabProcess lab(NMX_BINARY);
  ASSERT_TRUE(lab.ready()) << lab.log();
  const auto site = make_site(lab);
  for (const auto* moment : {"0.1", "0.2", "0.3", "0.4", "0.15", "0.25", "0.5", "0.35"}) {
    const auto killed =
        lab.shell(std::string("timeout --foreground -s KILL ") + moment + " nmx apply -auto-approve", site, prelude());
    EXPECT_TRUE(killed.exit_code == 137 || killed.exit_code == 0 || killed.exit_code == 1) << killed.output;
  }
  const auto last = lab.shell("nmx apply -auto-approve", site, prelude());
  EXPECT_EQ(last.exit_code, 0) << last.output;
  EXPECT_EQ(listed(lab, site, "/core/applications/"), count);
  EXPECT_EQ(listed(lab, site, "/providers/proxy/"), count);
  EXPECT_EQ(listed(lab, site, "/policies/bindings/"), count);
  const auto plan = lab.shell("nmx plan -detailed-exitcode", site, prelude());
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
}

/// The sum of all requests that the lab's Authentik counted.
int requests(const std::string& counts) {
  int sum = 0;
  std::istringstream parts(counts);
  for (std::string part; std::getline(parts, part, ':');) {
    if (std::isdigit(static_cast<unsigned char>(part.front())) != 0) sum += std::stoi(part);
  }
  return sum;
}

TEST(AuthentikRequests, a_refresh_costs_some_ten_lists_and_an_object_one_request) {
  LabProcess lab(NMX_BINARY);
  ASSERT_TRUE(lab.ready()) << lab.log();
  const auto site = make_site(lab);
  const auto asked = [&](const std::string& command) {
    const auto done = lab.shell("curl -sk $AUTHENTIK_URL/lab/reset; " + command + " >/dev/null", site, prelude());
    EXPECT_EQ(done.exit_code, 0) << done.output;
    return lab.shell("curl -sk $AUTHENTIK_URL/lab/requests", site, prelude()).output;
  };
  const auto creation = asked("nmx apply -auto-approve");
  // Besides the lists: a request an object, one more a binding to see that it is not there, three for the outpost.
  EXPECT_LE(requests(creation), 12 + 1 + 4 * count + count + 3) << creation;
  const auto refresh = asked("nmx plan -detailed-exitcode");
  EXPECT_EQ(requests(refresh), 13) << refresh;
  EXPECT_EQ(refresh.find("PATCH"), std::string::npos) << refresh;
}

}  // namespace
}  // namespace nmx::test
