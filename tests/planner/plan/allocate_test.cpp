#include "planner/allocate.hpp"

#include <gtest/gtest.h>

namespace nmx::test {
namespace {

/// Candidates 1 to `last`.
std::function<std::optional<std::string>()> up_to(int last) {
  return [at = 0, last]() mutable -> std::optional<std::string> {
    if (at == last) return std::nullopt;
    return std::to_string(++at);
  };
}

TEST(Allocate, gives_each_owner_the_first_free_value_and_the_same_again) {
  Allocator allocator({}, 1);
  EXPECT_EQ(*allocator.allocate("ip", "a", up_to(9)), "1");
  EXPECT_EQ(*allocator.allocate("ip", "b", up_to(9)), "2");
  EXPECT_EQ(*allocator.allocate("ip", "a", up_to(9)), "1");
  Allocator next(allocator.spaces(), 2);
  EXPECT_EQ(*next.allocate("ip", "b", up_to(9)), "2");
}

TEST(Allocate, spaces_do_not_know_of_each_other) {
  Allocator allocator({}, 1);
  EXPECT_EQ(*allocator.allocate("ip", "a", up_to(9)), "1");
  EXPECT_EQ(*allocator.allocate("vmid", "b", up_to(9)), "1");
}

TEST(Allocate, leaves_alone_what_others_have_and_names_them) {
  Allocator allocator({}, 1);
  allocator.occupy("ip", "1", "CT 120 \"printer\"");
  EXPECT_EQ(*allocator.allocate("ip", "a", up_to(9)), "2");
  const auto claimed = allocator.claim("ip", "1", "b");
  ASSERT_FALSE(claimed);
  EXPECT_NE(claimed.error().message.find("printer"), std::string::npos);
  EXPECT_FALSE(allocator.claim("ip", "2", "b"));
  EXPECT_TRUE(allocator.claim("ip", "2", "a"));
}

TEST(Allocate, who_wants_what_another_leaves_is_told_of_moved) {
  Allocator allocator({{"ip", {{"1", {"container.tv.address", 0}}}}}, 9);
  EXPECT_EQ(allocator.claim("ip", "1", "container.films.address").error().help, "");
  allocator.expect_to_go({"container.tv.address"});
  EXPECT_EQ(
      allocator.claim("ip", "1", "container.films.address").error().help,
      "no file asks for `container.tv` any more: if `container.films` is the same by another name, write `moved { "
      "from = container.tv, to = container.films }`, else let it go with an apply of its own first");
}

TEST(Allocate, what_was_released_comes_last_and_oldest_first) {
  Allocator allocator({{"ip", {{"1", {"x", 5}}, {"2", {"y", 3}}}}}, 9);
  EXPECT_EQ(*allocator.allocate("ip", "a", up_to(3)), "3");
  EXPECT_EQ(*allocator.allocate("ip", "b", up_to(3)), "2");
  EXPECT_EQ(*allocator.allocate("ip", "c", up_to(3)), "1");
  const auto none = allocator.allocate("ip", "d", up_to(3));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "all 3 are taken");
}

TEST(Allocate, the_plan_that_releases_a_value_does_not_hand_it_out_again) {
  Allocator allocator({{"ip", {{"1", {"x", 0}}}}}, 9);
  allocator.release({"x"});
  EXPECT_FALSE(allocator.allocate("ip", "a", up_to(1)));
  Allocator later(allocator.spaces(), 10);
  EXPECT_EQ(*later.allocate("ip", "a", up_to(1)), "1");
}

TEST(Allocate, an_owner_keeps_its_value_when_it_is_renamed) {
  Allocator allocator({}, 1);
  ASSERT_TRUE(allocator.claim("ip", "7", "old"));
  allocator.rename("old", "new");
  EXPECT_EQ(*allocator.allocate("ip", "new", up_to(9)), "7");
}

}  // namespace
}  // namespace nmx::test
