#pragma once

#include <string>
#include <utility>
#include <vector>

#include "planner/plan.hpp"
#include "planner/view/plan_text.hpp"

namespace nmx {

/// Another object, and the values through which it is needed: each as it is written and the place of its declaration.
struct Need {
  Address address;
  std::vector<std::pair<std::string, std::string>> through;
};

/// All that is known of why an object is as it is and what becomes of it.
struct Why {
  Address address;
  std::string type;
  /// The block it comes from, and where that stands; empty where no file asks for it.
  std::string title;
  std::string place;
  /// What the plan does with it; null pointer: nothing.
  const PlanEntry* entry = nullptr;
  std::vector<Need> needs;
  std::vector<Address> needed_by;
};

/// For a terminal, one object after the other.
std::string why_text(const std::vector<Why>& objects, TextStyle style);
/// The same facts as JSON: `{"format": "nmx-why/1", "objects": […]}`.
std::string why_json(const std::vector<Why>& objects);

}  // namespace nmx
