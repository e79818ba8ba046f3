#pragma once

#include <nlohmann/json_fwd.hpp>

#include "planner/plan.hpp"

namespace nmx {

/// All of a plan, so that it reads back as it was; secrets stand in it.
nlohmann::json to_json_exactly(const Plan& plan);
/// Throws nlohmann's exceptions or std::invalid_argument where it is no such document.
Plan plan_from_json(const nlohmann::json& json);

}  // namespace nmx
