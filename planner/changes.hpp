#pragma once

#include <map>
#include <set>
#include <vector>

#include "planner/desired.hpp"
#include "planner/imports.hpp"
#include "planner/make_plan.hpp"

namespace nmx {

/// The changes of a plan before they are ordered, and what was noticed on the way.
struct Changes {
  std::map<Address, Change> changes;  // none left out
  std::vector<Drift> drift;
  std::vector<Unreachable> unreachable;
  std::map<Address, StateObject> refreshed;
  std::vector<Address> forgotten;
  std::vector<std::pair<Address, std::string>> imported;
};

/// What is known when everything was read and evaluated.
struct Comparing {
  const std::map<Address, Desired>& desired;
  const std::map<Address, Observed>& observed;
  /// Existing objects that are taken over; the state knows no more of them than their ids.
  const Imports& imports;
};

/// Compares last applied, real and wanted, object by object. Protected objects that would go, and changes that no
/// server does, are told.
Changes find_changes(const PlanPorts& ports, const PlanOptions& options, const Comparing& comparing);

/// Leaves what `-target` and `-exclude` ask for, with what that needs.
void narrow(Changes& changes, const PlanOptions& options, const std::map<Address, Desired>& desired,
            const State& state);

}  // namespace nmx
