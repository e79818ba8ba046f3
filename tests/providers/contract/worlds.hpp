#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/providers/contract/rehearsal.hpp"

namespace nmx::test {

/// What the contract suite does with one resource type. Each type has one here.
struct Scenario {
  std::string type;
  std::function<std::unique_ptr<World>()> world;
  Object example;
  /// Each is written instead of the example's, one after the other, and stays.
  std::vector<std::pair<std::string, Value>> changes;
  /// A change that makes the object anew; empty name: none does.
  std::pair<std::string, Value> replacement;
  /// A secret as it is written; empty name: the type has none.
  std::pair<std::string, std::string> secret;
};
const std::vector<Scenario>& scenarios();
/// The same where the system stands behind HTTPS: in the lab.
const std::vector<Scenario>& lab_scenarios();
/// Those of Authentik, each with a lab of its own.
std::vector<Scenario> authentik_scenarios();
/// Those of its types that differ from release to release, in what the oldest one knows.
std::vector<Scenario> oldest_authentik_scenarios();
/// For the messages of gtest.
inline void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.type; }

}  // namespace nmx::test
