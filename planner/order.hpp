#pragma once

#include <map>
#include <vector>

#include "planner/change.hpp"

namespace nmx {

/// What each object needs: of those that stay, as evaluation found it; of those that go, as state recorded it.
struct Needs {
  std::map<Address, std::vector<Address>> wanted;
  std::map<Address, std::vector<Address>> recorded;
};

/// The operations of all changes with their numbers and what each waits for: the steps of one object one after the
/// other, an object after what it needs, and what goes after everything that needed it. `steps` holds each object's own
/// operations in order.
std::vector<Operation> order(const std::map<Address, Change>& changes, std::map<Address, std::vector<Operation>> steps,
                             const Needs& needs);

}  // namespace nmx
