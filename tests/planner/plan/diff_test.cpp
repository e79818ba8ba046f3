#include "planner/diff.hpp"

#include <gtest/gtest.h>

#include "tests/planner/plan/things.hpp"

namespace nmx::test {
namespace {

std::vector<AttributeChange> changed(const Object& applied, const Object& real, const Object& wanted,
                                     const ResourceConfiguration& configuration = {}) {
  return differences(ThingType(), {&applied, &real, &wanted}, configuration);
}

Value mount(const char* path, const char* source) { return Object{{"path", path}, {"source", source}}; }

TEST(Diff, what_is_as_wanted_needs_nothing) {
  const Object thing{{"node", "pve1"}, {"memory", Bytes{1024}}, {"root", Object{{"source", "a"}}}};
  EXPECT_TRUE(changed(thing, thing, thing).empty());
}

TEST(Diff, what_is_not_wanted_is_left_alone) {
  EXPECT_TRUE(changed({}, {{"memory", Bytes{1024}}, {"node", "pve1"}}, {{"node", "pve1"}}).empty());
  EXPECT_TRUE(
      changed({}, {{"root", Object{{"source", "a"}, {"quota", "9"}}}}, {{"root", Object{{"source", "a"}}}}).empty());
}

TEST(Diff, the_rule_of_an_attribute_says_what_its_change_does) {
  const auto changes = changed({}, {{"node", "pve1"}, {"cores", "1"}, {"arch", "amd64"}},
                               {{"node", "pve2"}, {"cores", "2"}, {"arch", "arm64"}});
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].danger, ChangeClass::replace);
  EXPECT_EQ(changes[1].danger, ChangeClass::restart);
  EXPECT_TRUE(changes[2].forbidden);
}

TEST(Diff, a_type_may_know_better_than_its_rule) {
  EXPECT_EQ(changed({}, {{"memory", Bytes{1}}}, {{"memory", Bytes{2}}}).at(0).danger, ChangeClass::live);
  EXPECT_EQ(changed({}, {{"memory", Bytes{2}}}, {{"memory", Bytes{1}}}).at(0).danger, ChangeClass::restart);
}

TEST(Diff, a_list_with_an_identity_is_compared_in_any_order) {
  EXPECT_TRUE(changed({}, {{"mounts", List{mount("/a", "x"), mount("/b", "y")}}},
                      {{"mounts", List{mount("/b", "y"), mount("/a", "x")}}})
                  .empty());
}

TEST(Diff, elements_that_come_go_and_change_are_told_one_by_one) {
  const auto changes = changed({}, {{"mounts", List{mount("/gone", "x"), mount("/same", "y"), mount("/other", "z")}}},
                               {{"mounts", List{mount("/same", "y"), mount("/other", "w"), mount("/new", "v")}}});
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].path, "mounts[/gone]");
  EXPECT_TRUE(changes[0].after.is_null());
  EXPECT_EQ(changes[1].path, "mounts[/new]");
  EXPECT_TRUE(changes[1].before.is_null());
  EXPECT_EQ(changes[2].path, "mounts[/other]");
}

TEST(Diff, elements_that_cannot_be_told_apart_by_what_is_shown_are_all_compared) {
  const auto unknown = hole("value.v", "value");
  const auto changes = changed(
      {}, {{"mounts", List{}}},
      {{"mounts", List{Object{{"path", unknown}, {"source", "a"}}, Object{{"path", unknown}, {"source", "b"}}}}});
  EXPECT_EQ(changes.size(), 2U);
  const std::string deep(200, 'd');
  EXPECT_EQ(
      changed({}, {{"mounts", List{mount(("/" + deep + "1").c_str(), "x"), mount(("/" + deep + "2").c_str(), "y")}}},
              {{"mounts", List{mount(("/" + deep + "1").c_str(), "x"), mount(("/" + deep + "2").c_str(), "z")}}})
          .size(),
      1U);
}

TEST(Diff, a_list_that_is_not_known_yet_takes_nothing_away) {
  const auto changes = changed({}, {{"mounts", List{mount("/a", "x")}}}, {{"mounts", hole("value.v", "value")}});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].path, "mounts");
  EXPECT_TRUE(changes[0].after.is_hole());
}

TEST(Diff, what_the_server_never_tells_is_compared_with_what_was_written) {
  EXPECT_TRUE(changed({{"password", "a"}}, {}, {{"password", "a"}}).empty());
  EXPECT_TRUE(changed({}, {}, {{"password", "a"}}).empty()) << "nobody knows what it is";
  const auto changes = changed({{"password", "a"}}, {}, {{"password", "b"}});
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_TRUE(changes[0].before.secret && changes[0].after.secret);
}

TEST(Diff, a_change_that_only_takes_back_what_others_did_says_so) {
  EXPECT_TRUE(changed({{"cores", "2"}}, {{"cores", "8"}}, {{"cores", "2"}}).at(0).undoes_drift);
  EXPECT_FALSE(changed({{"cores", "2"}}, {{"cores", "8"}}, {{"cores", "4"}}).at(0).undoes_drift);
  EXPECT_FALSE(changed({{"cores", "2"}}, {{"cores", "2"}}, {{"cores", "4"}}).at(0).undoes_drift);
}

TEST(Diff, ignored_attributes_are_ignored) {
  ResourceConfiguration configuration;
  configuration.lifecycle.ignore_changes = {"cores"};
  EXPECT_TRUE(changed({}, {{"cores", "2"}}, {{"cores", "4"}}, configuration).empty());
}

TEST(Drift, is_what_others_changed_of_what_is_wanted) {
  const Object applied{{"cores", "2"}, {"node", "pve1"}};
  const Object real{{"cores", "8"}, {"node", "pve2"}};
  const Object wanted{{"cores", "4"}};
  const auto found = drift(ThingType(), {&applied, &real, &wanted});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].path, "cores");
  EXPECT_EQ(found[0].before, Value("2"));
  EXPECT_EQ(found[0].after, Value("8"));
  EXPECT_EQ(drift(ThingType(), {&applied, &real, nullptr}).size(), 2U);
}

TEST(Drift, of_a_password_is_never_seen) {
  const Object applied{{"password", "a"}};
  const Object real;
  EXPECT_TRUE(drift(ThingType(), {&applied, &real, nullptr}).empty());
}

}  // namespace
}  // namespace nmx::test
