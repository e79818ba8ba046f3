#pragma once

#include <string>
#include <utility>
#include <vector>

#include "planner/make_plan.hpp"

namespace nmx {

/// An existing object that the configuration takes over: nmx knows it from now on and did not make it.
struct Import {
  Address to;
  std::string type;
  std::string provider;
  /// The real system's name for it, as the user wrote it.
  std::string id;
  Span block;
};
using Imports = std::vector<Import>;

/// What `import` blocks still ask for: those whose object the state does not know. Told: an address that nothing
/// configures, an id that is no text or number, a real object that the state knows by another address.
Imports find_imports(const PlanPorts& ports);

/// Makes the objects known by their ids, so that they are read with all others.
void enter(State& state, const Imports& imports);

/// Tells what is not there, or could not be read.
void check_found(const Imports& imports, const std::map<Address, Observed>& observed, Diagnostics& diagnostics);

}  // namespace nmx
