#pragma once

#include <string>
#include <string_view>

#include "lang/diagnostics/result.hpp"
#include "planner/plan.hpp"
#include "planner/seal.hpp"

namespace nmx {

/// A plan as a file: a first line that says what it is and for which state, and the plan itself, sealed as a whole with
/// the state's key. The same plan and key give the same bytes; any changed byte is found.
std::string write_plan(const Plan& plan, const StateKey& key);
/// Reads it back. Errors: no plan, a newer format, another key, a changed byte.
Result<Plan> read_plan(std::string_view text, const StateKey& key);

/// Twelve hexadecimal digits that tell plans apart, `6d1f-90ac-77e2`: equal for the same plan, whoever made it.
std::string plan_fingerprint(const Plan& plan);

/// The plan as JSON for programs, `nmx-plan/1`; secrets are left out.
std::string plan_json(const Plan& plan);

}  // namespace nmx
