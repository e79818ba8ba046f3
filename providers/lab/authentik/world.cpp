#include "providers/lab/authentik/world.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <random>

namespace nmx::lab::authentik {
namespace {

constexpr std::array provider_collections = {"proxy_providers", "oauth2_providers", "ldap_providers"};

void erase_value(Json& list, const Json& value) {
  if (!list.is_array()) return;
  list.erase(std::remove(list.begin(), list.end(), value), list.end());
}

}  // namespace

std::string key_text(const Json& key) { return key.is_string() ? key.get<std::string>() : key.dump(); }

std::string new_uuid() {
  static std::mt19937_64 source(std::random_device{}());
  const auto high = (source() & ~0xF000ull) | 0x4000ull;
  const auto low = (source() & ~(0xCull << 60)) | (0x8ull << 60);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48,
                     low & 0xFFFFFFFFFFFFull);
}

Release parse_release(const std::string& text) {
  const auto dot = text.find('.');
  if (dot == std::string::npos) return 0;
  int year = 0;
  int month = 0;
  std::from_chars(text.data(), text.data() + dot, year);
  std::from_chars(text.data() + dot + 1, text.data() + text.size(), month);
  return year > 0 && month > 0 ? year * 100 + month : 0;
}

Json* World::find(const std::string& collection, const Json& key) {
  if (collection == "providers") {
    for (const auto* name : provider_collections) {
      if (auto* found = find(name, key)) return found;
    }
    return nullptr;
  }
  if (collection == "targets") return find_by("applications", release >= 202608 ? "pbm_uuid" : "pk", key);
  auto& all = in(collection);
  const auto found = all.find(key_text(key));
  return found == all.end() ? nullptr : &found->second;
}

Json* World::find_by(const std::string& collection, const std::string& field, const Json& value) {
  for (auto& [key, object] : in(collection)) {
    if (object.contains(field) && object[field] == value) return &object;
  }
  return nullptr;
}

Json& World::add(const Collection& collection, const Json& body) {
  Json object = Json::object();
  for (const auto& field : collection.fields) {
    if (!field.read_only && release >= field.since && release < field.until) object[field.name] = field.fallback;
  }
  object.update(body);
  object[collection.key] = collection.numbered ? Json(next_number++) : Json(new_uuid());
  if (collection.name == "applications" && release >= 202608) object["pbm_uuid"] = new_uuid();
  if (collection.name == "users") object["uuid"] = new_uuid();
  auto& place = in(collection.name)[key_text(object[collection.key])];
  place = std::move(object);
  return place;
}

void World::remove(const Collection& collection, const std::string& key) {
  const auto gone = in(collection.name).at(key);
  const auto& pk = gone.at(collection.key);
  in(collection.name).erase(key);
  const auto hangs_on = [&](const char* other, const char* field, const Json& value) {
    std::erase_if(in(other), [&](const auto& one) { return one.second.value(field, Json()) == value; });
  };
  if (collection.name == "applications") {
    hangs_on("bindings", "target", gone.value("pbm_uuid", pk));
  } else if (collection.name == "groups") {
    hangs_on("bindings", "group", pk);
    for (auto& [other, group] : in("groups")) {
      if (group.contains("parents")) erase_value(group["parents"], pk);
      if (group.contains("parent") && group["parent"] == pk) group["parent"] = nullptr;
    }
  } else if (collection.name == "users") {
    hangs_on("bindings", "user", pk);
    for (auto& [other, group] : in("groups")) erase_value(group["users"], pk);
    passwords.erase(gone.at("username"));
  } else if (collection.name == "policies") {
    hangs_on("bindings", "policy", pk);
  } else if (collection.numbered) {
    for (auto& [other, application] : in("applications")) {
      if (application["provider"] == pk) application["provider"] = nullptr;
      erase_value(application["backchannel_providers"], pk);
    }
    for (auto& [other, outpost] : in("outposts")) erase_value(outpost["providers"], pk);
  } else if (collection.name == "mappings") {
    for (const auto* name : provider_collections) {
      for (auto& [other, provider] : in(name)) erase_value(provider["property_mappings"], pk);
    }
  } else if (collection.name == "outposts") {
    hangs_on("tokens", "identifier", "ak-outpost-" + pk.get<std::string>() + "-api");
  }
}

void fill_default(World& world, const std::string& token) {
  const auto stock = [&](const char* name, Json object) {
    object["pk"] = new_uuid();
    world.in(name)[object["pk"]] = object;
    return object["pk"].get<std::string>();
  };
  std::map<std::string, std::string> flows;
  for (const auto& [slug, designation] : {std::pair("default-authentication-flow", "authentication"),
                                          std::pair("default-invalidation-flow", "invalidation"),
                                          std::pair("default-provider-authorization-explicit-consent", "authorization"),
                                          std::pair("default-provider-authorization-implicit-consent", "authorization"),
                                          std::pair("default-provider-invalidation-flow", "invalidation"),
                                          std::pair("default-user-settings-flow", "stage_configuration")}) {
    flows[slug] = stock("flows", {{"slug", slug}, {"name", slug}, {"designation", designation}});
  }
  stock("certificates", {{"name", "authentik Self-signed Certificate"}, {"managed", nullptr}});
  stock("certificates",
        {{"name", "authentik Internal JWT Certificate"}, {"managed", "goauthentik.io/crypto/jwt-managed"}});
  for (const char* scope : {"openid", "email", "profile", "offline_access", "entitlements"}) {
    world.add(collection("mappings"), {{"name", fmt::format("authentik default OAuth Mapping: OpenID '{}'", scope)},
                                       {"managed", fmt::format("goauthentik.io/providers/oauth2/scope-{}", scope)},
                                       {"scope_name", scope},
                                       {"expression", "return {}"}});
  }
  world.add(collection("mappings"), {{"name", "authentik default OAuth Mapping: Proxy outpost"},
                                     {"managed", "goauthentik.io/providers/proxy/scope-proxy"},
                                     {"scope_name", "ak_proxy"},
                                     {"expression", "return {}"}});
  world.add(collection("brands"), {{"domain", "authentik-default"},
                                   {"default", true},
                                   {"flow_authentication", flows["default-authentication-flow"]},
                                   {"flow_invalidation", flows["default-invalidation-flow"]},
                                   {"flow_user_settings", flows["default-user-settings-flow"]}});
  world.add(collection("outposts"), {{"name", "authentik Embedded Outpost"},
                                     {"type", "proxy"},
                                     {"providers", Json::array()},
                                     {"managed", "goauthentik.io/outposts/embedded"},
                                     {"config", {{"authentik_host", ""}, {"log_level", "info"}}}});
  const auto admin = world.add(collection("users"), {{"username", "akadmin"}, {"name", "authentik Default Admin"}});
  const auto reader = world.add(
      collection("users"), {{"username", "reader"}, {"name", "A user without rights"}, {"type", "service_account"}});
  world.add(collection("groups"),
            {{"name", "authentik Admins"}, {"is_superuser", true}, {"users", Json::array({admin["pk"]})}});
  stock("tokens",
        {{"identifier", "authentik-bootstrap-token"}, {"intent", "api"}, {"user", admin["pk"]}, {"key", token}});
  stock("tokens", {{"identifier", "reader"}, {"intent", "api"}, {"user", reader["pk"]}, {"key", "reader-" + token}});
}

void save(const World& world, const std::filesystem::path& file) {
  auto beside = file;
  beside += ".new";
  const Json all = {{"version", world.version},
                    {"objects", world.objects},
                    {"sessions", world.sessions},
                    {"next_number", world.next_number},
                    {"passwords", world.passwords}};
  std::ofstream(beside, std::ios::binary) << all.dump(1) << '\n';
  std::filesystem::rename(beside, file);
}

bool load(World& world, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return false;
  const auto all = Json::parse(in);
  world.version = all.at("version");
  world.release = parse_release(world.version);
  world.objects = all.at("objects").get<decltype(world.objects)>();
  world.sessions = all.at("sessions").get<decltype(world.sessions)>();
  world.passwords = all.at("passwords").get<decltype(world.passwords)>();
  world.next_number = all.at("next_number");
  return true;
}

}  // namespace nmx::lab::authentik
