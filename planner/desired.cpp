#include "planner/desired.hpp"

#include <algorithm>

namespace nmx {
namespace {

/// Whether the user wrote what would otherwise be decided.
bool fixes_a_decision(const Schema& schema, const Object& attributes) {
  return std::any_of(schema.rules.begin(), schema.rules.end(),
                     [&](const auto& entry) { return entry.second.decided && attributes.contains(entry.first); });
}

}  // namespace

std::map<Address, Desired> desired_objects(const PlanPorts& ports) {
  const auto& instances = ports.evaluator.instantiate();
  // Addresses first, those that are asked for by name before those that nmx picks.
  std::vector<const ResourceInstance*> picked;
  for (const auto& instance : instances) {
    const auto* type = ports.registry.type(instance.type);
    if (type == nullptr || type->schema().interface.find("wanted") == nullptr) continue;
    const auto& configuration = ports.evaluator.configuration(instance);
    if (configuration.attributes.at_or_null("wanted").is_null()) {
      picked.push_back(&instance);
    } else {
      ports.host.wanted(instance);
    }
  }
  for (const auto* instance : picked) ports.host.wanted(*instance);
  for (const auto& instance : instances) {
    const auto* type = ports.registry.type(instance.type);
    if (type == nullptr) continue;
    const auto& configuration = ports.evaluator.configuration(instance);
    if (fixes_a_decision(type->schema(), configuration.attributes)) ports.host.wanted(instance);
  }
  std::map<Address, Desired> desired;
  for (const auto& instance : instances) {
    if (ports.registry.type(instance.type) == nullptr) continue;
    const auto* wanted = ports.host.wanted(instance);
    if (wanted == nullptr) continue;
    desired.emplace_hint(desired.end(), instance.address,
                         Desired{&instance, &ports.evaluator.configuration(instance), wanted});
  }
  return desired;
}

}  // namespace nmx
