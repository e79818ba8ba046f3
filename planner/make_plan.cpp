#include "planner/make_plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "planner/changes.hpp"
#include "planner/foresee.hpp"
#include "planner/imports.hpp"
#include "planner/order.hpp"
#include "planner/refresh.hpp"
#include "planner/renames.hpp"
#include "planner/servers.hpp"

namespace nmx {
namespace {

std::vector<std::string> providers_in_use(const PlanPorts& ports) {
  std::set<std::string> names;
  for (const auto& instance : ports.evaluator.instantiate()) names.insert(instance.provider);
  for (const auto& [address, object] : ports.state.objects) names.insert(object.provider);
  return {names.begin(), names.end()};
}

/// Whether something new needs a value that others could have taken already.
bool needs_allocation(const PlanPorts& ports) {
  const auto& instances = ports.evaluator.instantiate();
  return std::any_of(instances.begin(), instances.end(), [&](const ResourceInstance& instance) {
    return instance.type == "address" && !ports.state.objects.contains(instance.address);
  });
}

/// So that whoever wants what another still has hears that the other goes.
void tell_what_goes(const PlanPorts& ports) {
  ports.evaluator.instantiate();
  std::set<std::string, std::less<>> going;
  for (const auto& [address, object] : ports.state.objects) {
    if (ports.evaluator.find(address) == nullptr) going.insert(to_string(address));
  }
  ports.allocator.expect_to_go(std::move(going));
}

/// Two resources that stand for the same real thing would change it to and fro for ever.
void check_natural_keys(const PlanPorts& ports, const std::map<Address, Desired>& desired) {
  std::map<std::string, const Desired*> seen;
  for (const auto& [address, one] : desired) {
    const auto& schema = ports.registry.type(one.instance->type)->schema();
    if (schema.natural_key.empty()) continue;
    auto key = one.instance->type + " " + one.instance->provider;
    std::string shown;
    bool known = true;
    for (const auto& name : schema.natural_key) {
      const auto& value = one.wanted->at_or_null(name);
      known = known && !contains_hole(value);
      key += " " + display(value, 1000);
      if (!value.is_null()) shown += (shown.empty() ? "" : ", ") + fmt::format("{} {}", name, display(value));
    }
    if (!known) continue;
    const auto [first, is_first] = seen.emplace(std::move(key), &one);
    if (is_first) continue;
    const auto place = one.configuration->places.find(schema.natural_key.back());
    const auto span = place == one.configuration->places.end() ? one.instance->owner_span : place->second;
    ports.diagnostics
        .error(Code::duplicate_object, span,
               fmt::format("`{}` and `{}` are the same {}: {}", to_string(first->second->instance->address),
                           to_string(address), one.instance->type, shown))
        .label(first->second->instance->owner_span, "the first one");
  }
}

void check_addresses_of_options(const PlanPorts& ports, const PlanOptions& options) {
  const auto known = [&](const Address& wanted) {
    const auto& instances = ports.evaluator.instantiate();
    return std::any_of(instances.begin(), instances.end(),
                       [&](const auto& one) { return one.address.within(wanted); }) ||
           std::any_of(ports.state.objects.begin(), ports.state.objects.end(),
                       [&](const auto& one) { return one.first.within(wanted); });
  };
  for (const auto* list : {&options.targets, &options.excludes, &options.replaces}) {
    for (const auto& address : *list) {
      if (known(address)) continue;
      ports.diagnostics.error(Code::unknown_target, Span{}, fmt::format("there is no `{}`", to_string(address)))
          .with_help("`nmx state list` and the plan show the addresses there are");
    }
  }
}

/// The host knows the moved state for as long as the plan is made.
class Knowing {
 public:
  Knowing(PlanningHost& host, const State& before, const State& now) : host_(host), before_(before) { host.know(now); }
  ~Knowing() { host_.know(before_); }
  Knowing(const Knowing&) = delete;
  Knowing& operator=(const Knowing&) = delete;

 private:
  PlanningHost& host_;
  const State& before_;
};

class Making {
 public:
  Making(const PlanPorts& ports, const PlanOptions& options) : ports_(ports), options_(options) {}

  bool failed() const { return ports_.diagnostics.has_errors(); }

  /// What is wanted, with what the providers find out about it. Adds to `observed` what cannot be asked after all.
  Task<Done> want(std::map<Address, Observed>* observed) {
    if (options_.mode == PlanOptions::Mode::destroy) co_return Done{};
    desired_ = desired_objects(ports_);
    if (failed()) co_return Done{};
    check_natural_keys(ports_, desired_);
    if (failed()) co_return Done{};
    auto foreseeing = foresee(&ports_, &options_.targets, &desired_, observed);
    co_return co_await foreseeing;
  }

  /// Everything but the operations.
  void compare(const std::map<Address, Observed>& observed, const Imports& imports) {
    changes_ = find_changes(ports_, options_, {desired_, observed, imports});
    narrow(changes_, options_, desired_, ports_.state);
    for (const auto& [address, one] : observed) {
      if (!one.digest.empty()) plan_.observed_digests.emplace(address, one.digest);
    }
  }

  void operations() {
    std::map<Address, std::vector<Operation>> steps;
    for (const auto& [address, change] : changes_.changes) {
      auto made = ports_.registry.type(change.type)->operations(change, ports_.connections.facts(change.provider));
      if (made) {
        steps.emplace(address, *std::move(made));
        continue;
      }
      const auto* instance = ports_.evaluator.find(address);
      ports_.diagnostics
          .error(Code::bad_option, instance == nullptr ? Span{} : instance->owner_span, made.error().message)
          .with_help(made.error().help);
    }
    Needs needs;
    for (const auto& [address, one] : desired_) needs.wanted.emplace(address, one.dependencies);
    for (const auto& [address, one] : ports_.state.objects) needs.recorded.emplace(address, one.dependencies);
    plan_.operations = order(changes_.changes, std::move(steps), needs);
  }

  void entries() {
    const auto& sources = *ports_.configuration.sources;
    plan_.entries.reserve(changes_.changes.size());
    for (auto& [address, change] : changes_.changes) {
      PlanEntry entry;
      const auto desired = desired_.find(address);
      if (const auto* instance = ports_.evaluator.find(address)) {
        entry.title = instance->owner_title;
        entry.owner = instance->owner;
        entry.place = sources.place(instance->owner_span);
        entry.ordinal = instance->ordinal;
      } else {
        // What no file asks for any more still belongs together: the parts of one container stand under its name.
        entry.owner = block_of(address);
        entry.title = to_string(entry.owner);
      }
      if (desired != desired_.end()) {
        for (const auto& [name, span] : desired->second.configuration->places)
          entry.places.emplace(name, sources.place(span));
        entry.dependencies = desired->second.dependencies;
        entry.protect = desired->second.configuration->lifecycle.protect;
        entry.replace_when = reasons_of(desired->second.configuration->lifecycle);
      }
      if (const auto known = ports_.state.objects.find(address); known != ports_.state.objects.end()) {
        entry.downtime_ms = known->second.downtime_ms;
      }
      entry.change = std::move(change);
      plan_.entries.push_back(std::move(entry));
    }
    plan_.drift = std::move(changes_.drift);
    plan_.unreachable = std::move(changes_.unreachable);
    plan_.refreshed = std::move(changes_.refreshed);
    plan_.forgotten = std::move(changes_.forgotten);
    plan_.imported = std::move(changes_.imported);
  }

  void outputs() {
    plan_.outputs = ports_.state.outputs;
    if (options_.mode == PlanOptions::Mode::destroy) plan_.outputs.clear();
    if (options_.mode == PlanOptions::Mode::normal) {
      plan_.outputs.clear();
      for (auto& output : ports_.evaluator.outputs()) {
        plan_.outputs.emplace(output.name, StateOutput{std::move(output.value), std::move(output.doc)});
      }
    }
    plan_.changes_outputs = !(plan_.outputs == ports_.state.outputs);
  }

  /// What has another address now is written under it before anything else is done.
  void moved(Moves moves) {
    for (const auto& [from, to] : moves) {
      const auto& gone = plan_.forgotten;
      if (std::find(gone.begin(), gone.end(), to) == gone.end()) {
        plan_.refreshed.emplace(to, ports_.state.objects.at(to));
      }
      plan_.forgotten.push_back(from);
    }
    plan_.moved = std::move(moves);
  }

  Plan take() {
    plan_.environment = ports_.configuration.environment;
    plan_.lineage = ports_.state.lineage;
    plan_.serial = ports_.state.serial;
    std::set<std::string, std::less<>> released;
    for (const auto& entry : plan_.entries) {
      if (entry.change.action == Action::destroy) released.insert(to_string(entry.change.address));
    }
    for (const auto& address : plan_.forgotten) released.insert(to_string(address));
    ports_.allocator.release(released);
    plan_.allocations = ports_.allocator.spaces();
    return std::move(plan_);
  }

  void warn(std::vector<std::string> warnings) {
    plan_.warnings = std::move(warnings);
    if (options_.mode == PlanOptions::Mode::destroy) return;
    for (const auto& name : providers_in_use(ports_)) {
      const auto* provider = ports_.connections.find(name);
      if (provider == nullptr) continue;
      for (auto& warning : provider->warnings()) plan_.warnings.push_back(std::move(warning));
    }
    if (options_.mode == PlanOptions::Mode::refresh_only) return;
    for (const auto& rename : likely_renames(plan_, ports_.registry)) plan_.warnings.push_back(proposal(rename));
  }

  void count_reads(std::size_t objects, Milliseconds took) {
    plan_.objects_read = objects;
    plan_.read_ms = took.count();
  }

 private:
  const PlanPorts& ports_;
  const PlanOptions& options_;
  std::map<Address, Desired> desired_;
  Changes changes_;
  Plan plan_;
};

}  // namespace

Task<std::optional<Plan>> make_plan(PlanPorts given, PlanOptions options) {
  auto state = given.state;
  auto moves = follow_moves(state, given.configuration.moved, given.diagnostics);
  for (const auto& [from, to] : moves) given.allocator.rename(to_string(from), to_string(to));
  const Knowing knowing(given.host, given.state, state);
  PlanPorts ports{given.configuration, given.evaluator, given.host,       given.connections, given.registry, state,
                  given.allocator,     given.env,       given.diagnostics};
  tell_what_goes(ports);
  for (const auto& instance : ports.host.providers(ports.evaluator)) ports.connections.add(instance);
  if (ports.diagnostics.has_errors()) co_return std::nullopt;
  check_addresses_of_options(ports, options);
  Imports imports;
  if (options.mode == PlanOptions::Mode::normal) imports = find_imports(ports);
  enter(state, imports);
  if (ports.diagnostics.has_errors()) co_return std::nullopt;

  Servers servers(ports);
  servers.defer();
  auto names = providers_in_use(ports);
  std::erase_if(names, [&](const std::string& name) { return ports.connections.deferred(name); });
  auto connecting = ports.connections.connect(names, ports.diagnostics);
  co_await connecting;
  if (ports.diagnostics.has_errors()) co_return std::nullopt;

  Making making(ports, options);
  std::map<Address, Observed> observed;
  if (options.refresh) {
    const auto begin = ports.env.now();
    auto reading = refresh(ports.state, ports.connections);
    observed = co_await reading;
    making.count_reads(observed.size(), ports.env.now() - begin);
  } else {
    observed = as_recorded(ports.state);
    State unknown;
    enter(unknown, imports);
    auto reading = refresh(unknown, ports.connections);
    for (auto& [address, one] : co_await reading) observed[address] = std::move(one);
  }
  if (options.mode == PlanOptions::Mode::normal && needs_allocation(ports)) {
    auto asking = survey(ports.connections, names);
    for (auto& one : co_await asking) ports.allocator.occupy(one.space, one.value, std::move(one.by));
  }
  ports.host.begin_planning(ports.evaluator, ports.connections, observed, options.replaces);
  auto asking = servers.ask(&observed);
  auto warnings = co_await asking;
  if (ports.diagnostics.has_errors()) co_return std::nullopt;
  check_found(imports, observed, ports.diagnostics);
  if (ports.diagnostics.has_errors()) co_return std::nullopt;
  auto wanting = making.want(&observed);
  co_await wanting;
  if (making.failed()) co_return std::nullopt;
  making.compare(observed, imports);
  if (options.mode == PlanOptions::Mode::normal) ports.evaluator.check_all();
  if (making.failed()) co_return std::nullopt;
  making.operations();
  if (making.failed()) co_return std::nullopt;
  making.outputs();
  making.entries();
  making.moved(std::move(moves));
  making.warn(std::move(warnings));
  if (making.failed()) co_return std::nullopt;
  co_return making.take();
}

}  // namespace nmx
