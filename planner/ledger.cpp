#include "planner/ledger.hpp"

#include <fmt/core.h>

#include "lang/value/operators.hpp"

namespace nmx {

Ledger::Ledger(const Plan& plan, State state) : plan_(plan), state_(std::move(state)) {
  for (const auto& operation : plan.operations) ++objects_[to_string(operation.address)].left;
  for (const auto& entry : plan.entries) {
    const auto object = objects_.find(to_string(entry.change.address));
    if (object != objects_.end()) object->second.entry = &entry;
  }
  for (const auto& [space, values] : plan.allocations) {
    for (const auto& [value, allocation] : values) {
      const auto object = objects_.find(allocation.owner);
      if (object != objects_.end() && allocation.released == 0) object->second.allocations.emplace_back(space, value);
    }
  }
}

void Ledger::fold() {
  for (const auto& address : plan_.forgotten) state_.objects.erase(address);
  for (const auto& [address, object] : plan_.refreshed) state_.objects[address] = object;
}

const Value* Ledger::look_up(const std::string& address, const std::string& attribute) const {
  const auto object = objects_.find(address);
  if (object != objects_.end()) {
    if (const auto* value = object->second.answers.attributes.find(attribute)) return value;
    if (object->second.left > 0) return nullptr;
  }
  const auto parsed = parse_address(address);
  if (!parsed) return nullptr;
  const auto stored = state_.objects.find(*parsed);
  return stored == state_.objects.end() ? nullptr : stored->second.attributes.find(attribute);
}

Outcome Ledger::filled(const Value& value) const {
  if (!contains_hole(value)) return value;
  return fill(value, answers());
}

HoleSource Ledger::answers() const {
  return [this](const std::string& address, const std::string& attribute) { return look_up(address, attribute); };
}

Result<Intent> Ledger::intent(const Operation& operation, std::uint32_t schema_version) const {
  Intent intent{operation, {}};
  for (auto& [name, value] : intent.operation.arguments) {
    auto known = filled(value);
    if (const auto* error = std::get_if<OperationError>(&known)) {
      return Error{fmt::format("cannot {}: `{}`: {}", operation.summary, name, error->message), error->help};
    }
    value = std::get<Value>(std::move(known));
  }
  const auto& known = objects_.find(to_string(operation.address))->second;
  auto& becoming = intent.becoming;
  becoming.object.type = operation.type;
  becoming.object.provider = operation.provider;
  becoming.object.schema_version = schema_version;
  becoming.allocations = known.allocations;
  if (known.entry == nullptr) return intent;
  const auto& change = known.entry->change;
  becoming.goes = change.action == Action::destroy || change.action == Action::forget;
  becoming.fresh = change.action == Action::create || change.action == Action::replace;
  becoming.object.id = change.id;
  becoming.object.dependencies = known.entry->dependencies;
  becoming.object.protect = known.entry->protect;
  auto reasons = filled(known.entry->replace_when);
  if (auto* found = std::get_if<Value>(&reasons)) becoming.object.replace_when = std::move(*found);
  for (const auto& [name, value] : becoming.goes ? change.before : change.after) {
    auto attribute = filled(value);
    // What only this object's own answer tells comes with the answer.
    if (auto* found = std::get_if<Value>(&attribute)) becoming.object.attributes.set(name, std::move(*found));
  }
  return intent;
}

void Ledger::begin(const Operation& operation) { objects_[to_string(operation.address)].begun = true; }

OperationResult Ledger::record(const Intent& intent, const Answer& answer, Fate fate, Milliseconds took) {
  const auto& address = intent.operation.address;
  auto& known = objects_[to_string(address)];
  known.answers.attributes = overlay(std::move(known.answers.attributes), answer.attributes);
  if (!answer.id.empty()) known.answers.id = answer.id;
  auto so_far = intent.operation;
  so_far.completes = so_far.completes && fate == Fate::done;
  const auto stored = state_.objects.find(address);
  const auto* before = stored == state_.objects.end() ? nullptr : &stored->second;
  OperationResult result{so_far.id, address, object_after(so_far, intent.becoming, before, known.answers)};
  const bool made_anew = known.entry != nullptr && known.entry->change.action == Action::replace;
  if (intent.operation.danger == ChangeClass::restart || made_anew) known.down += took;
  if (result.object) {
    if (known.down.count() > 0) result.object->downtime_ms = known.down.count();
    state_.objects[address] = *result.object;
  } else {
    state_.objects.erase(address);
  }
  if (fate == Fate::done) --known.left;
  return result;
}

State Ledger::finish() && {
  std::map<std::string, Reach> reach;
  for (const auto& [address, object] : objects_) {
    reach[address] = object.left == 0 ? Reach::done : object.begun ? Reach::begun : Reach::not_begun;
  }
  state_.allocations = allocations_after(state_.allocations, plan_.allocations, reach);
  std::map<std::string, StateOutput> outputs;
  for (const auto& [name, output] : plan_.outputs) {
    auto value = filled(output.value);
    if (auto* known = std::get_if<Value>(&value)) {
      outputs[name] = {std::move(*known), output.doc};
      continue;
    }
    // What it is made of failed: the value of the last apply stays.
    const auto old = state_.outputs.find(name);
    if (old != state_.outputs.end()) outputs.insert(*old);
  }
  state_.outputs = std::move(outputs);
  ++state_.serial;
  return std::move(state_);
}

}  // namespace nmx
