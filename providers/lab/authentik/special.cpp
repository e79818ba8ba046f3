#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "providers/lab/authentik/access.hpp"
#include "providers/lab/authentik/api.hpp"
#include "providers/lab/authentik/show.hpp"

namespace nmx::lab::authentik {
namespace {

/// `/core/users/7/set_password/` and `/core/users/`, `/set_password/` → 7. Nothing: it is not such a path.
std::optional<std::string> between(const std::string& path, std::string_view before, std::string_view after) {
  const bool fits = path.size() > before.size() + after.size() && path.rfind(before, 0) == 0 && path.ends_with(after);
  if (!fits) return std::nullopt;
  auto inner = path.substr(before.size(), path.size() - before.size() - after.size());
  if (inner.find('/') != std::string::npos) return std::nullopt;
  return inner;
}

std::string needed(const Json& body, const char* field) {
  if (body.is_object() && body.contains(field) && body[field].is_string() && !body[field].get<std::string>().empty())
    return body[field];
  throw Refused{400, {{field, Json::array({"This field is required."})}}};
}

Json found(Json* object, const char* noun) {
  if (!object) throw Refused{404, {{"detail", fmt::format("No {} matches the given query.", noun)}}};
  return *object;
}

}  // namespace

std::optional<Response> Api::special(const Asked& asked) {
  const auto counted = [&](const char* path) { ++counts_[asked.method + ' ' + path]; };
  const bool reads = asked.method == "GET";
  const bool posts = asked.method == "POST";
  if (reads && asked.path == "/core/users/me/") {
    counted("/core/users/me/");
    return json_response(200, {{"user", show(world_, collection("users"), asked.user)}});
  }
  if (reads && asked.path == "/admin/version/") {
    counted("/admin/version/");
    if (!is_superuser(world_, asked.user))
      throw Refused{403, {{"detail", "You do not have permission to perform this action."}}};
    return json_response(200, {{"version_current", world_.version}, {"outdated", false}, {"outpost_outdated", false}});
  }
  if (!reads && !is_superuser(world_, asked.user))
    throw Refused{403, {{"detail", "You do not have permission to perform this action."}}};
  if (reads && asked.path == "/outposts/instances/default_settings/") {
    counted("/outposts/instances/default_settings/");
    return json_response(200,
                         {{"config", {{"authentik_host", ""}, {"log_level", "info"}, {"docker_network", nullptr}}}});
  }
  if (reads && (asked.path == "/providers/all/" || asked.path == "/policies/all/")) {
    counted(asked.path.c_str());
    const auto kinds = asked.path == "/policies/all/"
                           ? std::vector<const char*>{"policies"}
                           : std::vector<const char*>{"proxy_providers", "oauth2_providers", "ldap_providers"};
    auto results = Json::array();
    for (const auto* kind : kinds) {
      const auto page = list(collection(kind), asked);
      for (const auto& one : page["results"]) results.push_back({{"pk", one["pk"]}, {"name", one["name"]}});
    }
    return json_response(200, {{"pagination", {{"next", 0}, {"count", results.size()}}}, {"results", results}});
  }
  if (const auto id = between(asked.path, "/core/users/", "/set_password/"); id && posts) {
    counted("/core/users/{id}/set_password/");
    const auto user = found(world_.find("users", *id), "User");
    world_.passwords[user["username"]] = needed(asked.body, "password");
    return json_response(204, {});
  }
  if (const auto slug = between(asked.path, "/core/applications/", "/check_access/"); slug && reads) {
    counted("/core/applications/{id}/check_access/");
    const auto application = found(world_.find_by("applications", "slug", *slug), "Application");
    const auto user =
        asked.value("for_user").empty() ? asked.user : found(world_.find("users", asked.value("for_user")), "User");
    return json_response(200, {{"passing", may_use(world_, application, user)}, {"messages", Json::array()}});
  }
  if (const auto id = between(asked.path, "/core/tokens/", "/view_key/"); id && reads) {
    counted("/core/tokens/{id}/view_key/");
    return json_response(200, {{"key", found(world_.find_by("tokens", "identifier", *id), "Token")["key"]}});
  }
  if (const auto id = between(asked.path, "/core/tokens/", "/set_key/"); id && posts) {
    counted("/core/tokens/{id}/set_key/");
    auto* token = world_.find_by("tokens", "identifier", *id);
    found(token, "Token");
    (*token)["key"] = needed(asked.body, "key");
    return json_response(204, {});
  }
  if (const auto id = between(asked.path, "/managed/blueprints/", "/apply/"); id && posts) {
    counted("/managed/blueprints/{id}/apply/");
    auto* blueprint = world_.find("blueprints", *id);
    found(blueprint, "BlueprintInstance");
    const auto content = blueprint->value("content", "");
    const bool fine = content.find("version: 1") != std::string::npos && content.find("entries:") != std::string::npos;
    (*blueprint)["status"] = fine ? "successful" : "error";
    (*blueprint)["last_applied"] = fmt::format("{}", world_.next_number++);
    return json_response(200, show(world_, collection("blueprints"), *blueprint));
  }
  return std::nullopt;
}

}  // namespace nmx::lab::authentik
