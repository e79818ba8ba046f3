#pragma once

#include <cstddef>
#include <string>

#include "planner/plan.hpp"

namespace nmx {

/// A plan as a comment of a pull request: the verdict first, then what is dangerous as a table, then each of the user's
/// blocks folded, in `diff` fences. Never longer than `budget` bytes: the safest blocks lose detail first, from every
/// attribute to a line an object to their addresses; what is dangerous is shortened last. All text of the site stands
/// in code, so that nothing in it becomes markup, a mention or a reference. GitHub takes 65,536 bytes, GitLab
/// 1,000,000, Bitbucket Server 32,768.
std::string plan_markdown(const Plan& plan, std::size_t budget = 65'000);

}  // namespace nmx
