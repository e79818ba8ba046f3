#include <gtest/gtest.h>

#include "tests/providers/contract/lab_world.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::test {
namespace {

int sum(const std::map<std::string, int>& counts, std::string_view part) {
  int found = 0;
  for (const auto& [method, count] : counts) {
    if (method.find(part) != std::string::npos) found += count;
  }
  return found;
}

Object container(int number) {
  auto object = small_container();
  object.set("node", number % 2 == 0 ? "pve1" : "pve2");
  object.set("hostname", "c" + std::to_string(number));
  return object;
}

TEST(Lab, counts_two_requests_and_polls_for_a_creation) {
  LabWorld world("proxmox_container");
  Rehearsal rehearsal(world, "c0");
  rehearsal.complete(container(0));
  world.reset_counts();
  const auto done = rehearsal.apply(container(0));
  ASSERT_TRUE(done) << done.error().message;
  const auto counts = world.counts();
  EXPECT_EQ(sum(counts, "POST"), 1);
  EXPECT_EQ(sum(counts, "/pending"), 1);
  const auto polls = sum(counts, "/tasks") + sum(counts, "/status/current");
  EXPECT_GT(polls, 0);
  EXPECT_EQ(sum(counts, "/") - polls, 2);
}

TEST(Lab, counts_n_plus_one_requests_for_a_refresh) {
  constexpr int containers = 12;
  LabWorld world("proxmox_container");
  std::vector<ObjectId> ids;
  for (int i = 0; i < containers; ++i) {
    const auto name = "c" + std::to_string(i);
    Rehearsal rehearsal(world, name);
    const auto done = rehearsal.apply(container(i));
    ASSERT_TRUE(done) << done.error().message;
    ids.push_back({address(name), "proxmox_container", rehearsal.id(), rehearsal.applied()});
  }
  world.reset_counts();
  for (const auto& observed : finish(world, world.provider().read(ids)))
    EXPECT_EQ(observed.status, Observed::Status::present) << observed.why;
  EXPECT_EQ(sum(world.counts(), "/"), containers + 1);
}

TEST(Lab, counts_the_same_number_of_requests_for_facts_whatever_runs) {
  LabWorld world("proxmox_container");
  ASSERT_TRUE(finish(world, world.provider().connect()));
  const auto alone = sum(world.counts(), "/");
  for (int i = 0; i < 3; ++i) {
    Rehearsal rehearsal(world, "c" + std::to_string(i));
    ASSERT_TRUE(rehearsal.apply(container(i)));
  }
  world.reset_counts();
  ASSERT_TRUE(finish(world, world.provider().connect()));
  EXPECT_EQ(sum(world.counts(), "/"), alone);
}

}  // namespace
}  // namespace nmx::test
