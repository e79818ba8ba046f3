#pragma once

#include <string>

#include "planner/plan.hpp"

namespace nmx {

// A plan in the forms that other programs read. No secret is in any of them.

/// As `terraform show -json` writes plans, format 1.2: `resource_changes`, `resource_drift` and `output_changes`, for
/// tf-summarize, conftest and whatever else counts those. Source: Terraform, internals/json-format.
std::string plan_tfjson(const Plan& plan);

/// The counts that GitLab shows in merge requests, `artifacts:reports:terraform`. A replacement counts as one of each.
std::string plan_gitlab(const Plan& plan);

/// What interrupts or destroys, at the lines that say so: SARIF 2.1.0, for code scanning of GitHub and others.
std::string plan_sarif(const Plan& plan);

}  // namespace nmx
