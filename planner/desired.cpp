#include "planner/desired.hpp"

#include <algorithm>
#include <iterator>

namespace nmx {
namespace {

/// Whether the user wrote what would otherwise be decided.
bool fixes_a_decision(const Schema& schema, const Object& attributes) {
  return std::any_of(schema.rules.begin(), schema.rules.end(),
                     [&](const auto& entry) { return entry.second.decided && attributes.contains(entry.first); });
}

/// Both, sorted, each once, without the object itself.
std::vector<Address> united(const std::vector<Address>& a, const std::vector<Address>& b, const Address& itself) {
  std::vector<Address> all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  all.erase(std::remove(all.begin(), all.end(), itself), all.end());
  return all;
}

}  // namespace

Value reasons_of(const Lifecycle& lifecycle) {
  const auto& reasons = lifecycle.replace_when;
  if (reasons.empty()) return {};
  // The block's own, and those of the blocks it stands in.
  return reasons.size() == 1 ? reasons.front() : Value{List(reasons)};
}

void claim_fixed(const PlanPorts& ports) {
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
    if (type == nullptr || !ports.connections.connected(instance.provider)) continue;
    const auto& configuration = ports.evaluator.configuration(instance);
    if (fixes_a_decision(type->schema(), configuration.attributes)) ports.host.wanted(instance);
  }
}

std::map<Address, Desired> desired_objects(const PlanPorts& ports) {
  std::map<std::string, const std::vector<Address>*> servers;
  for (const auto& provider : ports.evaluator.providers()) {
    if (!provider.dependencies.empty()) servers.emplace(provider.name, &provider.dependencies);
  }
  claim_fixed(ports);
  std::map<Address, Desired> desired;
  for (const auto& instance : ports.evaluator.instantiate()) {
    if (ports.registry.type(instance.type) == nullptr) continue;
    const auto* wanted = ports.host.wanted(instance);
    if (wanted == nullptr) continue;
    const auto& configuration = ports.evaluator.configuration(instance);
    const auto server = servers.find(instance.provider);
    auto needs = server == servers.end() ? configuration.dependencies
                                         : united(configuration.dependencies, *server->second, instance.address);
    desired.emplace_hint(desired.end(), instance.address, Desired{&instance, &configuration, wanted, std::move(needs)});
  }
  return desired;
}

std::set<Address> needed_by(const std::vector<Address>& targets, const std::map<Address, Desired>& desired) {
  std::set<Address> found;
  std::vector<Address> open;
  for (const auto& [address, one] : desired) {
    const bool is_target = std::any_of(targets.begin(), targets.end(),
                                       [&, &at = address](const Address& target) { return at.within(target); });
    if (is_target) open.push_back(address);
  }
  while (!open.empty()) {
    const auto address = std::move(open.back());
    open.pop_back();
    const auto one = desired.find(address);
    if (one == desired.end() || !found.insert(address).second) continue;
    open.insert(open.end(), one->second.dependencies.begin(), one->second.dependencies.end());
  }
  return found;
}

}  // namespace nmx
