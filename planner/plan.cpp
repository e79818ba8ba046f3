#include "planner/plan.hpp"

#include <algorithm>

namespace nmx {

ChangeClass Plan::danger() const {
  auto highest = ChangeClass::none;
  for (const auto& entry : entries) highest = std::max(highest, entry.change.danger);
  return highest;
}

bool Plan::changes_anything() const {
  return !entries.empty() || changes_outputs || !forgotten.empty() || !imported.empty();
}

}  // namespace nmx
