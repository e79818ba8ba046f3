#pragma once

#include <string>

#include "planner/change.hpp"

namespace nmx {

/// What is done to an object that is no change of it: it is stopped for a while, or a snapshot is taken. A resource
/// type whose objects can be acted upon is one of these too.
class Acting {
 public:
  virtual ~Acting() = default;
  /// The step that carries an action out, for the provider to execute. `known`: the object as it was read; `arguments`:
  /// what the action needs. Which actions there are, and what they need, each type says.
  virtual Operation act(const std::string& action, const Object& known, const Object& arguments) const = 0;
};

}  // namespace nmx
