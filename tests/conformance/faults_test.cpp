#include "providers/lab/faults.hpp"

#include <gtest/gtest.h>

#include "providers/lab/proxmox/faulty_router.hpp"

namespace nmx::test {
namespace {

using namespace lab;           // NOLINT: the names under test
using namespace lab::proxmox;  // NOLINT: the names under test

TEST(FaultRules, say_what_is_wrong_with_them) {
  Faults faults;
  EXPECT_EQ(faults.add("PATCH / reset"),
            "in the fault `PATCH / reset`: `PATCH` is no method: GET, POST, PUT, DELETE or `*`");
  EXPECT_EQ(faults.add("GET nodes reset"),
            "in the fault `GET nodes reset`: `nodes` is no path: it begins with `/` or `**`");
  EXPECT_EQ(faults.add("GET /nodes nth reset"), "in the fault `GET /nodes nth reset`: `nth` needs a number");
  EXPECT_EQ(faults.add("GET /nodes status 200"),
            "in the fault `GET /nodes status 200`: `status` needs a number from 400 to 599");
  EXPECT_EQ(faults.add("GET /nodes hang long"),
            "in the fault `GET /nodes hang long`: `hang` needs how long: `30s`, `250ms`");
  EXPECT_EQ(faults.add("GET /nodes reset after all"),
            "in the fault `GET /nodes reset after all`: `all` is one word too many");
  EXPECT_TRUE(faults.add("GET /nodes burn"));
}

TEST(FaultRules, choose_requests_by_method_path_and_count) {
  EXPECT_TRUE(path_fits("/nodes/*/lxc", "/nodes/pve1/lxc"));
  EXPECT_FALSE(path_fits("/nodes/*/lxc", "/nodes/pve1/lxc/100"));
  EXPECT_TRUE(path_fits("/nodes/**", "/nodes/pve1/lxc/100"));
  EXPECT_TRUE(path_fits("**/status/start", "/nodes/pve1/lxc/100/status/start"));
  EXPECT_TRUE(path_fits("**", "/"));
  EXPECT_FALSE(path_fits("**/config", "/nodes/pve1"));

  Faults faults;
  EXPECT_FALSE(faults.add("GET /a nth 2 reset; * /b every 2 status 503 'gone; away'; PUT ** first 1 hang 2s after"));
  EXPECT_FALSE(faults.strike("GET", "/a"));
  EXPECT_TRUE(faults.strike("GET", "/a"));
  EXPECT_FALSE(faults.strike("GET", "/a"));
  EXPECT_FALSE(faults.strike("POST", "/b"));
  const auto gone = faults.strike("POST", "/b");
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->status, 503);
  EXPECT_EQ(gone->text, "gone; away");
  const auto hang = faults.strike("PUT", "/c/d");
  ASSERT_TRUE(hang);
  EXPECT_EQ(hang->moment, Fault::Moment::after);
  EXPECT_EQ(hang->duration, std::chrono::seconds(2));
  EXPECT_FALSE(faults.strike("PUT", "/c/d"));
}

/// A cluster with faults, asked as root.
class Faulty : public testing::Test {
 protected:
  Faulty() { fill_default(world_); }

  Response ask(const std::string& method, const std::string& path, const std::string& body = "") {
    lab::Request request;
    request.method = method;
    request.target = "/api2/json" + path;
    request.headers.emplace_back("Authorization", "PVEAPIToken=root@pam!full=11111111-1111-4111-8111-111111111111");
    request.body = body;
    for (;;) {
      if (auto response = faulty_.answer(request)) return *response;
    }
  }
  Response make_pool(const std::string& name) { return ask("POST", "/pools", "poolid=" + name); }
  /// The exit status of the task that an answer names, once it ended.
  std::string outcome(const Response& response) {
    const auto upid = Json::parse(response.body)["data"].get<std::string>();
    while (!world_.tasks.at(upid).stopped) world_.advance();
    return world_.tasks.at(upid).exit_status;
  }
  static constexpr const char* container = "vmid=100&ostemplate=local%3Avztmpl%2Fnmx-base.tar.xz&rootfs=tank%3A1";

  World world_{1000};
  Router router_{world_};
  Faults faults_;
  FaultyRouter faulty_{world_, router_, faults_};
};

TEST_F(Faulty, request_has_its_effect_or_has_not_before_the_answer_is_lost) {
  ASSERT_FALSE(faults_.add("POST /pools nth 1 reset; POST /pools nth 2 reset after"));
  EXPECT_TRUE(make_pool("first").lost);
  EXPECT_FALSE(world_.pools.contains("first"));
  EXPECT_TRUE(make_pool("second").lost);
  EXPECT_TRUE(world_.pools.contains("second"));
  EXPECT_EQ(make_pool("third").status, 200);
}

TEST_F(Faulty, answer_is_the_status_that_was_asked_for) {
  ASSERT_FALSE(faults_.add("GET /version status 596; GET /nodes status 500 'no space left'"));
  EXPECT_EQ(ask("GET", "/version").reason, "Connection timed out");
  const auto refused = ask("GET", "/nodes");
  EXPECT_EQ(refused.status, 500);
  EXPECT_EQ(refused.reason, "no space left");
}

TEST_F(Faulty, task_fails_with_and_without_its_effect) {
  ASSERT_FALSE(faults_.add("POST /nodes/*/lxc nth 1 fail-task 'disk broke' after"));
  EXPECT_EQ(outcome(ask("POST", "/nodes/pve1/lxc", container)), "disk broke");
  EXPECT_EQ(world_.guests.at(100).config.current.at("hostname"), "CT100");
  ASSERT_FALSE(faults_.add("POST **/status/start fail-task 'startup failed'"));
  EXPECT_EQ(outcome(ask("POST", "/nodes/pve1/lxc/100/status/start")), "startup failed");
  EXPECT_FALSE(world_.guests.at(100).running);
}

TEST_F(Faulty, storage_fills_up_and_nodes_go_away) {
  ASSERT_FALSE(faults_.add("POST /nodes/pve1/lxc nth 1 full tank; GET /version nth 1 node-down pve2"));
  EXPECT_EQ(outcome(ask("POST", "/nodes/pve1/lxc", container)),
            "unable to create CT 100 - not enough space on storage 'tank'");
  EXPECT_EQ(ask("GET", "/version").status, 200);
  EXPECT_EQ(ask("GET", "/nodes/pve2/lxc").status, 595);
}

TEST_F(Faulty, older_release_does_not_know_what_came_later) {
  world_.version = "8.4.14";
  const auto refused = ask("POST", "/nodes/pve1/lxc", std::string(container) + "&entrypoint=%2Fsbin%2Finit");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("entrypoint"), std::string::npos);
  EXPECT_EQ(outcome(ask("POST", "/nodes/pve1/lxc", container)), "OK");
  EXPECT_FALSE(world_.guests.at(100).config.current.contains("unprivileged"));
}

TEST_F(Faulty, container_comes_back_from_its_backup) {
  EXPECT_EQ(outcome(ask("POST", "/nodes/pve1/lxc", std::string(container) + "&hostname=kept")), "OK");
  EXPECT_EQ(outcome(ask("POST", "/nodes/pve1/vzdump", "vmid=100&storage=nfs&compress=zstd")), "OK");
  EXPECT_EQ(outcome(ask("DELETE", "/nodes/pve1/lxc/100")), "OK");
  std::string archive;
  for (const auto& [key, volume] : world_.volumes) {
    if (volume.content == "backup") archive = key.first;
  }
  ASSERT_EQ(archive.rfind("nfs:backup/vzdump-lxc-100-", 0), 0U) << archive;
  auto body = "vmid=101&restore=1&ostemplate=" + archive;
  for (auto at = body.find(':'); at != std::string::npos; at = body.find(':')) body.replace(at, 1, "%3A");
  EXPECT_EQ(outcome(ask("POST", "/nodes/pve1/lxc", body)), "OK");
  EXPECT_EQ(world_.guests.at(101).config.current.at("hostname"), "kept");
  EXPECT_NE(world_.volume("tank:subvol-101-disk-0", "pve1"), nullptr);
}

TEST_F(Faulty, copy_has_volumes_and_addresses_of_its_own) {
  EXPECT_EQ(outcome(ask(
                "POST", "/nodes/pve1/lxc",
                std::string(container) + "&net0=name%3Deth0%2Cbridge%3Dvmbr0%2Chwaddr%3DBC%3A24%3A11%3A00%3A00%3A01")),
            "OK");
  const auto copying = ask("POST", "/nodes/pve1/lxc/100/clone", "newid=101&hostname=twin");
  EXPECT_EQ(ask("POST", "/nodes/pve1/lxc/100/clone", "newid=102").reason, "CT is locked (disk)");
  EXPECT_EQ(outcome(copying), "OK");
  const auto& copy = world_.guests.at(101).config.current;
  EXPECT_EQ(copy.at("hostname"), "twin");
  EXPECT_EQ(copy.at("rootfs"), "tank:subvol-101-disk-0,size=1G");
  EXPECT_EQ(copy.at("net0").find("BC:24:11:00:00:01"), std::string::npos);
}

}  // namespace
}  // namespace nmx::test
