#include <gtest/gtest.h>

#include "tests/providers/proxmox/provider_session.hpp"

namespace nmx::proxmox {
namespace {

using test::answer;
using test::line;
using test::Lines;
using test::refusal;
using test::ScriptedEnv;
using test::Session;

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

TEST(Provider, finds_a_container_whose_making_was_cut_short) {
  Session session;
  session.server.exists = true;
  const auto read = [&](Object applied) {
    return ScriptedEnv::finish(
               session.provider->read({{test::address("media"), "proxmox_container", "", std::move(applied)}}))
        .at(0);
  };
  EXPECT_EQ(read({{"node", "pve1"}, {"vmid", 101}}).status, Observed::Status::present);
  EXPECT_EQ(read({}).status, Observed::Status::absent);
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
