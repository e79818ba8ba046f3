#include "planner/servers.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/planner/plan/plan_world.hpp"

namespace nmx::test {
namespace {

const std::string server = "resource thing server { node = \"pve1\" }\n";
const std::string provider = "provider inner { url = \"https://${resource.thing.server.volume}\" }\n";
const std::string leaf = "resource leaf x { node = \"a\" }\n";

void serve(Planning& site) {
  site.there("resource.thing.server", {{"node", "pve1"}, {"volume", "v1"}});
  StateObject object;
  object.type = "leaf";
  object.provider = "inner";
  object.id = "leaf";
  object.attributes = Object{{"node", "a"}};
  object.dependencies = {at("resource.thing.server")};
  site.inner_world.things["leaf"] = object.attributes;
  site.state.objects[at("resource.leaf.x")] = object;
}

TEST(Servers, of_the_same_apply_are_waited_for) {
  Planning site;
  const auto plan = site.plan(server + provider + leaf);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->operations.size(), 2U);
  EXPECT_EQ(to_string(plan->operations[0].address), "resource.leaf.x");
  EXPECT_EQ(plan->operations[0].after, std::vector<std::size_t>{1});
  EXPECT_TRUE(site.asked_at.empty()) << "nobody is asked who is not there";
  EXPECT_TRUE(plan->warnings.empty());
}

TEST(Servers, that_are_there_are_asked_where_they_are) {
  Planning site;
  serve(site);
  const auto plan = site.plan(server + provider + leaf);
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->changes_anything());
  EXPECT_EQ(site.asked_at, std::vector<std::string>{"\"https://v1\""});
}

TEST(Servers, that_are_gone_make_their_objects_unreachable_and_not_new) {
  Planning site;
  serve(site);
  site.world.things.clear();
  const auto plan = site.plan(server + provider + leaf);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->unreachable.size(), 1U);
  EXPECT_EQ(to_string(plan->unreachable[0].address), "resource.leaf.x");
  EXPECT_EQ(plan->operations.size(), 1U) << "the server alone is made again";
}

TEST(Servers, that_do_not_answer_are_told_and_hinder_nothing_else) {
  Planning site;
  serve(site);
  site.inner_world.answers = false;
  const auto plan = site.plan(server + provider + leaf + "resource thing other { node = \"pve7\" }\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->warnings, std::vector<std::string>{"`provider inner`: connection refused"});
  EXPECT_EQ(plan->unreachable.size(), 1U);
  EXPECT_EQ(plan->operations.size(), 1U);
}

TEST(Servers, that_go_take_their_objects_along) {
  for (const auto* left : {"", "provider inner { url = \"https://v1\" }\n"}) {
    Planning site;
    serve(site);
    const auto plan = site.plan(left);
    ASSERT_TRUE(plan);
    const bool has_block = left[0] != '\0';
    // A block that names no object keeps its server, whatever goes: its objects are deleted there.
    EXPECT_EQ(plan->forgotten.size(), has_block ? 0U : 1U);
    EXPECT_EQ(plan->entries.size(), has_block ? 2U : 1U);
  }
  Planning site;
  serve(site);
  PlanOptions options;
  options.mode = PlanOptions::Mode::destroy;
  const auto plan = site.plan(server + provider + leaf, options);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->forgotten, std::vector<Address>{at("resource.leaf.x")});
  EXPECT_EQ(plan->entries.size(), 1U);
}

TEST(Servers, are_not_seen_in_what_a_provider_without_settings_needed) {
  Planning site;
  serve(site);
  // A file of the site that named an object elsewhere: it is removed, whatever became of that.
  site.there("resource.thing.file", {{"node", "pve1"}, {"volume", "v2"}});
  site.state.objects[at("resource.thing.file")].dependencies = {at("resource.leaf.x")};
  const auto plan = site.plan("");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->forgotten, std::vector<Address>{at("resource.leaf.x")});
  EXPECT_EQ(plan->entries.size(), 2U);
}

TEST(Servers, cannot_need_what_they_serve) {
  Planning site;
  EXPECT_FALSE(site.plan("resource leaf x { node = \"a\" }\nprovider inner { url = resource.leaf.x.volume }\n"));
  const auto all = site.diagnostics.sorted();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const auto& one) { return one.code == Code::cycle; }));
}

}  // namespace
}  // namespace nmx::test
