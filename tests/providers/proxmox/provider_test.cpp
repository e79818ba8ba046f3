#include <gtest/gtest.h>

#include <algorithm>

#include "providers/support/form.hpp"
#include "tests/providers/proxmox/provider_session.hpp"

namespace nmx::proxmox {
namespace {

using test::answer;
using test::failure;
using test::line;
using test::Lines;
using test::refusal;
using test::ScriptedEnv;
using test::Session;

TEST(Provider, makes_a_container_with_two_requests_and_polls) {
  Session session;
  session.server.exists = true;
  const auto made = session.execute(session.creation());
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(session.asked(), (Lines{"POST /nodes/pve1/lxc", "GET /nodes/pve1/lxc/101/pending"}));
  EXPECT_EQ(made->id, "pve1/101");
  EXPECT_EQ(made->attributes.at_or_null("volumes"), Value(Object{{"rootfs", "local-lvm:vm-101-disk-0"}}));
  EXPECT_EQ(made->attributes.at_or_null("template"), Value("local:vztmpl/nmx-base.tar.xz"));
}

TEST(Provider, adopts_its_own_container_after_a_lost_answer) {
  Session session;
  session.server.exists = true;
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request) == "POST /nodes/pve1/lxc") return failure(HttpFailure::Kind::timeout, true);
    return std::nullopt;
  };
  EXPECT_TRUE(session.execute(session.creation()));
  const auto asked = session.asked();
  EXPECT_EQ(std::count(asked.begin(), asked.end(), "POST /nodes/pve1/lxc"), 1);
}

TEST(Provider, sends_a_creation_again_only_after_looking) {
  Session session;
  int posts = 0;
  session.server.first = [&](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request) != "POST /nodes/pve1/lxc") return std::nullopt;
    if (++posts == 1) return HttpResult(refusal(596, "Connection timed out"));
    session.server.exists = true;
    return std::nullopt;
  };
  EXPECT_TRUE(session.execute(session.creation()));
  EXPECT_EQ(posts, 2);
}

TEST(Provider, waits_while_a_lost_creation_is_still_going_on) {
  Session session;
  session.server.exists = true;
  int looks = 0;
  session.server.first = [&](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request) == "POST /nodes/pve1/lxc")
      return HttpResult(refusal(500, "CT 101 already exists on node 'pve1'"));
    if (line(request).find("/pending") != std::string::npos && ++looks < 4)
      return HttpResult(answer(R"({"data":[{"key":"lock","value":"create"},{"key":"digest","value":"x"}]})"));
    if (request.url.find("/tasks?") != std::string::npos && looks < 4)
      return HttpResult(answer(R"({"data":[{"upid":"UPID:pve1:1:1:1:vzcreate:101:a:","type":"vzcreate"}]})"));
    return std::nullopt;
  };
  EXPECT_TRUE(session.execute(session.creation()));
  EXPECT_GE(looks, 4);
}

TEST(Provider, waits_no_more_for_a_creation_that_left_its_lock_behind) {
  Session session;
  session.server.exists = true;
  session.server.first = [&](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request) == "POST /nodes/pve1/lxc")
      return HttpResult(refusal(500, "CT 101 already exists on node 'pve1'"));
    if (line(request).find("/pending") != std::string::npos)
      return HttpResult(answer(R"({"data":[{"key":"lock","value":"create"},{"key":"digest","value":"x"}]})"));
    if (request.url.find("/tasks?") != std::string::npos)  // it ended a while ago
      return HttpResult(
          answer(R"({"data":[{"upid":"UPID:pve1:1:1:1:vzcreate:101:a:","endtime":2,"status":"no space"}]})"));
    return std::nullopt;
  };
  const auto before = session.env.now();
  EXPECT_FALSE(session.execute(session.creation()));
  EXPECT_LT((session.env.now() - before).count(), 60'000);
}

TEST(Provider, never_adopts_a_strangers_container) {
  Session session;
  session.server.exists = true;
  session.server.mark = "nmx-ffffffff";
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request) == "POST /nodes/pve1/lxc")
      return HttpResult(refusal(500, "CT 101 already exists on node 'pve1'"));
    return std::nullopt;
  };
  const auto made = session.execute(session.creation());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().help.find("plan again"), std::string::npos);
}

TEST(Provider, tells_why_a_container_that_was_made_does_not_start) {
  Session session;
  session.server.exists = true;
  session.server.status = "stopped";
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request) == "GET /nodes/pve1/tasks")
      return HttpResult(
          answer(R"({"data":[{"upid":"UPID:pve1:00000001:00000002:68F0A1B2:vzstart:101:nmx@pve!ci:"}]})"));
    if (line(request).find("vzstart") != std::string::npos && line(request).find("/status") != std::string::npos)
      return HttpResult(answer(R"({"data":{"status":"stopped","exitstatus":"startup for container '101' failed"}})"));
    if (line(request).find("/log") != std::string::npos)
      return HttpResult(answer(R"({"data":[{"n":1,"t":"no such device"}]})"));
    return std::nullopt;
  };
  const auto made = session.execute(session.creation());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("was made but does not start: startup for container '101' failed"),
            std::string::npos);
  EXPECT_NE(made.error().message.find("no such device"), std::string::npos);
}

TEST(Provider, passes_on_what_a_task_warned_of) {
  Session session;
  session.server.exists = true;
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request).find("/log") != std::string::npos)
      return HttpResult(answer(R"({"data":[{"n":1,"t":"WARN: old systemd"}]})"));
    if (line(request).find("/tasks/") != std::string::npos)
      return HttpResult(answer(R"({"data":{"status":"stopped","exitstatus":"WARNINGS: 1"}})"));
    return std::nullopt;
  };
  const auto made = session.execute(session.creation());
  ASSERT_TRUE(made);
  ASSERT_EQ(made->notes.size(), 1u);
  EXPECT_NE(made->notes[0].find("old systemd"), std::string::npos);
}

TEST(Provider, configures_with_the_digest_and_reads_again_after_a_conflict) {
  Session session;
  session.server.exists = true;
  session.read({});
  session.env.requests.clear();
  Lines digests;
  session.server.first = [&](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.method != "PUT") return std::nullopt;
    digests.push_back(request.body.substr(request.body.find("digest=")));
    if (digests.size() > 1) return std::nullopt;
    session.server.digest = "d2";
    return HttpResult(refusal(500, "detected modified configuration - file changed by other user? Try again."));
  };
  EXPECT_TRUE(session.execute(session.operation("configure", {{"set", Object{{"memory", Bytes{test::gibibyte}}}}})));
  EXPECT_EQ(digests, (Lines{"digest=d1", "digest=d2"}));
}

TEST(Provider, does_not_make_a_new_mount_twice_when_the_answer_was_lost) {
  Session session;
  session.server.exists = true;
  session.read({});
  Lines bodies;
  session.server.first = [&](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.method != "PUT") return std::nullopt;
    bodies.push_back(percent_decode(request.body));
    if (bodies.size() > 1) return std::nullopt;
    session.server.extra = R"(,{"key":"mp0","value":"tank:subvol-101-disk-1,mp=/a,size=1G"})";
    return HttpResult(refusal(596, "Connection timed out"));
  };
  const Object mount{{"path", "/a"}, {"storage", "tank"}, {"size", Bytes{test::gibibyte}}};
  const Object set{{"memory", Bytes{test::gibibyte}}, {"mounts", Object{{"mp0", mount}}}};
  EXPECT_TRUE(session.execute(session.operation("configure", {{"set", set}})));
  ASSERT_EQ(bodies.size(), 2u);
  EXPECT_NE(bodies[0].find("mp0=tank:1,mp=/a"), std::string::npos);
  EXPECT_EQ(bodies[1].find("mp0"), std::string::npos);
  EXPECT_NE(bodies[1].find("memory=1024"), std::string::npos);
}

struct Reached {
  std::string verb;
  std::string refusal;
};
class AlreadySo : public testing::TestWithParam<Reached> {};
TEST_P(AlreadySo, is_success) {
  Session session;
  session.server.exists = true;
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    if (request.method != "GET") return HttpResult(refusal(500, GetParam().refusal));
    return std::nullopt;
  };
  const auto done = session.execute(session.operation(GetParam().verb, {{"disk", "rootfs"},
                                                                        {"size", Bytes{test::gibibyte}},
                                                                        {"pool", "prod"},
                                                                        {"volume", "rootfs"},
                                                                        {"storage", "local-lvm"}}));
  EXPECT_TRUE(done) << done.error().message;
}
INSTANTIATE_TEST_SUITE_P(
    Provider, AlreadySo,
    testing::Values(Reached{"start", "CT 101 already running"}, Reached{"stop", "CT 101 not running"},
                    Reached{"resize", "disk is already at specified size"},
                    Reached{"destroy", "Configuration file 'nodes/pve1/lxc/101.conf' does not exist"},
                    Reached{"move_volume", "unused"}),
    [](const auto& test_case) { return test_case.param.verb; });

TEST(Provider, shuts_down_with_a_limit_before_it_starts_again) {
  Session session;
  session.server.exists = true;
  EXPECT_TRUE(session.execute(session.operation("restart")));
  EXPECT_EQ(session.asked(),
            (Lines{"POST /nodes/pve1/lxc/101/status/shutdown", "POST /nodes/pve1/lxc/101/status/start"}));
  EXPECT_NE(session.env.requests[0].body.find("forceStop=1"), std::string::npos);
}

TEST(Provider, does_not_restart_for_what_waits_no_longer) {
  Session session;
  session.server.exists = true;
  EXPECT_TRUE(session.execute(session.operation("restart", {{"only_if_pending", true}})));
  EXPECT_EQ(session.asked(), Lines{"GET /nodes/pve1/lxc/101/pending"});
}

TEST(Provider, destroys_a_running_container_with_one_request) {
  Session session;
  session.server.exists = true;
  EXPECT_TRUE(session.execute(session.operation("destroy")));
  ASSERT_EQ(session.asked(), Lines{"DELETE /nodes/pve1/lxc/101"});
  EXPECT_NE(session.env.requests[0].url.find("?force=1&purge=1"), std::string::npos);
}

}  // namespace
}  // namespace nmx::proxmox
