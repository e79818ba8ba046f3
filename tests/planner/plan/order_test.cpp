#include "planner/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "planner/schedule.hpp"
#include "tests/planner/plan/things.hpp"

namespace nmx::test {
namespace {

/// Changes of things with two steps each.
struct Sketch {
  std::map<Address, Change> changes;
  Needs needs;

  Sketch& change(const char* name, Action action) {
    Change made;
    made.address = at(name);
    made.action = action;
    changes.emplace(made.address, made);
    return *this;
  }
  std::vector<Operation> ordered() const {
    std::map<Address, std::vector<Operation>> steps;
    for (const auto& [address, made] : changes) {
      Operation one;
      one.address = address;
      one.verb = "first";
      Operation two = one;
      two.verb = "last";
      steps.emplace(address, std::vector<Operation>{one, two});
    }
    return order(changes, steps, needs);
  }
};

/// The verbs in an order that the scheduler would take: `a.first b.last …`; shorter where it gets stuck.
std::vector<std::string> taken(const std::vector<Operation>& operations) {
  std::vector<std::string> names;
  Schedule schedule(operations);
  while (const auto id = schedule.next()) {
    names.push_back(to_string(operations[*id].address) + "." + operations[*id].verb);
    schedule.done(*id);
  }
  return names;
}

bool before(const std::vector<std::string>& names, const char* first, const char* second) {
  return std::find(names.begin(), names.end(), first) < std::find(names.begin(), names.end(), second);
}

TEST(Order, an_object_comes_after_what_it_needs) {
  Sketch sketch;
  sketch.change("t.a", Action::create).change("t.b", Action::create);
  sketch.needs.wanted[at("t.a")] = {at("t.b")};
  const auto names = taken(sketch.ordered());
  EXPECT_EQ(names, (std::vector<std::string>{"t.b.first", "t.b.last", "t.a.first", "t.a.last"}));
}

TEST(Order, what_goes_goes_after_everything_that_needed_it) {
  Sketch sketch;
  sketch.change("t.a", Action::destroy).change("t.b", Action::destroy).change("t.c", Action::update);
  sketch.needs.recorded[at("t.b")] = {at("t.a")};
  sketch.needs.recorded[at("t.c")] = {at("t.a")};
  const auto names = taken(sketch.ordered());
  EXPECT_TRUE(before(names, "t.b.last", "t.a.first"));
  EXPECT_TRUE(before(names, "t.c.last", "t.a.first")) << "it must let go first";
}

TEST(Order, what_is_made_anew_waits_for_those_that_go_and_the_others_wait_for_it) {
  Sketch sketch;
  sketch.change("t.base", Action::replace).change("t.gone", Action::destroy).change("t.user", Action::update);
  sketch.needs.recorded[at("t.gone")] = {at("t.base")};
  sketch.needs.recorded[at("t.user")] = {at("t.base")};
  sketch.needs.wanted[at("t.user")] = {at("t.base")};
  const auto names = taken(sketch.ordered());
  EXPECT_TRUE(before(names, "t.gone.last", "t.base.first"));
  EXPECT_TRUE(before(names, "t.base.last", "t.user.first"));
}

TEST(Order, needs_that_turn_round_do_not_stop_everything) {
  // The user let go of `old` and now needs `base`, which is made anew, for which `old` has to go first.
  Sketch sketch;
  sketch.change("t.base", Action::replace).change("t.old", Action::destroy).change("t.user", Action::update);
  sketch.needs.recorded[at("t.old")] = {at("t.base")};
  sketch.needs.recorded[at("t.user")] = {at("t.old")};
  sketch.needs.wanted[at("t.user")] = {at("t.base")};
  const auto names = taken(sketch.ordered());
  ASSERT_EQ(names.size(), 6U);
  EXPECT_TRUE(before(names, "t.old.last", "t.base.first"));
  EXPECT_TRUE(before(names, "t.base.last", "t.user.first"));
}

TEST(Order, needs_of_what_does_not_change_are_met_already) {
  Sketch sketch;
  sketch.change("t.a", Action::create);
  sketch.needs.wanted[at("t.a")] = {at("t.there")};
  EXPECT_EQ(taken(sketch.ordered()).size(), 2U);
}

TEST(Order, numbers_are_places_in_the_plan_and_the_same_every_time) {
  Sketch sketch;
  for (int i = 0; i < 50; ++i) sketch.change(("t.n" + std::to_string(i)).c_str(), Action::create);
  for (int i = 1; i < 50; ++i) {
    sketch.needs.wanted[at("t.n" + std::to_string(i))] = {at("t.n" + std::to_string(i / 2)), at("t.n0")};
  }
  const auto once = sketch.ordered();
  const auto again = sketch.ordered();
  ASSERT_EQ(once.size(), 100U);
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].id, i);
    EXPECT_EQ(once[i].after, again[i].after);
  }
  EXPECT_EQ(taken(once).size(), 100U);
}

TEST(Order, of_ten_thousand_objects_is_found) {
  Sketch sketch;
  constexpr int count = 10'000;
  const auto name = [](int i) { return "t.n" + std::to_string(i); };
  for (int i = 0; i < count; ++i) sketch.change(name(i).c_str(), i % 3 == 0 ? Action::destroy : Action::update);
  for (int i = 2; i < count; ++i) {
    sketch.needs.wanted[at(name(i))] = {at(name(i / 2)), at(name(i - 1))};
    sketch.needs.recorded[at(name(i))] = {at(name(i / 3)), at(name(i - 2))};
  }
  EXPECT_EQ(taken(sketch.ordered()).size(), 2U * count);
}

}  // namespace
}  // namespace nmx::test
