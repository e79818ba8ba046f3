#include "planner/changes.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "planner/diff.hpp"
#include "planner/outcome.hpp"

namespace nmx {
namespace {

bool contains(const std::vector<Address>& addresses, const Address& address) {
  return std::any_of(addresses.begin(), addresses.end(), [&](const Address& one) { return address.within(one); });
}

/// What is known of an object: as it is, and what only the state remembers of it.
Object remembered(const Object& applied, const Object& real) {
  auto all = applied;
  for (const auto& [name, value] : real) all.set(name, value);
  return all;
}

class Finder {
 public:
  Finder(const PlanPorts& ports, const PlanOptions& options, const Comparing& comparing)
      : ports_(ports), options_(options), desired_(comparing.desired), observed_(comparing.observed) {
    for (const auto& one : comparing.imports) imports_.emplace(one.to, &one);
  }

  Changes take() {
    for (const auto& [address, wanted] : desired_) compare(address, wanted);
    find_needed_by_unreachable();
    for (const auto& [address, object] : ports_.state.objects) {
      if (!desired_.contains(address) && !has_mistakes(address)) gone_from_configuration(address, object);
    }
    return std::move(found_);
  }

 private:
  /// What an object that cannot be asked needs stays: the address of a container that may well run.
  void find_needed_by_unreachable() {
    std::vector<Address> open;
    for (const auto& [address, object] : ports_.state.objects) {
      if (observed(address).status != Observed::Status::unreachable) continue;
      const bool goes_with_server = !desired_.contains(address) && loses_server(object);
      if (!goes_with_server) open.push_back(address);
    }
    while (!open.empty()) {
      const auto user = std::move(open.back());
      open.pop_back();
      const auto object = ports_.state.objects.find(user);
      if (object == ports_.state.objects.end()) continue;
      for (const auto& needed : object->second.dependencies) {
        if (needed_by_unreachable_.emplace(needed, user).second) open.push_back(needed);
      }
    }
  }

  /// It is configured, but could not be evaluated; that was told, and it is no reason to destroy it.
  bool has_mistakes(const Address& address) const {
    return options_.mode != PlanOptions::Mode::destroy && ports_.evaluator.find(address) != nullptr;
  }

  const Observed& observed(const Address& address) const {
    static const Observed absent;
    const auto found = observed_.find(address);
    return found == observed_.end() ? absent : found->second;
  }

  void note_drift(const ResourceType& type, const Address& address, const StateObject& known, const Object* wanted) {
    const auto& real = observed(address);
    Drift drift{address, known.type, real.status == Observed::Status::absent, {}};
    if (!drift.gone) drift.attributes = nmx::drift(type, {&known.attributes, &real.attributes, wanted});
    if (drift.gone || !drift.attributes.empty()) found_.drift.push_back(std::move(drift));
  }

  void compare(const Address& address, const Desired& desired) {
    const auto& type = *ports_.registry.type(desired.instance->type);
    const auto known = ports_.state.objects.find(address);
    const bool is_known = known != ports_.state.objects.end();
    const auto& real = observed(address);
    if (is_known && known->second.type != desired.instance->type) {
      ports_.diagnostics
          .error(Code::duplicate_object, desired.instance->owner_span,
                 fmt::format("`{}` is a `{}` in the state, and a `{}` here", to_string(address), known->second.type,
                             desired.instance->type))
          .with_help(
              "nothing becomes another type of thing: give this one another name; what has the name now goes then");
      return;
    }
    if (is_known && real.status == Observed::Status::unreachable) {
      found_.unreachable.push_back({address, real.why});
      return;
    }
    const auto import = imports_.find(address);
    if (import != imports_.end()) {
      take_over(*import->second, known->second, real, desired);
    } else if (is_known) {
      note_drift(type, address, known->second, desired.wanted);
    }

    Change change;
    change.address = address;
    change.type = desired.instance->type;
    change.provider = desired.instance->provider;
    change.after = *desired.wanted;
    change.timeouts = desired.configuration->timeouts;
    change.create_before_destroy = desired.configuration->lifecycle.create_before_destroy;
    if (is_known) change.applied = known->second.attributes, change.id = known->second.id;
    if (!is_known || real.status == Observed::Status::absent) {
      change.action = Action::create;
      change.danger = ChangeClass::create;
      if (is_known) change.reason = "it is gone";
    } else {
      if (!real.id.empty()) change.id = real.id;
      change.before = secret_like(real.attributes, *desired.wanted);
      update(type, desired, known->second, change);
    }
    if (options_.mode == PlanOptions::Mode::refresh_only) change.action = Action::none;
    if (change.action == Action::none) {
      if (import != imports_.end()) return;  // it is recorded already
      if (is_known && real.status == Observed::Status::present) keep(address, known->second, real, &desired);
      return;
    }
    check(type, change, desired);
    found_.changes.emplace(address, std::move(change));
  }

  /// Its record is made before anything of it is changed.
  void take_over(const Import& import, const StateObject& known, const Observed& real, const Desired& desired) {
    keep(import.to, known, real, &desired);
    found_.imported.emplace_back(import.to, real.id.empty() ? import.id : real.id);
  }

  /// Where nothing was remembered yet it is remembered now, and that is no reason to make anything anew.
  static bool is_another(const Value& remembered, const Value& reasons) {
    return !remembered.is_null() && !reasons.is_null() && (contains_hole(reasons) || !(remembered == reasons));
  }

  void update(const ResourceType& type, const Desired& desired, const StateObject& known, Change& change) {
    const auto* applied = change.applied.empty() ? nullptr : &change.applied;
    change.attributes = differences(type, {applied, &change.before, desired.wanted}, *desired.configuration);
    for (const auto& attribute : change.attributes) change.danger = std::max(change.danger, attribute.danger);
    change.action = change.attributes.empty() ? Action::none : Action::update;
    if (change.danger == ChangeClass::replace) {
      change.action = Action::replace;
      for (const auto& attribute : change.attributes) {
        if (attribute.danger != ChangeClass::replace) continue;
        change.reason = fmt::format("`{}` cannot be changed in place", attribute.path);
        break;
      }
    }
    if (is_another(known.replace_when, reasons_of(desired.configuration->lifecycle))) {
      change.action = Action::replace;
      change.reason = "`replace_when` has another value";
    }
    if (contains(options_.replaces, change.address)) {
      change.action = Action::replace;
      change.reason = "asked for by -replace";
    }
    if (change.action == Action::replace) {
      change.danger =
          type.loses_data(remembered(change.applied, change.before)) ? ChangeClass::data_loss : ChangeClass::replace;
    }
  }

  void check(const ResourceType& type, const Change& change, const Desired& desired) {
    const auto& instance = *desired.instance;
    const auto before = ports_.diagnostics.error_count();
    const auto& lifecycle = desired.configuration->lifecycle;
    if (const auto import = imports_.find(change.address);
        change.action == Action::replace && import != imports_.end()) {
      ports_.diagnostics
          .error(Code::bad_option, import->second->block,
                 fmt::format("`{}` cannot be taken over as `{}` as it is written: it would be made anew",
                             import->second->id, to_string(change.address)))
          .label(instance.owner_span, "written here")
          .note(change.reason)
          .with_help("write it as it is; what differs can be changed once it is taken over");
    }
    if (change.action == Action::replace && lifecycle.create_before_destroy) {
      ports_.diagnostics
          .error(Code::bad_option, instance.owner_span,
                 fmt::format("`{}` cannot be made anew before the old one goes: both would have the same id",
                             to_string(change.address)))
          .note(change.reason)
          .with_help("take out `create_before_destroy`, or make a second object and move over to it");
    }
    if (change.action == Action::replace && desired.configuration->lifecycle.protect) {
      ports_.diagnostics
          .error(Code::protected_object, instance.owner_span,
                 fmt::format("`{}` is protected, and this change would replace it", to_string(change.address)))
          .note(change.reason)
          .with_help("take the change back, or set `lifecycle { protect = false }`");
    }
    type.check(
        Checking{change, ports_.connections.facts(instance.provider), desired.configuration, instance.owner_span},
        ports_.diagnostics);
    if (ports_.diagnostics.error_count() != before) return;
    for (const auto& attribute : change.attributes) {
      if (!attribute.forbidden) continue;
      ports_.diagnostics.error(
          Code::bad_option, attribute.place.value_or(instance.owner_span),
          fmt::format("`{}` of `{}` cannot become {}: it is {}", attribute.path, to_string(change.address),
                      display(attribute.after), display(attribute.before)));
    }
  }

  /// Nothing to do; but the record may have to say something else than it did.
  void keep(const Address& address, const StateObject& known, const Observed& real, const Desired* desired) {
    auto record = known;
    for (const auto& [name, value] : real.attributes) record.attributes.set(name, value);
    if (!real.id.empty()) record.id = real.id;
    record.status = StateObject::Status::ready;
    if (desired != nullptr && options_.mode == PlanOptions::Mode::normal) {
      record.dependencies = desired->dependencies;
      record.protect = desired->configuration->lifecycle.protect;
      record.replace_when = reasons_of(desired->configuration->lifecycle);
      record.provider = desired->instance->provider;
      // Written once and never read back: what was wanted is what is known.
      const auto& type = *ports_.registry.type(known.type);
      for (const auto& [name, value] : *desired->wanted) {
        if (type.schema().rule(name).write_only && !contains_hole(value)) record.attributes.set(name, value);
      }
    }
    if (!(record == known)) found_.refreshed.emplace(address, std::move(record));
  }

  void gone_from_configuration(const Address& address, const StateObject& known) {
    const auto* type = ports_.registry.type(known.type);
    const auto& real = observed(address);
    if (options_.mode != PlanOptions::Mode::refresh_only && loses_server(known)) {
      found_.forgotten.push_back(address);
      return;
    }
    if (type == nullptr) {
      found_.unreachable.push_back({address, fmt::format("this nmx does not know the type `{}`", known.type)});
      return;
    }
    if (real.status == Observed::Status::unreachable) {
      found_.unreachable.push_back({address, real.why});
      return;
    }
    if (const auto user = needed_by_unreachable_.find(address); user != needed_by_unreachable_.end()) {
      found_.unreachable.push_back(
          {address, fmt::format("`{}` needs it and cannot be asked", to_string(user->second))});
      return;
    }
    note_drift(*type, address, known, nullptr);
    if (options_.mode == PlanOptions::Mode::refresh_only) {
      if (real.status == Observed::Status::present) keep(address, known, real, nullptr);
      return;
    }
    const auto& removed = ports_.configuration.removed;
    const bool only_forgotten = std::any_of(removed.begin(), removed.end(), [&](const RemovedDeclaration& one) {
      return !one.destroy && address.within(one.from);
    });
    if (real.status == Observed::Status::absent || only_forgotten) {
      found_.forgotten.push_back(address);
      return;
    }
    destroy(*type, address, known, real);
  }

  /// A provider that works without any setting serves nothing elsewhere: its objects are files, or live in the state.
  bool has_server(const StateObject& known) const {
    const auto* provider = ports_.registry.provider(ports_.registry.provider_of(known.type));
    if (provider == nullptr) return true;
    const auto& settings = provider->settings.attributes;
    return std::any_of(settings.begin(), settings.end(), [](const auto& setting) { return setting.required; });
  }

  /// It goes with the server that holds it, and is not deleted there one by one.
  bool loses_server(const StateObject& known) const {
    const auto& providers = ports_.evaluator.providers();
    const auto block = std::find_if(providers.begin(), providers.end(),
                                    [&](const ProviderInstance& one) { return one.name == known.provider; });
    if (block == providers.end() && !has_server(known)) return false;
    // Where the block is gone too, what the object needed of other providers was its server.
    const auto& server = block != providers.end() ? block->dependencies : known.dependencies;
    bool any = false;
    for (const auto& address : server) {
      const auto object = ports_.state.objects.find(address);
      if (object == ports_.state.objects.end() || object->second.provider == known.provider) continue;
      const auto* type = ports_.registry.type(object->second.type);
      if (type == nullptr || type->schema().in_state_alone) continue;
      if (options_.mode != PlanOptions::Mode::destroy && ports_.evaluator.find(address) != nullptr) return false;
      any = true;
    }
    return any && (block == providers.end() || !block->dependencies.empty());
  }

  void destroy(const ResourceType& type, const Address& address, const StateObject& known, const Observed& real) {
    Change change;
    change.address = address;
    change.type = known.type;
    change.provider = known.provider;
    change.action = Action::destroy;
    change.danger =
        type.loses_data(remembered(known.attributes, real.attributes)) ? ChangeClass::data_loss : ChangeClass::destroy;
    change.before = real.attributes;
    change.applied = known.attributes;
    change.id = real.id.empty() ? known.id : real.id;
    change.reason = options_.mode == PlanOptions::Mode::destroy ? "" : "it is not in the configuration any more";
    if (known.protect) {
      const auto* instance = ports_.evaluator.find(address);
      ports_.diagnostics
          .error(Code::protected_object, instance == nullptr ? Span{} : instance->owner_span,
                 fmt::format("`{}` is protected, and this plan would destroy it", to_string(address)))
          .with_help("apply `lifecycle { protect = false }` first; deleting the block does not lift the protection");
    }
    type.check(Checking{change, ports_.connections.facts(known.provider), nullptr, Span{}}, ports_.diagnostics);
    found_.changes.emplace(address, std::move(change));
  }

  const PlanPorts& ports_;
  const PlanOptions& options_;
  const std::map<Address, Desired>& desired_;
  const std::map<Address, Observed>& observed_;
  std::map<Address, const Import*> imports_;
  /// And who needs it.
  std::map<Address, Address> needed_by_unreachable_;
  Changes found_;
};

}  // namespace

Changes find_changes(const PlanPorts& ports, const PlanOptions& options, const Comparing& comparing) {
  return Finder(ports, options, comparing).take();
}

void narrow(Changes& changes, const PlanOptions& options, const std::map<Address, Desired>& desired,
            const State& state) {
  if (options.targets.empty() && options.excludes.empty()) return;
  const auto needs = [&](const Address& address) -> const std::vector<Address>& {
    static const std::vector<Address> none;
    if (const auto found = desired.find(address); found != desired.end()) return found->second.dependencies;
    const auto found = state.objects.find(address);
    return found == state.objects.end() ? none : found->second.dependencies;
  };
  std::map<Address, std::vector<Address>> going;
  for (const auto& [address, change] : changes.changes) {
    if (change.action != Action::destroy) continue;
    for (const auto& needed : needs(address)) going[needed].push_back(address);
  }
  std::set<Address> kept;
  std::vector<Address> open;
  for (const auto& [address, change] : changes.changes) {
    if (options.targets.empty() || contains(options.targets, address)) open.push_back(address);
  }
  while (!open.empty()) {
    const auto address = std::move(open.back());
    open.pop_back();
    if (!kept.insert(address).second) continue;
    const auto change = changes.changes.find(address);
    const bool goes = change != changes.changes.end() && change->second.action == Action::destroy;
    // What goes takes along what needs it, as far as that goes too.
    const auto& along = goes ? going[address] : needs(address);
    open.insert(open.end(), along.begin(), along.end());
  }
  // An excluded object takes along what cannot be without it.
  std::set<Address> left_out;
  if (!options.excludes.empty()) {
    std::map<Address, std::vector<Address>> needed_by;
    for (const auto& address : kept) {
      for (const auto& needed : needs(address)) needed_by[needed].push_back(address);
      if (contains(options.excludes, address)) open.push_back(address);
    }
    while (!open.empty()) {
      const auto address = std::move(open.back());
      open.pop_back();
      if (!left_out.insert(address).second) continue;
      const auto& along = needed_by[address];
      open.insert(open.end(), along.begin(), along.end());
    }
  }
  std::erase_if(changes.changes,
                [&](const auto& entry) { return !kept.contains(entry.first) || left_out.contains(entry.first); });
}

}  // namespace nmx
