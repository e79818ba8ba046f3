#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "planner/make_plan.hpp"

namespace nmx {

/// Providers whose blocks read objects of the site: an Authentik that runs in a container of it. They are asked after
/// everything else, and only when their servers are there; until an apply has made them, their objects are planned as
/// new ones.
class Servers {
 public:
  explicit Servers(const PlanPorts& ports) : ports_(ports) {}

  /// None of them is asked for now.
  void defer();
  /// Evaluates their settings with what was decided meanwhile, asks those whose servers are there, and adds their
  /// objects to what was observed. Gives warnings about those that should answer and do not. Told: two that need each
  /// other.
  Task<std::vector<std::string>> ask(std::map<Address, Observed>* observed);

 private:
  /// So that each comes after those that serve what it reads.
  std::vector<const ProviderInstance*> in_order();
  void visit(const ProviderInstance& instance, std::vector<const ProviderInstance*>& ordered);
  const ProviderInstance* serving(const Address& address) const;
  /// What is missing before it can be asked; empty: nothing.
  std::string missing(const ProviderInstance& instance, const std::map<Address, Observed>& observed) const;

  const PlanPorts& ports_;
  std::set<const ProviderInstance*> open_, done_;
};

}  // namespace nmx
