#include "planner/host.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "planner/diff.hpp"
#include "planner/outcome.hpp"

namespace nmx {

PlanningHost::PlanningHost(const Registry& registry, const State& state, Allocator& allocator, Diagnostics& diagnostics)
    : registry_(registry), state_(&state), allocator_(allocator), diagnostics_(diagnostics) {}

const Interface* PlanningHost::interface(std::string_view type) const {
  const auto* found = registry_.type(type);
  return found == nullptr ? nullptr : &found->schema().interface;
}

std::vector<std::string> PlanningHost::types() const { return registry_.type_names(); }

std::string PlanningHost::provider_of(std::string_view type) const { return std::string(registry_.provider_of(type)); }

const Interface* PlanningHost::provider_interface(std::string_view provider) const {
  const auto* found = registry_.provider(provider);
  return found == nullptr ? nullptr : &found->settings;
}

void PlanningHost::begin_planning(Evaluator& evaluator, const Connections& connections,
                                  const std::map<Address, Observed>& observed, std::vector<Address> replaces) {
  replaces_ = std::move(replaces);
  evaluator_ = &evaluator;
  connections_ = &connections;
  observed_ = &observed;
}

const std::vector<ProviderInstance>& PlanningHost::providers(Evaluator& evaluator) {
  provisional_ = true;
  const auto& providers = evaluator.providers();
  provisional_ = false;
  return providers;
}

Value PlanningHost::computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) {
  const auto& rule = registry_.type(resource.type)->schema().rule(attribute.name);
  const auto known = state_->objects.find(resource.address);
  const auto hole = [&] {
    auto unknown = std::make_shared<Unknown>();
    unknown->address = to_string(resource.address);
    unknown->attribute = attribute.name;
    unknown->decider = rule.decider.empty() ? resource.provider : rule.decider;
    unknown->type = attribute.type;
    return Value(Hole{std::move(unknown)});
  };
  if (rule.decided && evaluator_ != nullptr) {
    const auto* complete = wanted(resource);
    return complete == nullptr ? Value(Poison{}) : complete->at_or_null(attribute.name);
  }
  if (observed_ != nullptr) {
    const auto real = observed_->find(resource.address);
    // What is gone is made anew, and the server decides anew.
    if (real != observed_->end() && real->second.status == Observed::Status::absent) return hole();
    if (real != observed_->end() && real->second.status == Observed::Status::present) {
      if (becomes_another(resource, real->second.attributes)) return hole();
      if (const auto* value = real->second.attributes.find(attribute.name)) return *value;
    }
  }
  if (known != state_->objects.end()) {
    if (const auto* value = known->second.attributes.find(attribute.name)) return *value;
  }
  return hole();
}

bool PlanningHost::becomes_another(const ResourceInstance& resource, const Object& real) {
  if (const auto known = becomes_another_.find(resource.address); known != becomes_another_.end()) return known->second;
  // Asked while its own attributes are being found: what it reads of itself is what is there.
  if (evaluator_ == nullptr || deciding_.contains(resource.address)) return false;
  bool another =
      std::any_of(replaces_.begin(), replaces_.end(), [&](const Address& one) { return resource.address.within(one); });
  if (const auto* complete = another ? nullptr : wanted(resource)) {
    const auto recorded = state_->objects.find(resource.address);
    const auto* applied = recorded == state_->objects.end() ? nullptr : &recorded->second.attributes;
    const auto changes =
        differences(*registry_.type(resource.type), {applied, &real, complete}, evaluator_->configuration(resource));
    another = std::any_of(changes.begin(), changes.end(),
                          [](const AttributeChange& change) { return change.danger == ChangeClass::replace; });
  }
  becomes_another_.emplace(resource.address, another);
  return another;
}

void PlanningHost::add_foreseen(const Address& address, const Object& attributes) {
  auto& object = wanted_.at(address);
  for (const auto& [name, value] : attributes) object->set(name, value);
}

const Object* PlanningHost::wanted(const ResourceInstance& resource) {
  if (const auto done = wanted_.find(resource.address); done != wanted_.end()) {
    return done->second ? &*done->second : nullptr;
  }
  if (!deciding_.insert(resource.address).second) {
    diagnostics_
        .error(Code::cycle, resource.block,
               fmt::format("`{}` reads a value of its own that nmx decides from all of its attributes",
                           to_string(resource.address)))
        .with_help("set that value, or do not read it here");
    return nullptr;
  }
  const auto before = diagnostics_.error_count();
  const auto& configured = evaluator_->configuration(resource);
  deciding_.erase(resource.address);
  auto& slot = wanted_[resource.address];
  if (diagnostics_.error_count() != before || contains_poison(Value(configured.attributes))) return nullptr;

  const auto& type = *registry_.type(resource.type);
  const auto& facts = connections_->facts(resource.provider);
  const auto known = state_->objects.find(resource.address);
  const auto* applied = known == state_->objects.end() ? nullptr : &known->second.attributes;
  auto written = configured.attributes;
  // What is ignored stays as it was applied, so that what follows from it stays too.
  for (const auto& ignored : configured.lifecycle.ignore_changes) {
    const auto* kept = applied == nullptr ? nullptr : applied->find(ignored);
    if (kept != nullptr && written.contains(ignored)) written.set(ignored, *kept);
  }
  auto complete = type.normalise(written, facts);
  // An object that is taken over keeps what it has.
  if (applied != nullptr && applied->empty()) applied = &observed_->at(resource.address).attributes;
  // Without a connection the server's part cannot be decided; that it failed was told at its provider.
  if (!connections_->connected(resource.provider) && !connections_->deferred(resource.provider)) return nullptr;
  auto decided = type.decide(Deciding{resource.address, complete, applied, facts, allocator_});
  if (!decided) {
    auto& told = diagnostics_.error(type.refusal(), resource.owner_span, decided.error().message);
    if (resource.block != resource.owner_span) told.label(resource.block, "asked for here");
    told.with_help(decided.error().help);
    return nullptr;
  }
  for (const auto& [name, value] : *decided) {
    if (!complete.contains(name)) complete.set(name, value);
  }
  slot = secret_like(type.normalise(complete, facts), configured.attributes);
  return &*slot;
}

}  // namespace nmx
