#include "providers/lab/store_cluster.hpp"

#include <nlohmann/json.hpp>

namespace nmx::lab {
namespace {

using Json = nlohmann::json;
using proxmox::Firewall;
using proxmox::Options;

Json to_json(const proxmox::User& user) {
  Json entry{{"password", user.password},
             {"enabled", user.enabled},
             {"expires", user.expires},
             {"described", user.described},
             {"tokens", Json::object()}};
  for (const auto& [name, token] : user.tokens) {
    entry["tokens"][name] = {{"secret", token.secret},
                             {"separated", token.separated},
                             {"comment", token.comment},
                             {"expires", token.expires}};
  }
  return entry;
}

proxmox::User user_from(const Json& entry) {
  proxmox::User user{entry.at("password"), entry.at("enabled"), {}, entry.at("expires"), entry.at("described")};
  for (const auto& [name, token] : entry.at("tokens").items())
    user.tokens[name] = {token.at("secret"), token.at("separated"), token.at("comment"), token.at("expires")};
  return user;
}

Json to_json(const std::map<std::string, Firewall::Set>& sets) {
  auto entries = Json::object();
  for (const auto& [name, set] : sets) entries[name] = {{"comment", set.comment}, {"entries", set.entries}};
  return entries;
}

std::map<std::string, Firewall::Set> sets_from(const Json& entries) {
  std::map<std::string, Firewall::Set> sets;
  for (const auto& [name, entry] : entries.items())
    sets[name] = {entry.at("comment"), entry.at("entries").get<std::vector<Options>>()};
  return sets;
}

Json to_json(const Firewall& firewall) {
  return {{"options", firewall.options},
          {"rules", firewall.rules},
          {"aliases", firewall.aliases},
          {"sets", to_json(firewall.sets)},
          {"groups", to_json(firewall.groups)}};
}

Firewall firewall_from(const Json& entry) {
  return {entry.at("options"), entry.at("rules").get<std::vector<Options>>(),
          entry.at("aliases").get<std::map<std::string, Options>>(), sets_from(entry.at("sets")),
          sets_from(entry.at("groups"))};
}

void restore_access(proxmox::World& world, const Json& described) {
  world.users.clear();
  for (const auto& [id, user] : described.at("users").items()) world.users[id] = user_from(user);
  world.roles = described.at("roles").get<std::map<std::string, std::set<std::string>>>();
  world.grants.clear();
  for (const auto& entry : described.at("grants"))
    world.grants.push_back({entry.at("path"), entry.at("who"), entry.at("role"), entry.at("propagate")});
}

}  // namespace

Json describe_cluster(const proxmox::World& world) {
  auto described = Json::object();
  for (const auto& [id, user] : world.users) described["users"][id] = to_json(user);
  described["roles"] = world.roles;
  auto& grants = described["grants"] = Json::array();
  for (const auto& grant : world.grants)
    grants.push_back({{"path", grant.path}, {"who", grant.who}, {"role", grant.role}, {"propagate", grant.propagate}});
  for (const auto& [name, storage] : world.storages) {
    described["storages"][name] = {{"type", storage.type},     {"content", storage.content},
                                   {"shared", storage.shared}, {"total", storage.total},
                                   {"taken", storage.taken},   {"options", storage.options}};
  }
  auto& guests = described["guest_firewalls"] = Json::object();
  for (const auto& [vmid, firewall] : world.guest_firewalls) guests[std::to_string(vmid)] = to_json(firewall);
  auto& nodes = described["node_firewalls"] = Json::object();
  for (const auto& [name, firewall] : world.node_firewalls) nodes[name] = to_json(firewall);
  described["cluster_firewall"] = to_json(world.cluster_firewall);
  described["ha_resources"] = world.ha_resources;
  described["ha_rules"] = world.ha_rules;
  described["backup_jobs"] = world.backup_jobs;
  described["options"] = world.cluster_options;
  described["pool_storages"] = world.pool_storages;
  return described;
}

void restore_cluster(proxmox::World& world, const Json& described) {
  restore_access(world, described);
  world.storages.clear();
  for (const auto& [name, entry] : described.at("storages").items()) {
    world.storages[name] = {entry.at("type"),   entry.at("content").get<std::set<std::string>>(),
                            entry.at("shared"), entry.at("total"),
                            entry.at("taken"),  entry.at("options")};
  }
  for (const auto& [vmid, entry] : described.at("guest_firewalls").items())
    world.guest_firewalls[std::stoi(vmid)] = firewall_from(entry);
  for (const auto& [name, entry] : described.at("node_firewalls").items())
    world.node_firewalls[name] = firewall_from(entry);
  world.cluster_firewall = firewall_from(described.at("cluster_firewall"));
  world.ha_resources = described.at("ha_resources").get<std::map<std::string, Options>>();
  world.ha_rules = described.at("ha_rules").get<std::map<std::string, Options>>();
  world.backup_jobs = described.at("backup_jobs").get<std::map<std::string, Options>>();
  world.cluster_options = described.at("options").get<Options>();
  world.pool_storages = described.at("pool_storages").get<std::map<std::string, std::set<std::string>>>();
}

}  // namespace nmx::lab
