#include "tests/providers/contract/rehearsal.hpp"

#include <fmt/core.h>

namespace nmx::test {

Rehearsal::Rehearsal(World& world, std::string name)
    : world_(world), address_(Address{}.child("container").child(std::move(name)).child("object")) {}

const Facts& Rehearsal::facts() {
  if (!facts_) {
    auto connected = finish(world_.provider().connect());
    facts_ = connected ? *std::move(connected) : Facts{};
  }
  return *facts_;
}

Object Rehearsal::complete(const Object& written) {
  auto object = written;
  for (const auto& attribute : world_.type().schema().interface.attributes) {
    if (!attribute.fallback.is_null() && !object.contains(attribute.name))
      object.set(attribute.name, attribute.fallback);
  }
  object = world_.type().normalise(object, facts());
  const auto decided = world_.type().decide({address_, object, exists_ ? &applied_ : nullptr, facts(), allocator_});
  if (!decided) return Object{{"error", decided.error().message}};
  for (const auto& [name, value] : *decided) {
    if (!object.contains(name)) object.set(name, value);
  }
  return object;
}

Observed Rehearsal::read() {
  return finish(world_.provider().read({ObjectId{address_, world_.type().schema().interface.type, id_, applied_}}))
      .at(0);
}

std::vector<std::string> Rehearsal::differences(const Object& written) {
  const auto wanted = complete(written);
  const auto observed = read();
  if (observed.status != Observed::Status::present) return {"(absent) " + observed.why};
  std::vector<std::string> found;
  for (const auto& [name, value] : wanted) {
    const bool write_only = world_.type().schema().rule(name).write_only;
    const auto& real = (write_only ? applied_ : observed.attributes).at_or_null(name);
    if (!(real == value)) found.push_back(fmt::format("{}: {} -> {}", name, display(real, 200), display(value, 200)));
  }
  return found;
}

bool Rehearsal::forces_replacement(const Object& before, const Object& after) {
  for (const auto& [name, value] : after) {
    const auto& old = before.at_or_null(name);
    if (old == value) continue;
    const auto refined = world_.type().on_change(name, old, value);
    if (refined.value_or(world_.type().schema().rule(name).on_change) == OnChange::replace) return true;
  }
  return false;
}

Status Rehearsal::carry_out(Change change) {
  Diagnostics diagnostics;
  world_.type().check({change, facts(), nullptr, Span{}}, diagnostics);
  for (const auto& one : diagnostics.sorted()) {
    if (one.severity == Severity::error) return Error{one.message, one.help};
  }
  auto operations = world_.type().operations(change, facts());
  if (!operations) return operations.error();
  operations_ = *operations;
  for (const auto& operation : operations_) {
    auto answer = finish(world_.provider().execute(operation));
    if (!answer) return Error{operation.summary + ": " + answer.error().message, answer.error().help};
    if (!operation.completes) continue;
    applied_ = answer->attributes;
    id_ = answer->id;
  }
  return Done{};
}

Status Rehearsal::apply(const Object& written) {
  Change change;
  change.address = address_;
  change.type = world_.type().schema().interface.type;
  change.after = complete(written);
  if (const auto* error = change.after.find("error")) return Error{display(*error)};
  change.id = id_;
  change.applied = applied_;
  change.action = Action::create;
  if (exists_) {
    const auto observed = read();
    if (observed.status == Observed::Status::present) {
      change.before = observed.attributes;
      change.action = forces_replacement(change.before, change.after) ? Action::replace : Action::update;
    }
  }
  auto done = carry_out(std::move(change));
  exists_ = exists_ || static_cast<bool>(done);
  facts_.reset();
  return done;
}

Status Rehearsal::destroy() {
  Change change;
  change.address = address_;
  change.type = world_.type().schema().interface.type;
  change.action = Action::destroy;
  change.before = change.applied = applied_;
  change.id = id_;
  const auto id = id_;
  const auto applied = applied_;
  auto done = carry_out(std::move(change));
  id_ = id;
  applied_ = applied;
  facts_.reset();
  return done;
}

}  // namespace nmx::test
