#include "providers/proxmox/provider.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "providers/proxmox/client.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/form.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/proxmox/containers.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::proxmox {
namespace {

using test::answer;
using test::failure;
using test::line;
using test::refusal;
using test::ScriptedEnv;
using Lines = std::vector<std::string>;

const std::string upid = "UPID:pve1:0012D687:0A1B2C3D:68F0A1B2:vzcreate:101:nmx@pve!ci:";

/// One container on one node, as far as these tests ask for it.
struct Server {
  bool exists = false;
  std::string mark;
  std::string status = "running";
  std::string digest = "d1";
  std::string extra;
  /// Answers before the others where it has something to say.
  std::function<std::optional<HttpResult>(const HttpRequest&)> first;

  std::string pending() const {
    return fmt::format(
        R"({{"data":[{{"key":"hostname","value":"media"}},{{"key":"memory","value":1024}},{{"key":"rootfs","value":"local-lvm:vm-101-disk-0,size=8G"}},)"
        R"({{"key":"tags","value":"nmx;{}"}},{{"key":"unprivileged","value":1}},{{"key":"digest","value":"{}"}}{}]}})",
        mark, digest, extra);
  }
  HttpResult operator()(const HttpRequest& request) const {
    if (first) {
      if (auto said = first(request)) return *said;
    }
    const auto asked = line(request);
    if (asked == "GET /cluster/resources")
      return exists
                 ? answer(fmt::format(
                       R"({{"data":[{{"id":"lxc/101","vmid":101,"node":"pve1","type":"lxc","status":"{}","name":"media","tags":"nmx;{}"}}]}})",
                       status, mark))
                 : answer(R"({"data":[]})");
    if (asked.find("/pending") != std::string::npos)
      return exists ? HttpResult(answer(pending()))
                    : HttpResult(refusal(500, "Configuration file 'nodes/pve1/lxc/101.conf' does not exist"));
    if (asked.find("/status/current") != std::string::npos)
      return answer(fmt::format(R"({{"data":{{"status":"{}"}}}})", status));
    if (asked.find("/tasks/") != std::string::npos) return answer(R"({"data":{"status":"stopped","exitstatus":"OK"}})");
    if (asked == "GET /nodes/pve1/tasks") return answer(R"({"data":[]})");
    if (asked == "GET /nodes/pve1/lxc")
      return answer(fmt::format(R"({{"data":[{{"vmid":"101","status":"{}"}}]}})", status));
    if (asked.rfind("PUT", 0) == 0 && asked.find("/config") != std::string::npos) return answer(R"({"data":null})");
    return answer(fmt::format(R"({{"data":"{}"}})", upid));
  }
};

struct Session {
  ReadyQueue queue;
  Server server;
  ScriptedEnv env;
  std::unique_ptr<Provider> provider;

  Session() : env([this](const HttpRequest& request) { return server(request); }) {
    ProviderSettings settings;
    settings.name = "proxmox";
    settings.settings = Object{{"endpoint", "https://pve1.lan:8006"}, {"token", "nmx@pve!ci=secret"}};
    settings.derive = [](std::string_view label) { return sha256(label); };
    auto made = provider_type().make(settings, env);
    if (made) provider = *std::move(made);
    server.mark = Fields(wanted()).text_or("mark", "");
  }

  static Object wanted() {
    auto object = test::decided(test::small_container(), test::facts());
    object.set("node", "pve1");
    return object;
  }

  Operation operation(std::string verb, Object arguments = {}) const {
    Operation made;
    made.address = test::address("media");
    made.type = "proxmox_container";
    made.verb = std::move(verb);
    made.arguments = std::move(arguments);
    made.arguments.set("node", "pve1");
    made.arguments.set("vmid", 101);
    made.timeout_ms = 60'000;
    return made;
  }
  Operation creation() const {
    auto made = operation("create", {{"wanted", wanted()}});
    made.completes = true;
    return made;
  }
  Result<Answer> execute(Operation one) { return ScriptedEnv::finish(provider->execute(std::move(one))); }
  Observed read(Object applied) {
    ObjectId id{test::address("media"), "proxmox_container", "pve1/101", std::move(applied)};
    return ScriptedEnv::finish(provider->read({id})).at(0);
  }

  /// What was asked but for polls of tasks and states.
  Lines asked() const {
    Lines lines;
    for (const auto& request : env.requests) {
      const auto text = line(request);
      if (text.find("/tasks") == std::string::npos && text.find("/status/current") == std::string::npos)
        lines.push_back(text);
    }
    return lines;
  }
};

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
    return std::nullopt;
  };
  EXPECT_TRUE(session.execute(session.creation()));
  EXPECT_GE(looks, 4);
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

TEST(Provider, reads_a_container_with_one_request_beside_the_list) {
  Session session;
  session.server.exists = true;
  const auto observed = session.read({{"started", true}});
  EXPECT_EQ(observed.status, Observed::Status::present);
  EXPECT_EQ(observed.attributes.at_or_null("started"), Value(true));
  EXPECT_EQ(session.asked(), (Lines{"GET /cluster/resources", "GET /nodes/pve1/lxc/101/pending"}));
}

TEST(Provider, asks_the_node_where_the_list_does_not_know_whether_it_runs) {
  Session session;
  session.server.exists = true;
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request) == "GET /cluster/resources")
      return HttpResult(answer(R"({"data":[{"vmid":101,"node":"pve1","type":"lxc","status":"unknown"}]})"));
    return std::nullopt;
  };
  EXPECT_EQ(session.read({{"started", true}}).attributes.at_or_null("started"), Value(true));
  EXPECT_EQ(session.asked(),
            (Lines{"GET /cluster/resources", "GET /nodes/pve1/lxc", "GET /nodes/pve1/lxc/101/pending"}));
}

TEST(Provider, tells_a_container_that_is_gone_from_one_that_cannot_be_asked) {
  Session session;
  EXPECT_EQ(session.read({{"node", "pve1"}}).status, Observed::Status::absent);
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    if (line(request).find("/pending") != std::string::npos) return HttpResult(refusal(595, "No route to host"));
    return std::nullopt;
  };
  const auto observed = session.read({{"node", "pve1"}});
  EXPECT_EQ(observed.status, Observed::Status::unreachable);
  EXPECT_NE(observed.why.find("No route to host"), std::string::npos);
}

TEST(Provider, takes_a_stranger_with_our_old_number_for_absence) {
  Session session;
  session.server.exists = true;
  auto applied = Session::wanted();
  applied.set("mark", "nmx-11111111");
  applied.set("hostname", "other");
  EXPECT_EQ(session.read(applied).status, Observed::Status::absent);
  applied.set("hostname", "media");  // only its tags were taken away
  EXPECT_EQ(session.read(applied).status, Observed::Status::present);
}

TEST(Provider, says_what_it_did_with_an_intent_that_has_no_result) {
  Session session;
  const auto fate = [&](Operation operation) {
    return ScriptedEnv::finish(session.provider->reconcile(std::move(operation)))->fate;
  };
  EXPECT_EQ(fate(session.creation()), Fate::not_done);
  EXPECT_EQ(fate(session.operation("destroy")), Fate::done);
  session.server.exists = true;
  EXPECT_EQ(fate(session.creation()), Fate::done);
  EXPECT_EQ(fate(session.operation("destroy")), Fate::not_done);
  EXPECT_EQ(fate(session.operation("configure")), Fate::not_done);
  session.server.mark = "nmx-ffffffff";
  EXPECT_EQ(fate(session.creation()), Fate::not_done);
}

TEST(Provider, surveys_the_addresses_of_strangers) {
  Session session;
  session.server.first = [](const HttpRequest& request) -> std::optional<HttpResult> {
    const auto asked = line(request);
    if (asked == "GET /cluster/resources")
      return HttpResult(answer(
          R"({"data":[{"vmid":120,"node":"pve1","type":"lxc","name":"printer"},{"vmid":200,"node":"pve1","type":"qemu","name":"router"}]})"));
    if (asked.find("/lxc/120/config") != std::string::npos)
      return HttpResult(
          answer(R"({"data":{"net0":"name=eth0,ip=10.0.0.5/24,ip6=fd00::5/64","net1":"name=eth1,ip=dhcp"}})"));
    if (asked.find("/qemu/200/config") != std::string::npos)
      return HttpResult(answer(
          R"({"data":{"net0":"virtio=BC:24:11:00:00:01,bridge=vmbr0","ipconfig0":"ip=10.0.0.6/24,gw=10.0.0.1"}})"));
    return std::nullopt;
  };
  const auto occupied = ScriptedEnv::finish(session.provider->survey());
  ASSERT_TRUE(occupied);
  Lines found;
  for (const auto& one : *occupied) found.push_back(one.space + " " + one.value + " " + one.by);
  EXPECT_EQ(found, (Lines{"proxmox.vmid 120 CT 120 \"printer\" on pve1", "ip 10.0.0.5 CT 120 \"printer\" on pve1",
                          "ip fd00::5 CT 120 \"printer\" on pve1", "proxmox.vmid 200 VM 200 \"router\" on pve1",
                          "ip 10.0.0.6 VM 200 \"router\" on pve1"}));
}

}  // namespace
}  // namespace nmx::proxmox
