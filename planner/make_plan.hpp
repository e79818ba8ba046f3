#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/config/configuration.hpp"
#include "lang/config/evaluate.hpp"
#include "planner/connections.hpp"
#include "planner/host.hpp"
#include "planner/plan.hpp"
#include "planner/state.hpp"

namespace nmx {

struct PlanOptions {
  enum class Mode { normal, refresh_only, destroy } mode = Mode::normal;
  /// Whether the real objects are read, or taken to be as the state says.
  bool refresh = true;
  /// Only these, and what they need; empty: everything.
  std::vector<Address> targets;
  /// All but these, and what needs them.
  std::vector<Address> excludes;
  /// Made anew whatever the difference is.
  std::vector<Address> replaces;
};

/// What a plan is made with; everything lives longer than the making.
struct PlanPorts {
  const Configuration& configuration;
  Evaluator& evaluator;
  PlanningHost& host;
  Connections& connections;
  const Registry& registry;
  const State& state;
  Allocator& allocator;
  Env& env;
  Diagnostics& diagnostics;
};

/// Instantiates, connects, reads, evaluates, compares and orders. Nothing where a mistake was told.
Task<std::optional<Plan>> make_plan(PlanPorts given, PlanOptions options);

}  // namespace nmx
