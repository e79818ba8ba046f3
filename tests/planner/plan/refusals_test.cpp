#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/planner/plan/golden.hpp"
#include "tests/planner/plan/plan_world.hpp"

// What the planner refuses, as a person reads it: golden/refusals.txt.
namespace nmx::test {
namespace {

/// A title and what was told of one site.
std::string told_of(std::string_view what, Planning& site, const std::string& text, PlanOptions options = {}) {
  EXPECT_FALSE(site.plan(text, std::move(options))) << what;
  return fmt::format("# {}\n\n{}\n", what, site.told());
}

const std::string import = "import {\n  to = resource.thing.a\n  id = \"t7\"\n}\n";

std::string of_moves_and_targets() {
  std::string all;
  Planning moved;
  moved.there("resource.thing.a", {{"node", "pve1"}});
  moved.there("resource.thing.b", {{"node", "pve2"}});
  all += told_of("moved to where something is", moved,
                 "moved {\n  from = resource.thing.a\n  to   = resource.thing.b\n}\n"
                 "resource thing b { node = \"pve2\" }\n");
  Planning target;
  PlanOptions options;
  options.targets = {at("resource.thing.z")};
  all += told_of("a target that is nowhere", target, "resource thing a { node = \"pve1\" }\n", std::move(options));
  return all;
}

std::string of_imports() {
  std::string all;
  Planning list;
  all +=
      told_of("taken over by a list", list, "import {\n  to = resource.thing.a\n  id = [1]\n}\nresource thing a {}\n");
  Planning nowhere;
  all += told_of("taken over as nothing", nowhere, import);
  Planning known;
  known.there("resource.thing.b", {{"node", "pve1"}});
  known.state.objects.begin()->second.id = "t7";
  all += told_of("taken over twice", known,
                 import + "resource thing a { node = \"x\" }\nresource thing b { node = \"pve1\" }\n");
  Planning absent;
  all += told_of("taken over without being there", absent, import + "resource thing a { node = \"pve1\" }\n");
  Planning unreadable;
  unreadable.world.unreadable["t7"] = "node `pve1` is offline";
  all += told_of("taken over without being readable", unreadable, import + "resource thing a { node = \"pve1\" }\n");
  Planning other;
  other.world.things["t7"] = {{"node", "pve1"}};
  all += told_of("taken over as something else", other, import + "resource thing a { node = \"pve2\" }\n");
  return all;
}

std::string of_changes() {
  std::string all;
  Planning twin;
  twin.there("resource.thing.a", {{"node", "pve1"}});
  all += told_of("made anew before the old one goes", twin,
                 "resource thing a {\n  node = \"pve2\"\n  lifecycle { create_before_destroy = true }\n}\n");
  Planning protects;
  protects.there("resource.thing.a", {{"node", "pve1"}});
  all += told_of("made anew though it is protected", protects,
                 "resource thing a {\n  node = \"pve2\"\n  lifecycle { protect = true }\n}\n");
  Planning forbidden;
  forbidden.there("resource.thing.a", {{"arch", "amd64"}});
  all += told_of("what no server does", forbidden, "resource thing a { arch = \"arm64\" }\n");
  Planning circle;
  all += told_of("a provider that serves what it needs", circle,
                 "resource leaf x { node = \"a\" }\nprovider inner { url = resource.leaf.x.volume }\n");
  return all;
}

TEST(Refusals, are_told_as_their_golden_says) {
  expect_golden("refusals.txt", of_moves_and_targets() + of_imports() + of_changes());
}

}  // namespace
}  // namespace nmx::test
