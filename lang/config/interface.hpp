#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value/type.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// One attribute that a resource type takes or gives.
struct InterfaceAttribute {
  std::string name;
  Type type;
  std::string doc;
  /// Must be written.
  bool required = false;
  /// The server or nmx gives it; with `settable` it may also be written.
  bool computed = false;
  bool settable = true;
  /// Taken where nothing is written; null: not managed.
  Value fallback = {};
  std::optional<double> min = {};
  std::optional<double> max = {};
  /// Says what to write instead; empty: not deprecated.
  std::string deprecated = {};
};

/// What the evaluator must know of a resource type to check and complete a `resource` block.
struct Interface {
  std::string type;
  std::string doc;
  std::vector<InterfaceAttribute> attributes;

  const InterfaceAttribute* find(std::string_view name) const;
  std::vector<std::string> names() const;
};

}  // namespace nmx
