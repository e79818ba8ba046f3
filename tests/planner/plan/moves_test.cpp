#include "planner/moves.hpp"

#include <gtest/gtest.h>

#include "tests/planner/plan/things.hpp"

namespace nmx::test {
namespace {

State known(std::initializer_list<const char*> addresses) {
  State state;
  for (const auto* address : addresses) {
    state.objects[at(address)].type = "thing";
    state.objects[at(address)].id = address;
  }
  return state;
}

MovedDeclaration move(const char* from, const char* to) { return {at(from), at(to), {}}; }

TEST(Moves, give_an_object_and_all_below_it_another_address) {
  auto state = known({"container.old.lxc", "container.old.dns", "container.older"});
  Diagnostics diagnostics;
  const auto moves = follow_moves(state, {move("container.old", "container.media")}, diagnostics);
  EXPECT_EQ(moves.size(), 2U);
  EXPECT_EQ(state.objects.at(at("container.media.lxc")).id, "container.old.lxc");
  EXPECT_TRUE(state.objects.contains(at("container.older")));
  EXPECT_EQ(state.objects.size(), 3U);
}

TEST(Moves, that_follow_each_other_are_one) {
  auto state = known({"t.a"});
  Diagnostics diagnostics;
  const auto moves = follow_moves(state, {move("t.a", "t.b"), move("t.b", "t.c")}, diagnostics);
  EXPECT_EQ(moves, (Moves{{at("t.a"), at("t.c")}}));
}

TEST(Moves, there_and_back_are_none) {
  auto state = known({"t.a"});
  Diagnostics diagnostics;
  EXPECT_TRUE(follow_moves(state, {move("t.a", "t.b"), move("t.b", "t.a")}, diagnostics).empty());
  EXPECT_TRUE(state.objects.contains(at("t.a")));
}

TEST(Moves, that_were_made_before_do_nothing) {
  auto state = known({"t.b"});
  Diagnostics diagnostics;
  EXPECT_TRUE(follow_moves(state, {move("t.a", "t.b")}, diagnostics).empty());
  EXPECT_FALSE(diagnostics.has_errors());
}

TEST(Moves, to_where_something_is_are_refused) {
  auto state = known({"t.a", "t.b"});
  Diagnostics diagnostics;
  EXPECT_TRUE(follow_moves(state, {move("t.a", "t.b")}, diagnostics).empty());
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(state.objects.at(at("t.b")).id, "t.b");
}

TEST(Moves, take_dependencies_and_numbers_along) {
  auto state = known({"t.a", "t.user"});
  state.objects.at(at("t.user")).dependencies = {at("t.a")};
  state.allocations["ip"]["7"] = {"t.a", 0};
  state.allocations["ip"]["8"] = {"t.a", 4};
  Diagnostics diagnostics;
  follow_moves(state, {move("t.a", "t.z")}, diagnostics);
  EXPECT_EQ(state.objects.at(at("t.user")).dependencies, std::vector<Address>{at("t.z")});
  EXPECT_EQ(state.allocations["ip"]["7"].owner, "t.z");
  EXPECT_EQ(state.allocations["ip"]["8"].owner, "t.a") << "a tombstone tells whose it was";
}

}  // namespace
}  // namespace nmx::test
