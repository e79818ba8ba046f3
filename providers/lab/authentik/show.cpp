#include "providers/lab/authentik/show.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/authentik/access.hpp"

namespace nmx::lab::authentik {
namespace {

Json brief(World& world, const std::string& collection, const Json& key, std::initializer_list<const char*> fields) {
  const auto* found = world.find(collection, key);
  if (!found) return nullptr;
  auto shown = Json::object();
  for (const auto* field : fields) shown[field] = found->value(field, Json());
  return shown;
}

Json briefs(World& world, const std::string& collection, const Json& keys, std::initializer_list<const char*> fields) {
  auto all = Json::array();
  for (const auto& key : keys) all.push_back(brief(world, collection, key, fields));
  return all;
}

Json outposts_of(World& world, const Json& provider) {
  auto names = Json::array();
  for (const auto& [key, outpost] : world.in("outposts")) {
    const auto& all = outpost["providers"];
    if (std::find(all.begin(), all.end(), provider["pk"]) != all.end()) names.push_back(outpost["name"]);
  }
  return names;
}

}  // namespace

Json show(World& world, const Collection& collection, const Json& object, const Shown& shown) {
  auto json = object;
  if (collection.name == "applications") {
    json["provider_obj"] = brief(world, "providers", json["provider"], {"pk", "name"});
    json["backchannel_providers_obj"] = briefs(world, "providers", json["backchannel_providers"], {"pk", "name"});
    json["launch_url"] = json["meta_launch_url"];
  } else if (collection.name == "groups") {
    json["users_obj"] = shown.users ? briefs(world, "users", json["users"], {"pk", "username", "name"}) : Json();
    if (world.release >= 202512)
      json["parents_obj"] = shown.parents ? briefs(world, "groups", json["parents"], {"pk", "name"}) : Json();
  } else if (collection.name == "users") {
    json["groups_obj"] = shown.groups ? briefs(world, "groups", json["groups"], {"pk", "name"}) : Json();
    json["is_superuser"] = is_superuser(world, object);
    json["uid"] = json["uuid"];
  } else if (collection.name == "bindings") {
    json["group_obj"] = brief(world, "groups", json["group"], {"pk", "name"});
    json["user_obj"] = brief(world, "users", json["user"], {"pk", "username", "name"});
    json["policy_obj"] = brief(world, "policies", json["policy"], {"pk", "name"});
  } else if (collection.name == "outposts") {
    json["providers_obj"] = briefs(world, "providers", json["providers"], {"pk", "name"});
    json["token_identifier"] = fmt::format("ak-outpost-{}-api", json["pk"].get<std::string>());
    json["refresh_interval_s"] = 300;
  } else if (collection.numbered) {
    const auto* application = world.find_by("applications", "provider", json["pk"]);
    json["assigned_application_slug"] = application ? (*application)["slug"] : Json();
    json["assigned_application_name"] = application ? (*application)["name"] : Json();
    json["outpost_set"] = outposts_of(world, json);
  } else if (collection.name == "tokens") {
    json.erase("key");
  }
  return json;
}

}  // namespace nmx::lab::authentik
