#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner/plan.hpp"
#include "tests/support/sim_provider.hpp"

namespace nmx::test {

/// What a user wants of one thing.
struct Want {
  std::int64_t size = 1;
  std::int64_t shape = 1;  // a change makes it anew
  std::vector<Address> needs;
};
using Site = std::map<Address, Want>;

/// About `count` things, each needing a few earlier ones.
Site random_site(Dice& dice, int count);
/// Some go, some come, some grow, some change their shape.
Site changed_site(const Site& site, Dice& dice);

/// A small planner for these things: what `make_plan` does for real ones.
Plan plan_site(const Site& site, const State& state, const SimWorld& world);

/// What is wrong with the world, in words; empty where it is exactly what the site wants and the state says so too.
std::string complaint(const Site& site, const State& state, const SimWorld& world);

/// What the state says of the world and is not so; empty where it knows exactly what is there.
std::string ignorance(const State& state, const SimWorld& world);

/// Stands in every thing's settings and nowhere on disk.
inline constexpr const char* canary = "canary-1f0c9a";

}  // namespace nmx::test
