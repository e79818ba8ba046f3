#include "planner/make_plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "planner/plan_file.hpp"
#include "tests/planner/plan/plan_world.hpp"

namespace nmx::test {
namespace {

/// `create resource.thing.a, update resource.thing.b`.
std::string told(const std::optional<Plan>& plan) {
  if (!plan) return "nothing";
  std::string text;
  for (const auto& entry : plan->entries) {
    text += (text.empty() ? "" : ", ") + std::string(to_string(entry.change.action)) + " " +
            to_string(entry.change.address);
  }
  return text;
}

bool has_error(const Diagnostics& diagnostics, Code code) {
  const auto all = diagnostics.sorted();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.code == code; });
}

TEST(MakePlan, what_is_only_written_is_made) {
  Planning site;
  EXPECT_EQ(told(site.plan("resource thing a { node = \"pve1\" }\n")), "create resource.thing.a");
}

TEST(MakePlan, what_is_as_written_is_left_alone) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}, {"cores", "2"}});
  const auto plan = site.plan("resource thing a { node = \"pve1\" }\n");
  EXPECT_EQ(told(plan), "");
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->changes_anything());
  EXPECT_TRUE(plan->operations.empty());
}

TEST(MakePlan, what_is_written_no_more_goes) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  const auto plan = site.plan("\n");
  EXPECT_EQ(told(plan), "destroy resource.thing.a");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->danger(), ChangeClass::destroy);
}

TEST(MakePlan, what_others_deleted_is_made_again) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  site.world.things.clear();
  const auto plan = site.plan("resource thing a { node = \"pve1\" }\n");
  EXPECT_EQ(told(plan), "create resource.thing.a");
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->drift.size(), 1U);
  EXPECT_TRUE(plan->drift[0].gone);
}

TEST(MakePlan, what_the_server_decided_of_something_gone_is_decided_anew) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}, {"volume", "disk-0"}});
  site.there("resource.thing.b", {{"node", "pve2"}, {"cores", "disk-0"}});
  const std::string both =
      "resource thing a { node = \"pve1\" }\nresource thing b {\n  node = \"pve2\"\n  cores = "
      "resource.thing.a.volume\n}\n";
  EXPECT_EQ(told(site.plan(both)), "");
  site.world.things.erase("id of resource.thing.a");
  EXPECT_EQ(told(site.plan(both)), "create resource.thing.a, update resource.thing.b");
}

TEST(MakePlan, what_others_changed_is_told_and_taken_back) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}, {"cores", "2"}});
  site.world.things.begin()->second.set("cores", "8");
  const auto plan = site.plan("resource thing a {\n  node = \"pve1\"\n  cores = \"2\"\n}\n");
  EXPECT_EQ(told(plan), "update resource.thing.a");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->drift.size(), 1U);
  EXPECT_TRUE(plan->entries.at(0).change.attributes.at(0).undoes_drift);
}

TEST(MakePlan, what_cannot_change_in_place_is_made_anew) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  const auto plan = site.plan("resource thing a { node = \"pve2\" }\n");
  EXPECT_EQ(told(plan), "replace resource.thing.a");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->entries.at(0).change.reason, "`node` cannot be changed in place");
}

TEST(MakePlan, what_no_server_does_is_refused) {
  Planning site;
  site.there("resource.thing.a", {{"arch", "amd64"}});
  EXPECT_EQ(told(site.plan("resource thing a { arch = \"arm64\" }\n")), "nothing");
  EXPECT_TRUE(has_error(site.diagnostics, Code::bad_option));
}

TEST(MakePlan, a_moved_object_stays_the_same_object) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  const auto plan = site.plan(
      "moved {\n  from = resource.thing.a\n  to = resource.thing.b\n}\n\nresource thing b { node = \"pve1\" }\n");
  EXPECT_EQ(told(plan), "");
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->changes_anything());
  EXPECT_EQ(plan->forgotten, std::vector<Address>{at("resource.thing.a")});
  EXPECT_EQ(plan->refreshed.at(at("resource.thing.b")).id, "id of resource.thing.a");
}

TEST(MakePlan, what_is_removed_without_destroying_is_forgotten) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  const auto plan = site.plan("removed {\n  from = resource.thing.a\n  destroy = false\n}\n");
  EXPECT_EQ(told(plan), "");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->forgotten, std::vector<Address>{at("resource.thing.a")});
}

TEST(MakePlan, what_is_taken_over_is_recorded_as_it_is_and_not_made) {
  Planning site;
  site.world.things["t7"] = {{"node", "pve1"}, {"volume", "v7"}};
  const std::string text =
      "import {\n  to = resource.thing.a\n  id = \"t7\"\n}\nresource thing a { node = \"pve1\" }\n"
      "resource thing b { node = resource.thing.a.volume }\n";
  const auto plan = site.plan(text);
  EXPECT_EQ(told(plan), "create resource.thing.b");
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->imported.size(), 1U);
  EXPECT_EQ(plan->imported[0].second, "t7");
  EXPECT_EQ(plan->refreshed.at(at("resource.thing.a")).attributes.at_or_null("volume"), Value("v7"));
  EXPECT_EQ(plan->entries[0].change.after.at_or_null("node"), Value("v7")) << "what it is can be read";
  EXPECT_TRUE(plan->drift.empty());

  site.state.objects = plan->refreshed;
  EXPECT_EQ(told(site.plan(text)), "create resource.thing.b");
  EXPECT_TRUE(site.plan(text)->imported.empty()) << "done once";
}

TEST(MakePlan, what_is_taken_over_and_written_otherwise_is_changed_after_it_is_recorded) {
  Planning site;
  site.world.things["t7"] = {{"node", "pve1"}, {"cores", "1"}};
  PlanOptions options;
  options.refresh = false;
  const auto plan = site.plan(
      "import {\n  to = resource.thing.a\n  id = \"t7\"\n}\nresource thing a {\n  node = \"pve1\"\n"
      "  cores = \"2\"\n}\n",
      options);
  EXPECT_EQ(told(plan), "update resource.thing.a");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->refreshed.at(at("resource.thing.a")).attributes.at_or_null("cores"), Value("1"));
}

TEST(MakePlan, taking_over_never_makes_anew_or_invents) {
  const std::string import = "import {\n  to = resource.thing.a\n  id = \"t7\"\n}\n";
  Planning other;
  other.world.things["t7"] = {{"node", "pve1"}};
  EXPECT_EQ(told(other.plan(import + "resource thing a { node = \"pve2\" }\n")), "nothing");
  EXPECT_TRUE(has_error(other.diagnostics, Code::bad_option));

  Planning absent;
  EXPECT_EQ(told(absent.plan(import + "resource thing a { node = \"pve1\" }\n")), "nothing");
  EXPECT_TRUE(has_error(absent.diagnostics, Code::unknown_target));

  Planning unwritten;
  EXPECT_EQ(told(unwritten.plan(import)), "nothing");
  EXPECT_TRUE(has_error(unwritten.diagnostics, Code::unknown_target));

  Planning twice;
  twice.there("resource.thing.b", {{"node", "pve1"}});
  twice.state.objects.begin()->second.id = "t7";
  EXPECT_EQ(told(twice.plan(import + "resource thing a { node = \"x\" }\nresource thing b { node = \"pve1\" }\n")),
            "nothing");
  EXPECT_TRUE(has_error(twice.diagnostics, Code::duplicate_object));
}

TEST(MakePlan, protected_objects_are_never_destroyed_or_replaced) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  site.state.objects.begin()->second.protect = true;
  EXPECT_EQ(told(site.plan("\n")), "nothing");
  EXPECT_TRUE(has_error(site.diagnostics, Code::protected_object));

  Planning other;
  other.there("resource.thing.a", {{"node", "pve1"}});
  EXPECT_EQ(told(other.plan("resource thing a {\n  node = \"pve2\"\n  lifecycle { protect = true }\n}\n")), "nothing");
  EXPECT_TRUE(has_error(other.diagnostics, Code::protected_object));
}

TEST(MakePlan, two_blocks_for_one_real_thing_are_refused) {
  Planning site;
  site.plan("resource thing a { node = \"pve1\" }\nresource thing b { node = \"pve1\" }\n");
  EXPECT_TRUE(has_error(site.diagnostics, Code::duplicate_object));
}

TEST(MakePlan, nothing_becomes_another_type_of_thing) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  site.state.objects.begin()->second.type = "other";
  EXPECT_EQ(told(site.plan("resource thing a { node = \"pve1\" }\n")), "nothing");
  ASSERT_TRUE(has_error(site.diagnostics, Code::duplicate_object));
  const auto told = site.diagnostics.sorted().front();
  EXPECT_EQ(told.message, "`resource.thing.a` is a `other` in the state, and a `thing` here");
  EXPECT_EQ(told.help,
            "nothing becomes another type of thing: give this one another name; what has the name now goes then");
}

TEST(MakePlan, a_server_that_does_not_answer_is_told_in_its_words) {
  Planning site;
  site.world.answers = false;
  EXPECT_EQ(told(site.plan("resource thing a { node = \"pve1\" }\n")), "nothing");
  EXPECT_TRUE(has_error(site.diagnostics, Code::connection_failed));
}

TEST(MakePlan, a_target_brings_what_it_needs_and_no_more) {
  Planning site;
  PlanOptions options;
  options.targets = {at("resource.thing.b")};
  EXPECT_EQ(told(site.plan("resource thing a { node = \"x\" }\n"
                           "resource thing b { node = \"y${resource.thing.a.node}\" }\n"
                           "resource thing c { node = \"z\" }\n",
                           options)),
            "create resource.thing.a, create resource.thing.b");
}

TEST(MakePlan, excluding_leaves_out_what_needs_it_too) {
  Planning site;
  PlanOptions options;
  options.excludes = {at("resource.thing.a")};
  EXPECT_EQ(told(site.plan("resource thing a { node = \"x\" }\n"
                           "resource thing b { node = \"y${resource.thing.a.node}\" }\n"
                           "resource thing c { node = \"z\" }\n",
                           options)),
            "create resource.thing.c");
}

TEST(MakePlan, everything_goes_when_that_is_asked_for) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  site.there("resource.thing.b", {{"node", "pve2"}});
  site.state.objects.at(at("resource.thing.b")).dependencies = {at("resource.thing.a")};
  PlanOptions options;
  options.mode = PlanOptions::Mode::destroy;
  const auto plan = site.plan("resource thing a { node = \"pve1\" }\n", options);
  EXPECT_EQ(told(plan), "destroy resource.thing.a, destroy resource.thing.b");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->operations.at(0).after, std::vector<std::size_t>{1});
}

TEST(MakePlan, asking_for_an_address_that_is_nowhere_is_a_mistake) {
  Planning site;
  PlanOptions options;
  options.replaces = {at("resource.thing.typo")};
  EXPECT_EQ(told(site.plan("resource thing a { node = \"x\" }\n", options)), "nothing");
  EXPECT_TRUE(has_error(site.diagnostics, Code::unknown_target));
}

TEST(MakePlan, makes_anew_when_what_decides_it_has_another_value) {
  const auto with = [](const std::string& reasons) {
    return "resource thing a {\n  node = \"x\"\n  lifecycle { replace_when = " + reasons + " }\n}\n";
  };
  Planning site;
  site.there("resource.thing.a", {{"node", "x"}});
  // What nobody remembers yet is remembered now, and that is no reason.
  EXPECT_EQ(told(site.plan(with("[1, \"a\"]"))), "");
  auto& known = site.state.objects.begin()->second;
  known.replace_when = Value(List{1, "a"});
  EXPECT_EQ(told(site.plan(with("[1, \"a\"]"))), "");
  const auto plan = site.plan(with("[2, \"a\"]"));
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->entries.size(), 1u);
  EXPECT_EQ(plan->entries.front().change.action, Action::replace);
  EXPECT_EQ(plan->entries.front().change.reason, "`replace_when` has another value");
  EXPECT_EQ(plan->entries.front().replace_when, Value(List{2, "a"}));
}

TEST(MakePlan, of_the_same_is_the_same_to_the_byte) {
  Planning site;
  site.there("resource.thing.a", {{"node", "pve1"}});
  site.there("resource.thing.gone", {{"node", "pve9"}});
  const auto once = [&] {
    const auto plan = site.plan(
        "resource thing a { node = \"pve2\" }\nresource thing b { node = \"y${resource.thing.a.node}\" }\n"
        "output where { value = resource.thing.b.node }\n");
    return plan ? plan_json(*plan) : std::string();
  };
  ASSERT_FALSE(once().empty());
  EXPECT_EQ(once(), once());
}

TEST(MakePlan, what_reads_a_server_s_value_of_what_is_made_anew_follows) {
  Planning site;
  const std::string text =
      "resource thing a { node = \"NODE\" }\nresource thing b {\n  node = \"n\"\n  cores = resource.thing.a.volume\n}\n"
      "resource thing c { node = resource.thing.a.volume }\n";
  const auto with = [&](const std::string& node) {
    auto written = text;
    return written.replace(written.find("NODE"), 4, node);
  };
  site.there("resource.thing.a", {{"node", "pve1"}, {"volume", "v1"}});
  site.there("resource.thing.b", {{"node", "n"}, {"cores", "v1"}});
  site.there("resource.thing.c", {{"node", "v1"}});
  EXPECT_EQ(told(site.plan(with("pve1"))), "");
  EXPECT_EQ(told(site.plan(with("pve2"))),
            "replace resource.thing.a, update resource.thing.b, replace resource.thing.c");
}

}  // namespace
}  // namespace nmx::test
