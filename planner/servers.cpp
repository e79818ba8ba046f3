#include "planner/servers.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "planner/desired.hpp"
#include "planner/refresh.hpp"

namespace nmx {

void Servers::defer() {
  for (const auto& instance : ports_.evaluator.providers()) {
    if (instance.dependencies.empty()) continue;
    ports_.connections.defer(instance.name, "it is asked when its server is known");
  }
}

const ProviderInstance* Servers::serving(const Address& address) const {
  const auto* resource = ports_.evaluator.find(address);
  const auto& providers = ports_.evaluator.providers();
  const auto found = std::find_if(providers.begin(), providers.end(), [&](const ProviderInstance& one) {
    return resource != nullptr && one.name == resource->provider;
  });
  return found == providers.end() ? nullptr : &*found;
}

void Servers::visit(const ProviderInstance& instance, std::vector<const ProviderInstance*>& ordered) {
  if (instance.dependencies.empty() || done_.contains(&instance)) return;
  if (!open_.insert(&instance).second) {
    ports_.diagnostics
        .error(Code::cycle, instance.block,
               fmt::format("`provider {}` reads what it serves itself, directly or through others", instance.name))
        .with_help("one of its settings must not come from an object that needs it");
    return;
  }
  for (const auto& address : instance.dependencies) {
    if (const auto* other = serving(address)) visit(*other, ordered);
  }
  done_.insert(&instance);
  ordered.push_back(&instance);
}

std::vector<const ProviderInstance*> Servers::in_order() {
  std::vector<const ProviderInstance*> ordered;
  for (const auto& instance : ports_.evaluator.providers()) visit(instance, ordered);
  return ordered;
}

std::string Servers::missing(const ProviderInstance& instance, const std::map<Address, Observed>& observed) const {
  for (const auto& address : instance.dependencies) {
    const auto found = observed.find(address);
    const bool there = found != observed.end() && found->second.status == Observed::Status::present;
    if (!there) return fmt::format("`{}` is not there yet", to_string(address));
  }
  for (const auto& [name, value] : instance.settings) {
    if (contains_hole(value)) return fmt::format("its `{}` is known after apply", name);
  }
  return {};
}

Task<std::vector<std::string>> Servers::ask(std::map<Address, Observed>* observed) {
  std::vector<std::string> warnings;
  const auto ordered = in_order();
  if (ordered.empty() || ports_.diagnostics.has_errors()) co_return warnings;
  claim_fixed(ports_);
  for (const auto* instance : ordered) {
    ports_.evaluator.settle_provider(instance->name);
    if (ports_.diagnostics.has_errors()) co_return warnings;
    State held;
    for (const auto& [address, object] : ports_.state.objects) {
      if (object.provider == instance->name) held.objects.emplace(address, object);
    }
    if (auto why = missing(*instance, *observed); !why.empty()) {
      ports_.connections.defer(instance->name, std::move(why));
    } else {
      auto resuming = ports_.connections.resume(instance->name);
      const auto resumed = co_await resuming;
      if (!resumed) warnings.push_back(fmt::format("`provider {}`: {}", instance->name, resumed.error().message));
    }
    auto reading = refresh(held, ports_.connections);
    for (auto& [address, one] : co_await reading) (*observed)[address] = std::move(one);
  }
  co_return warnings;
}

}  // namespace nmx
