#pragma once

#include <map>
#include <vector>

#include "planner/make_plan.hpp"

namespace nmx {

/// One object as the configuration wants it.
struct Desired {
  const ResourceInstance* instance = nullptr;
  const ResourceConfiguration* configuration = nullptr;
  const Object* wanted = nullptr;
};

/// Evaluates every resource and decides what nmx decides. What the user fixed (an address, an id) is claimed before
/// anything is handed out, so that the order of the files does not matter. Objects with mistakes are left out; they
/// were told.
std::map<Address, Desired> desired_objects(const PlanPorts& ports);

}  // namespace nmx
