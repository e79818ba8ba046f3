#include "providers/lab/authentik/access.hpp"

#include <algorithm>
#include <set>

namespace nmx::lab::authentik {
namespace {

bool contains(const Json& list, const Json& value) {
  return list.is_array() && std::find(list.begin(), list.end(), value) != list.end();
}

bool below(World& world, const Json& group, const Json& user, std::set<std::string>& seen) {
  if (!seen.insert(key_text(group["pk"])).second) return false;
  if (contains(group["users"], user["pk"])) return true;
  for (auto& [key, other] : world.in("groups")) {
    const bool child = contains(other.value("parents", Json::array()), group["pk"]) ||
                       (other.contains("parent") && other["parent"] == group["pk"]);
    if (child && below(world, other, user, seen)) return true;
  }
  return false;
}

bool passes(World& world, const Json& binding, const Json& user) {
  bool lets = false;
  if (!binding["group"].is_null()) {
    const auto* group = world.find("groups", binding["group"]);
    lets = group != nullptr && is_member(world, *group, user);
  } else if (!binding["user"].is_null()) {
    lets = binding["user"] == user["pk"];
  } else if (const auto* policy = world.find("policies", binding["policy"])) {
    lets = policy->value("expression", "").find("return False") == std::string::npos;
  }
  return lets != binding.value("negate", false);
}

}  // namespace

bool is_member(World& world, const Json& group, const Json& user) {
  std::set<std::string> seen;
  return below(world, group, user, seen);
}

std::vector<std::string> group_names(World& world, const Json& user) {
  std::vector<std::string> names;
  for (auto& [key, group] : world.in("groups")) {
    if (is_member(world, group, user)) names.push_back(group["name"]);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_superuser(World& world, const Json& user) {
  const auto& groups = world.in("groups");
  return std::any_of(groups.begin(), groups.end(), [&](const auto& one) {
    return one.second.value("is_superuser", false) && is_member(world, one.second, user);
  });
}

bool may_use(World& world, const Json& application, const Json& user) {
  const auto target = application.value("pbm_uuid", application["pk"]);
  bool any = false;
  bool all = true;
  bool bound = false;
  for (const auto& [key, binding] : world.in("bindings")) {
    if (binding["target"] != target || !binding.value("enabled", true)) continue;
    bound = true;
    const bool lets = passes(world, binding, user);
    any = any || lets;
    all = all && lets;
  }
  if (!bound) return true;
  return application.value("policy_engine_mode", "any") == "all" ? all : any;
}

}  // namespace nmx::lab::authentik
