#pragma once

#include <map>

#include "planner/desired.hpp"

namespace nmx {

/// Lets the providers find out, side by side, what only effects tell of wanted objects: what a build would come to.
/// What cannot be as it is written is told at its block; an object that cannot be asked after all becomes unreachable.
/// Where there are targets, nobody asks about what they do not need.
Task<Done> foresee(const PlanPorts* ports, const std::vector<Address>* targets,
                   const std::map<Address, Desired>* desired, std::map<Address, Observed>* observed);

}  // namespace nmx
