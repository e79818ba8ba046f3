#pragma once

#include <map>
#include <optional>
#include <string>

#include "planner/journal.hpp"
#include "planner/plan.hpp"
#include "planner/provider.hpp"

namespace nmx {

// What operations make of a state: pure functions that apply and recovery share.

/// `over` laid over `base`. What was secret stays secret, however it was read back.
Object overlay(Object base, const Object& over);

/// The object, and what is secret of `known` is secret in it too, however it was read back or put in its normal form.
Object secret_like(Object object, const Object& known);

/// What state says of an object after one of its operations. `before`: what it said until now, null pointer: nothing.
/// `known`: every answer about the object in this run, laid over one another. Nothing: the object is gone.
std::optional<StateObject> object_after(const Operation& operation, const Becoming& becoming, const StateObject* before,
                                        const Answer& known);

/// How far the operations of an object got.
enum class Reach { not_begun, begun, done };
/// Allocations after an apply: the plan's for objects that it began or that need no operation, the state's for the
/// others. `reach`: by address, of objects with operations.
Allocator::Spaces allocations_after(const Allocator::Spaces& before, const Allocator::Spaces& planned,
                                    const std::map<std::string, Reach>& reach);

}  // namespace nmx
