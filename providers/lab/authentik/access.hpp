#pragma once

#include <vector>

#include "providers/lab/authentik/world.hpp"

namespace nmx::lab::authentik {

/// Whether somebody belongs to a group, or to one below it.
bool is_member(World& world, const Json& group, const Json& user);
/// The names of all groups that somebody belongs to.
std::vector<std::string> group_names(World& world, const Json& user);
bool is_superuser(World& world, const Json& user);
/// Whether an application's bindings let somebody in; without bindings everybody. Of policies only `return False` is
/// understood.
bool may_use(World& world, const Json& application, const Json& user);

}  // namespace nmx::lab::authentik
