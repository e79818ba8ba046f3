#pragma once

#include <utility>
#include <vector>

#include "planner/plan.hpp"
#include "planner/provider.hpp"

namespace nmx {

/// Blocks that go while one of the same kind, parts and content comes: most likely the same thing by another name, from
/// which to which. Only where there is exactly one of either, so that nobody is talked into mixing up two things.
std::vector<std::pair<Address, Address>> likely_renames(const Plan& plan, const Registry& registry);

/// A sentence with the block that makes it a rename: `moved { from = container.tv, to = container.films }`.
std::string proposal(const std::pair<Address, Address>& rename);

}  // namespace nmx
