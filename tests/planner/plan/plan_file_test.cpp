#include "planner/plan_file.hpp"

#include <gtest/gtest.h>

#include "tests/planner/plan/sample_plan.hpp"

namespace nmx::test {
namespace {

StateKey key(char with = 'k') { return StateKey::from_bytes(std::string(32, with)); }

TEST(PlanFile, reads_back_what_it_wrote) {
  const auto text = write_plan(sample_plan(), key());
  const auto plan = read_plan(text, key());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(write_plan(*plan, key()), text);
  ASSERT_EQ(plan->operations.size(), 1U);
  const auto& arguments = plan->operations[0].arguments;
  EXPECT_TRUE(arguments.at_or_null("volume").is_hole());
  EXPECT_TRUE(arguments.at_or_null("password").secret);
  EXPECT_TRUE(arguments.at_or_null("size").is<Bytes>());
  EXPECT_EQ(plan->moved, sample_plan().moved);
  EXPECT_EQ(plan->imported, sample_plan().imported);
  EXPECT_EQ(plan->forgotten, sample_plan().forgotten);
  EXPECT_TRUE(plan->entries.at(1).protect);
}

TEST(PlanFile, says_the_same_to_a_reviewer_after_reading) {
  const auto plan = read_plan(write_plan(sample_plan(), key()), key());
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan_json(*plan), plan_json(sample_plan()));
}

TEST(PlanFile, shows_no_secret) {
  EXPECT_EQ(write_plan(sample_plan(), key()).find("canary"), std::string::npos);
  EXPECT_EQ(plan_json(sample_plan()).find("canary"), std::string::npos);
}

TEST(PlanFile, finds_every_flipped_bit) {
  const auto text = write_plan(sample_plan(), key());
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto flipped = text;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const auto plan = read_plan(flipped, key());
      ASSERT_FALSE(plan) << "at " << at << ", bit " << bit;
      ASSERT_FALSE(plan.error().message.empty());
    }
  }
}

TEST(PlanFile, a_head_of_other_types_is_no_plan) {
  for (const auto* head : {R"({"nmx_plan":1,"lineage":5,"serial":1})", R"({"nmx_plan":1})", R"({"lineage":"a"})", "[]"})
    EXPECT_FALSE(read_plan(std::string(head) + "\nAAAA\n", key())) << head;
}

TEST(PlanFile, finds_every_cut) {
  const auto text = write_plan(sample_plan(), key());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) ASSERT_FALSE(read_plan(text.substr(0, size), key()));
}

TEST(PlanFile, stays_shut_for_another_key) { EXPECT_FALSE(read_plan(write_plan(sample_plan(), key()), key('x'))); }

}  // namespace
}  // namespace nmx::test
