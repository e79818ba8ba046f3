#pragma once

#include <string>
#include <vector>

#include "planner/provider.hpp"

namespace nmx {

/// What a look at a server found out, for `nmx doctor`.
struct Finding {
  /// `missing`: something that nmx needs, or will need for what `what` names. `note`: good to know.
  enum class Kind { well, note, missing };
  Kind kind = Kind::well;
  std::string what;
  /// What to do about it, a line each; commands stand as they are typed.
  std::vector<std::string> remedy = {};
};

/// A provider that can tell more of its server than that it answers is one of these too.
class Examining {
 public:
  virtual ~Examining() = default;
  /// `facts`: what `connect` learned.
  virtual Task<std::vector<Finding>> examine(const Facts* facts) = 0;
};

}  // namespace nmx
