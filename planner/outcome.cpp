#include "planner/outcome.hpp"

namespace nmx {

Object overlay(Object base, const Object& over) {
  for (const auto& [name, value] : over) {
    const auto* known = base.find(name);
    const bool secret = known != nullptr && contains_secret(*known) && !contains_secret(value);
    base.set(name, secret ? value.as_secret() : value);
  }
  return base;
}

Object secret_like(Object object, const Object& known) {
  for (const auto& [name, value] : known) {
    if (!contains_secret(value)) continue;
    const auto* mine = object.find(name);
    if (mine != nullptr && !contains_secret(*mine)) object.set(name, mine->as_secret());
  }
  return object;
}

std::optional<StateObject> object_after(const Operation& operation, const Becoming& becoming, const StateObject* before,
                                        const Answer& known) {
  if (operation.completes && becoming.goes) return std::nullopt;
  StateObject object = becoming.object;
  const bool stays_the_same = before != nullptr && !becoming.fresh;
  if (!operation.completes && stays_the_same) object.attributes = before->attributes;
  if (before != nullptr) object.downtime_ms = before->downtime_ms;
  object.attributes = overlay(std::move(object.attributes), known.attributes);
  object.status = operation.completes ? StateObject::Status::ready : StateObject::Status::tainted;
  if (!known.id.empty()) {
    object.id = known.id;
  } else if (before != nullptr) {
    object.id = before->id;
  }
  return object;
}

Allocator::Spaces allocations_after(const Allocator::Spaces& before, const Allocator::Spaces& planned,
                                    const std::map<std::string, Reach>& reach) {
  const auto reached = [&](const std::string& owner) {
    const auto found = reach.find(owner);
    return found == reach.end() ? Reach::done : found->second;
  };
  Allocator::Spaces after;
  for (const auto& [space, values] : planned) {
    for (const auto& [value, allocation] : values) {
      const auto how_far = reached(allocation.owner);
      // A tombstone stands only once its object is really gone.
      if (how_far == Reach::done || (how_far == Reach::begun && allocation.released == 0)) {
        after[space].emplace(value, allocation);
      }
    }
  }
  for (const auto& [space, values] : before) {
    for (const auto& [value, allocation] : values) {
      if (reached(allocation.owner) != Reach::done) after[space].emplace(value, allocation);
    }
  }
  return after;
}

}  // namespace nmx
