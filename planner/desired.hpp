#pragma once

#include <map>
#include <set>
#include <vector>

#include "planner/make_plan.hpp"

namespace nmx {

/// One object as the configuration wants it.
struct Desired {
  const ResourceInstance* instance = nullptr;
  const ResourceConfiguration* configuration = nullptr;
  const Object* wanted = nullptr;
  /// What it reads and `depends_on`, and what its provider's block reads: its server.
  std::vector<Address> dependencies = {};
};

/// What `replace_when` came to; null where a lifecycle says nothing of it.
Value reasons_of(const Lifecycle& lifecycle);

/// Claims what the user fixed (an address, an id) before anything is handed out, so that the order of the files does
/// not matter. What is served by a provider that is not asked yet is passed over.
void claim_fixed(const PlanPorts& ports);

/// Evaluates every resource and decides what nmx decides. Objects with mistakes are left out; they were told.
std::map<Address, Desired> desired_objects(const PlanPorts& ports);

/// What is at or below the targets, with everything that it needs.
std::set<Address> needed_by(const std::vector<Address>& targets, const std::map<Address, Desired>& desired);

}  // namespace nmx
