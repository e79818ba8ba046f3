#pragma once

#include "providers/lab/authentik/world.hpp"

namespace nmx::lab::authentik {

/// What the server refuses although each field is right in itself, by field; an empty object: nothing. `before`: the
/// object that is changed; null pointer: it is new. Fills in what the server adds of its own.
Json apply_rules(World& world, const Collection& collection, const Json* before, Json& body);

/// What follows from a change elsewhere: memberships stand with the groups.
void settle(World& world, const Collection& collection, Json& object);

}  // namespace nmx::lab::authentik
