#include "planner/renames.hpp"

#include <gtest/gtest.h>

#include "tests/planner/plan/plan_world.hpp"

namespace nmx::test {
namespace {

using Warnings = std::vector<std::string>;

Warnings warnings(Planning& site, const std::string& text) {
  const auto plan = site.plan(text);
  return plan ? plan->warnings : Warnings{"no plan"};
}

TEST(Renames, are_proposed_where_one_goes_and_the_same_comes) {
  Planning site;
  site.there("resource.thing.tv", {{"node", "pve1"}, {"arch", "tv.home"}});
  EXPECT_EQ(warnings(site, "resource thing films {\n  node = \"pve1\"\n  arch = \"films.home\"\n}\n"),
            Warnings{"`resource.thing.tv` goes and `resource.thing.films` comes with the same content; if it is the "
                     "same by another name, write `moved { from = resource.thing.tv, to = resource.thing.films }`, and "
                     "nothing is destroyed"});
}

TEST(Renames, are_not_proposed_where_the_content_differs) {
  Planning site;
  site.there("resource.thing.tv", {{"node", "pve1"}});
  EXPECT_EQ(warnings(site, "resource thing films { node = \"pve2\" }\n"), Warnings{});
}

TEST(Renames, are_not_guessed_between_two) {
  Planning site;
  site.there("resource.thing.tv", {{"cores", "2"}});
  site.there("resource.thing.radio", {{"cores", "2"}});
  EXPECT_EQ(warnings(site, "resource thing films { cores = \"2\" }\n"), Warnings{});
}

TEST(Renames, that_are_written_are_not_proposed) {
  Planning site;
  site.there("resource.thing.tv", {{"node", "pve1"}});
  EXPECT_EQ(warnings(site,
                     "resource thing films { node = \"pve1\" }\n"
                     "moved {\n  from = resource.thing.tv\n  to = resource.thing.films\n}\n"),
            Warnings{});
}

}  // namespace
}  // namespace nmx::test
