#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lang/config/evaluate.hpp"
#include "lang/diagnostics/diagnostic.hpp"
#include "planner/allocate.hpp"
#include "planner/connections.hpp"
#include "planner/provider.hpp"
#include "planner/state.hpp"

namespace nmx {

/// Answers the evaluator's questions about resources: which attributes a type has, and what a computed one is. What nmx
/// decides itself it decides here, once for each resource, when it is first asked for.
class PlanningHost : public ResourceHost {
 public:
  PlanningHost(const Registry& registry, const State& state, Allocator& allocator, Diagnostics& diagnostics);

  const Interface* interface(std::string_view type) const override;
  std::vector<std::string> types() const override;
  std::string provider_of(std::string_view type) const override;
  Value computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) override;
  const Interface* provider_interface(std::string_view provider) const override;

  bool is_provisional() const override { return provisional_; }
  /// The provider blocks as far as their settings are known before anything is decided: what they read of objects is
  /// what the state says, or not known yet.
  const std::vector<ProviderInstance>& providers(Evaluator& evaluator);

  /// From now on this is what is known, for as long as it lives.
  void know(const State& state) { state_ = &state; }
  /// From now on values may be decided: the servers told what they know, and these are the real objects. `replaces`:
  /// what is made anew whatever the difference is.
  void begin_planning(Evaluator& evaluator, const Connections& connections, const std::map<Address, Observed>& observed,
                      std::vector<Address> replaces = {});
  /// What is wanted of a resource, in normal form: what the configuration says and what nmx decided. Null pointer: an
  /// error was told.
  const Object* wanted(const ResourceInstance& resource);
  /// Adds to what is wanted of a resource what its provider found out; it was wanted before.
  void add_foreseen(const Address& address, const Object& attributes);

 private:
  /// Whether it is made anew, so that what the server gave the old one says nothing of the new one.
  bool becomes_another(const ResourceInstance& resource, const Object& real);

  const Registry& registry_;
  const State* state_;
  Allocator& allocator_;
  Diagnostics& diagnostics_;
  Evaluator* evaluator_ = nullptr;
  const Connections* connections_ = nullptr;
  const std::map<Address, Observed>* observed_ = nullptr;
  std::map<Address, std::optional<Object>> wanted_;
  std::set<Address> deciding_;
  bool provisional_ = false;
  std::vector<Address> replaces_;
  std::map<Address, bool> becomes_another_;
};

}  // namespace nmx
