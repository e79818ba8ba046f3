#include "providers/lab/authentik/rules.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nmx::lab::authentik {
namespace {

bool contains(const Json& list, const Json& value) { return std::find(list.begin(), list.end(), value) != list.end(); }

void check_references(World& world, const Collection& collection, const Json& body, Json& errors) {
  for (const auto& field : collection.fields) {
    if (field.of.empty() || !body.contains(field.name) || errors.contains(field.name)) continue;
    const auto& value = body[field.name];
    const auto known = [&](const Json& key) { return key.is_null() || world.find(field.of, key) != nullptr; };
    const auto told = [](const Json& key) {
      return Json::array({fmt::format("Invalid pk \"{}\" - object does not exist.", key_text(key))});
    };
    if (!value.is_array()) {
      if (!known(value)) errors[field.name] = told(value);
      continue;
    }
    for (const auto& key : value) {
      if (!known(key)) errors[field.name] = told(key);
    }
  }
}

void check_unique(World& world, const Collection& collection, const Json* before, const Json& body, Json& errors) {
  for (const auto& name : collection.unique) {
    if (!body.contains(name)) continue;
    const auto* other = world.find_by(collection.name, name, body[name]);
    const bool itself = before && other && (*other)[collection.key] == (*before)[collection.key];
    if (other && !itself)
      errors[name] = Json::array({fmt::format("{} with this {} already exists.", collection.noun, name)});
  }
  if (collection.path.rfind("/providers/", 0) != 0 || !body.contains("name")) return;
  for (const char* kind : {"proxy_providers", "oauth2_providers", "ldap_providers"}) {
    const auto* other = world.find_by(kind, "name", body["name"]);
    const bool itself = before && other && (*other)["pk"] == (*before)["pk"];
    if (other && !itself) errors["name"] = Json::array({"provider with this name already exists."});
  }
}

/// The serializer takes `mode` to be `proxy` where the body does not say it, also when it changes something else.
void check_proxy(World& world, const Json* before, Json& body, Json& errors) {
  const auto mode = body.value("mode", "proxy");
  if (mode == "proxy" && body.value("internal_host", "").empty())
    errors["internal_host"] = Json::array({"Internal host cannot be empty when forward auth is disabled."});
  const bool both =
      !body.value("basic_auth_user_attribute", "").empty() && !body.value("basic_auth_password_attribute", "").empty();
  if (body.value("basic_auth_enabled", false) && !both)
    errors["basic_auth_enabled"] =
        Json::array({"User and password attributes must be set when basic auth is enabled."});
  auto mappings = body.value("property_mappings", before ? (*before)["property_mappings"] : Json::array());
  for (const char* managed :
       {"oauth2/scope-openid", "oauth2/scope-email", "oauth2/scope-profile", "proxy/scope-proxy"}) {
    const auto* mapping = world.find_by("mappings", "managed", fmt::format("goauthentik.io/providers/{}", managed));
    if (mapping && !contains(mappings, (*mapping)["pk"])) mappings.push_back((*mapping)["pk"]);
  }
  body["property_mappings"] = mappings;
  if (!before) body["client_id"] = key_text(new_uuid()).substr(0, 8) + "proxyclient";
}

void check_binding(const Json* before, const Json& body, Json& errors) {
  int bound = 0;
  for (const char* name : {"policy", "group", "user"})
    bound += !body.value(name, before ? (*before)[name] : Json()).is_null() ? 1 : 0;
  if (bound != 1)
    errors["non_field_errors"] = Json::array({bound == 0 ? "One of 'policy', 'group', 'user' must be set."
                                                         : "Only one of 'policy', 'group', 'user' can be set."});
}

void check_outpost(const Json* before, const Json& body, Json& errors) {
  const bool embedded = before && before->value("managed", Json()) == "goauthentik.io/outposts/embedded";
  if (embedded && body.contains("name") && body["name"] != (*before)["name"])
    errors["name"] = Json::array({"Embedded outpost's name cannot be changed"});
  if (!embedded && body.contains("providers") && body["providers"].empty())
    errors["providers"] = Json::array({"This list may not be empty."});
  if (body.contains("config") && !body["config"].contains("authentik_host"))
    errors["config"] = Json::array({"missing value for field \"authentik_host\""});
}

}  // namespace

Json apply_rules(World& world, const Collection& collection, const Json* before, Json& body) {
  auto errors = Json::object();
  check_references(world, collection, body, errors);
  check_unique(world, collection, before, body, errors);
  if (collection.name == "proxy_providers") check_proxy(world, before, body, errors);
  if (collection.name == "bindings") check_binding(before, body, errors);
  if (collection.name == "outposts") check_outpost(before, body, errors);
  if (collection.name == "oauth2_providers" && !before) {
    if (!body.contains("client_id")) body["client_id"] = new_uuid();
    if (!body.contains("client_secret")) body["client_secret"] = new_uuid() + new_uuid();
  }
  if (collection.name == "brands" && body.value("default", false)) {
    auto* other = world.find_by("brands", "default", true);
    if (other && !(before && (*before)["brand_uuid"] == (*other)["brand_uuid"]))
      errors["default"] = Json::array({"Only a single brand can be set as default."});
  }
  return errors;
}

void settle(World& world, const Collection& collection, Json& object) {
  if (collection.name == "users") {
    for (auto& [key, group] : world.in("groups")) {
      auto& users = group["users"];
      users.erase(std::remove(users.begin(), users.end(), object["pk"]), users.end());
      if (contains(object["groups"], group["pk"])) users.push_back(object["pk"]);
    }
  }
  if (collection.name == "groups") {
    for (auto& [key, user] : world.in("users")) {
      auto& groups = user["groups"];
      groups.erase(std::remove(groups.begin(), groups.end(), object["pk"]), groups.end());
      if (contains(object["users"], user["pk"])) groups.push_back(object["pk"]);
    }
  }
  if (collection.name == "outposts" && !object.value("managed", Json()).is_string()) {
    const auto identifier = "ak-outpost-" + object["pk"].get<std::string>() + "-api";
    if (!world.find_by("tokens", "identifier", identifier)) {
      const auto pk = new_uuid();
      world.in("tokens")[pk] = {{"pk", pk}, {"identifier", identifier}, {"intent", "api"}, {"key", new_uuid()}};
    }
  }
}

}  // namespace nmx::lab::authentik
