#include "tests/providers/contract/rehearsal.hpp"

#include <fmt/core.h>

#include "planner/diff.hpp"

namespace nmx::test {

void World::drive(Task<Done> task) {
  task.start();
  ReadyQueue::current().run();
}

Rehearsal::Rehearsal(World& world, std::string name)
    : world_(world), address_(Address{}.child("container").child(std::move(name)).child("object")) {}

const Facts& Rehearsal::facts() {
  if (!facts_) {
    auto connected = finish(world_, world_.provider().connect());
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
  return finish(world_,
                world_.provider().read({ObjectId{address_, world_.type().schema().interface.type, id_, applied_}}))
      .at(0);
}

std::vector<AttributeChange> Rehearsal::compare(const Object& wanted, const Object& real) {
  const ResourceConfiguration configuration;
  return nmx::differences(world_.type(), {exists_ && !taken_over_ ? &applied_ : nullptr, &real, &wanted},
                          configuration);
}

std::vector<std::string> Rehearsal::differences(const Object& written) {
  const auto wanted = complete(written);
  const auto observed = read();
  if (observed.status != Observed::Status::present) return {"(absent) " + observed.why};
  std::vector<std::string> found;
  for (const auto& one : compare(wanted, observed.attributes))
    found.push_back(fmt::format("{}: {} -> {}", one.path, display(one.before, 200), display(one.after, 200)));
  return found;
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
    auto answer = finish(world_, world_.provider().execute(operation));
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
      change.attributes = compare(change.after, change.before);
      change.action = Action::update;
      for (const auto& one : change.attributes) {
        if (one.danger == ChangeClass::replace) change.action = Action::replace;
      }
    }
  }
  auto done = carry_out(std::move(change));
  exists_ = exists_ || static_cast<bool>(done);
  facts_.reset();
  return done;
}

bool Rehearsal::take_over() {
  applied_ = {};
  const auto observed = read();
  if (observed.status != Observed::Status::present) return false;
  applied_ = observed.attributes;
  id_ = observed.id;
  taken_over_ = true;
  return true;
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
