#include <gtest/gtest.h>

#include "tests/planner/runtime/applying_world.hpp"

// What stops an apply, and what the next run makes of it.
namespace nmx::test {
namespace {

TEST_F(Apply, after_the_first_interrupt_nothing_more_starts_and_what_runs_ends) {
  for (int i = 0; i < 10; ++i) add(fmt::format("t{:02}", i), "create", {});
  provider.takes = Milliseconds{1000};
  plan.operations[0].timeout_ms = plan.operations[1].timeout_ms = 5000;
  env.interrupt_at = 60;  // while the first two are under way
  const auto result = run({2, {}});
  EXPECT_EQ(result.end, ApplyResult::End::interrupted);
  EXPECT_EQ(result.finished, 2u);
  EXPECT_EQ(result.not_started.size(), 8u);
  EXPECT_TRUE(result.unknown.empty());
  EXPECT_TRUE(journal().open.empty());
}

TEST_F(Apply, after_the_second_interrupt_what_runs_is_left_to_the_next_run) {
  for (int i = 0; i < 10; ++i) add(fmt::format("t{:02}", i), "create", {});
  provider.takes = Milliseconds{100'000};
  for (auto& operation : plan.operations) operation.timeout_ms = 1'000'000;
  env.interrupt_at = 60;
  env.interrupt_again_at = 80;
  const auto result = run({2, {}});
  EXPECT_EQ(result.end, ApplyResult::End::interrupted);
  EXPECT_EQ(result.finished, 0u);
  EXPECT_EQ(result.unknown.size(), 2u);
  EXPECT_LT(env.now(), Milliseconds{100'000});
}

TEST_F(Apply, a_full_disk_stops_it_and_what_ran_is_still_in_the_state) {
  for (int i = 0; i < 10; ++i) add(fmt::format("t{:02}", i), "create", {});
  env.disk_full_at = 40;
  const auto result = run({2, {}});
  EXPECT_EQ(result.end, ApplyResult::End::failed);
  EXPECT_FALSE(result.not_started.empty());
  EXPECT_EQ(result.state.objects.size(), provider.sent.size());
  EXPECT_EQ(notes.lines.empty(), false);
}

Task<Status> lost_lock(int* beats) {
  ++*beats;
  co_return Error{"the lock was taken over by bob"};
}

TEST_F(Apply, a_lost_lock_stops_it) {
  const auto a = add("a", "create", {});
  add("b", "create", {}, {a});
  provider.takes = Milliseconds{20'000};
  for (auto& operation : plan.operations) operation.timeout_ms = 1'000'000;
  int beats = 0;
  const auto result = run({2, [&] { return lost_lock(&beats); }});
  EXPECT_EQ(beats, 1);
  EXPECT_EQ(result.end, ApplyResult::End::failed);
  EXPECT_EQ(result.finished, 1u);
  EXPECT_EQ(provider.sent.size(), 1u);
}

TEST_F(Apply, recovery_after_the_state_was_written_folds_nothing_twice) {
  add("a", "create", {{"size", 1}});
  const auto result = run();
  auto later = result.state;
  later.objects.erase(thing("a"));
  state = later;
  const auto recovery = recovered();
  EXPECT_FALSE(recovery.changed);
  EXPECT_TRUE(recovery.state.objects.empty());
}

}  // namespace
}  // namespace nmx::test
