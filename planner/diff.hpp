#pragma once

#include <optional>
#include <vector>

#include "planner/change.hpp"
#include "planner/provider.hpp"

namespace nmx {

/// The three views of one object, each in normal form; null pointer: it does not exist there.
struct ThreeWay {
  const Object* applied = nullptr;
  const Object* real = nullptr;
  const Object* wanted = nullptr;
};

/// What has to change so that the real object is as wanted. Only attributes that are wanted count; what the server
/// never tells is compared with what was last applied. Lists whose elements have an identity are compared element by
/// element, in any order.
std::vector<AttributeChange> differences(const ResourceType& type, const ThreeWay& views,
                                         const ResourceConfiguration& configuration);

/// What somebody changed: last applied against real, for the attributes that are wanted (all of them where nothing is
/// wanted).
std::vector<AttributeChange> drift(const ResourceType& type, const ThreeWay& views);

/// The same by meaning: of an object type only the fields that are wanted, of everything else all.
bool same(const Value& wanted, const Value& real, const Type& type);

}  // namespace nmx
