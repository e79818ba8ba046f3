#pragma once

#include "providers/lab/authentik/world.hpp"

namespace nmx::lab::authentik {

/// What a request asks to be left out of a list.
struct Shown {
  bool users = true;
  bool groups = true;
  bool parents = true;
};

/// An object as the API tells it, with what it adds of others.
Json show(World& world, const Collection& collection, const Json& object, const Shown& shown = {});

}  // namespace nmx::lab::authentik
