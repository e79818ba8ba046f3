#include "planner/schedule.hpp"

#include <map>

#include "tests/support/sim_env.hpp"

namespace nmx {
namespace {

Operation operation(std::size_t id, std::vector<std::size_t> after = {}, std::vector<std::string> conflicts = {}) {
  Operation operation;
  operation.id = id;
  operation.after = std::move(after);
  operation.conflicts = std::move(conflicts);
  return operation;
}

TEST(Schedule, gives_what_needs_nothing_then_what_needs_it) {
  Schedule schedule({operation(0), operation(1, {0}), operation(2)});
  EXPECT_EQ(schedule.next(), 0u);
  EXPECT_EQ(schedule.next(), 2u);
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.done(0);
  EXPECT_EQ(schedule.next(), 1u);
}

TEST(Schedule, waits_for_every_forerunner_and_counts_doubled_ones_once) {
  Schedule schedule({operation(0), operation(1), operation(2, {0, 1, 0})});
  schedule.next();
  schedule.next();
  schedule.done(0);
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.done(1);
  EXPECT_EQ(schedule.next(), 2u);
}

TEST(Schedule, keeps_conflicts_apart) {
  Schedule schedule(
      {operation(0, {}, {"guest:115"}), operation(1, {}, {"guest:115"}), operation(2, {}, {"guest:116"})});
  EXPECT_EQ(schedule.next(), 0u);
  EXPECT_EQ(schedule.next(), 2u);
  schedule.done(0);
  EXPECT_EQ(schedule.next(), 1u);
}

TEST(Schedule, wakes_the_next_in_line_when_the_first_is_held_elsewhere) {
  // 2 waits for both a and b; when a is free it still waits for b, and 3, which needs a alone, must not starve.
  Schedule schedule(
      {operation(0, {}, {"a"}), operation(1, {}, {"b"}), operation(2, {}, {"a", "b"}), operation(3, {}, {"a"})});
  schedule.next();
  schedule.next();
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.done(0);
  EXPECT_EQ(schedule.next(), 3u);
  schedule.done(1);
  schedule.done(3);
  EXPECT_EQ(schedule.next(), 2u);
}

TEST(Schedule, a_failure_hinders_all_that_needs_it_and_nothing_else) {
  Schedule schedule({operation(0), operation(1, {0}), operation(2, {1}), operation(3), operation(4, {3})});
  schedule.next();
  const auto hindered = schedule.fail(0);
  ASSERT_EQ(hindered.size(), 2u);
  EXPECT_EQ(hindered[0].operation, 1u);
  EXPECT_EQ(hindered[1].operation, 2u);
  EXPECT_EQ(hindered[1].missing, 0u);
  EXPECT_EQ(schedule.next(), 3u);
  schedule.done(3);
  EXPECT_EQ(schedule.next(), 4u);
  schedule.done(4);
  EXPECT_TRUE(schedule.rest().empty());
}

TEST(Schedule, of_any_plan_everything_is_given_once_and_in_order) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    test::Dice dice(seed);
    std::vector<Operation> operations;
    for (std::size_t id = 0; id < 60; ++id) {
      std::vector<std::size_t> after;
      for (std::size_t i = 0; id > 0 && i < dice.below(3); ++i) after.push_back(dice.below(id));
      std::vector<std::string> conflicts;
      for (std::uint64_t i = 0; i < dice.below(3); ++i) conflicts.push_back(std::to_string(dice.below(5)));
      operations.push_back(operation(id, after, conflicts));
    }
    Schedule schedule(operations);
    std::vector<std::size_t> running;
    std::vector<bool> over(operations.size());
    std::size_t given = 0;
    for (;;) {
      while (const auto id = schedule.next()) {
        ++given;
        std::map<std::string, int> held;
        running.push_back(*id);
        for (const auto other : running) {
          std::map<std::string, int> once;
          for (const auto& name : operations[other].conflicts) once[name] = 1;
          for (const auto& [name, count] : once) held[name] += count;
        }
        for (const auto& [name, count] : held) ASSERT_EQ(count, 1) << seed;
        for (const auto before : operations[*id].after) ASSERT_TRUE(over[before]) << seed;
      }
      if (running.empty()) break;
      const auto which = dice.below(running.size());
      over[running[which]] = true;
      schedule.done(running[which]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
    }
    ASSERT_EQ(given, operations.size()) << seed;
  }
}

}  // namespace
}  // namespace nmx
