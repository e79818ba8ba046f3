#include <gtest/gtest.h>

#include "planner/runtime/gather.hpp"
#include "tests/providers/caddy/caddy_world.hpp"

namespace nmx::test {
namespace {

Object site(std::string host) {
  return {{"hosts", List{std::move(host)}}, {"upstreams", List{"192.168.50.31:8222"}}, {"tls", "internal"}};
}

std::vector<Result<Answer>> create_together(CaddyWorld& world, const std::vector<Object>& sites) {
  std::vector<Task<Result<Answer>>> tasks;
  for (const auto& written : sites) {
    Change change;
    change.address = Address{}.child("container").child("c" + std::to_string(tasks.size())).child("site");
    change.type = "proxy_site";
    change.action = Action::create;
    change.after = world.type().normalise(written, {});
    change.after.set("name", elements(written.at_or_null("hosts")).front());
    change.after.set("intact", true);
    auto operations = world.type().operations(change, {});
    for (auto& operation : *operations) tasks.push_back(world.provider().execute(std::move(operation)));
  }
  return finish(world, gather(std::move(tasks)));
}

TEST(CaddyApi, any_number_of_sites_is_one_change) {
  CaddyWorld world;
  std::vector<Object> sites;
  for (int i = 0; i < 200; ++i) sites.push_back(site(fmt::format("s{}.example.com", i)));
  for (const auto& result : create_together(world, sites)) ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(world.server.changes, 1);
}

TEST(CaddyApi, what_is_equal_is_not_sent) {
  CaddyWorld world;
  for (const auto& result : create_together(world, {site("a.example.com")})) ASSERT_TRUE(result);
  for (const auto& result : create_together(world, {site("a.example.com")})) ASSERT_TRUE(result);
  EXPECT_EQ(world.server.changes, 1);
}

TEST(CaddyApi, one_that_caddy_refuses_does_not_spoil_the_others) {
  CaddyWorld world;
  auto odd = site("odd.example.com");
  odd.set("tls", "acme");
  odd.set("acme", Object{{"dns", Object{{"name", "no-such-module"}}}});
  const auto results = create_together(world, {site("a.example.com"), odd, site("b.example.com")});
  EXPECT_TRUE(results[0]);
  ASSERT_FALSE(results[1]);
  EXPECT_NE(results[1].error().message.find("unknown module"), std::string::npos);
  EXPECT_TRUE(results[2]);
}

TEST(CaddyApi, what_others_configured_stays_as_it_is) {
  CaddyWorld world;
  world.server.apps =
      from_json(
          R"({"http":{"servers":{"srv0":{"listen":[":8080"],"routes":[{"match":[{"host":["old.example.com"]}],"handle":[{"handler":"static_response","body":"x"}]}]}}},)"
          R"("tls":{"automation":{"policies":[{"issuers":[{"module":"internal"}]}]}}})")
          .value();
  const auto before = world.server.apps;
  Rehearsal rehearsal(world, "a");
  ASSERT_TRUE(rehearsal.apply(site("a.example.com")));
  const Fields servers(Fields(Fields(world.server.apps).at("http")).at("servers"));
  EXPECT_EQ(servers.at("srv0"), Fields(Fields(Fields(before).at("http")).at("servers")).at("srv0"));
  const auto& policies = elements(Fields(Fields(Fields(world.server.apps).at("tls")).at("automation")).at("policies"));
  ASSERT_EQ(policies.size(), 2u);
  EXPECT_TRUE(Fields(policies[1]).at("@id").is_null()) << "the policy for all names comes last";
  Rehearsal taken(world, "b");
  const auto refused = taken.apply(site("old.example.com"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("not nmx's"), std::string::npos);
}

TEST(CaddyApi, what_somebody_edited_is_seen_and_put_back) {
  CaddyWorld world;
  Rehearsal rehearsal(world, "a");
  auto written = site("a.example.com");
  written.set("forward_auth", Object{{"outpost", "127.0.0.1:9000"}});
  ASSERT_TRUE(rehearsal.apply(written));
  auto text = to_json(world.server.apps).value();
  const auto at = text.find("X-Authentik-*");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 13, "X-Nothing-At-");
  world.server.apps = from_json(text).value();
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{"intact: false -> true"});
  ASSERT_TRUE(rehearsal.apply(written));
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
}

}  // namespace
}  // namespace nmx::test
