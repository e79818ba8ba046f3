#include <fmt/core.h>

#include "providers/lab/proxmox/firewall.hpp"

// Names of addresses, for firewall rules.
namespace nmx::lab::proxmox {
namespace {

Json show_alias(const std::string& name, const Options& alias) {
  Json entry(alias);
  entry["name"] = name;
  if (const auto version = ip_version(alias.at("cidr"))) entry["ipversion"] = *version;
  return entry;
}

std::string aliases_digest(const Firewall& firewall) {
  std::vector<Options> entries;
  for (auto [name, alias] : firewall.aliases) {
    alias["name"] = name;
    entries.push_back(std::move(alias));
  }
  return digest_of(entries);
}

Json aliases(Call& call) {
  const auto& firewall = firewall_of(call);
  auto entries = Json::array();
  for (const auto& [name, alias] : firewall.aliases) {
    auto entry = show_alias(name, alias);
    entry["digest"] = aliases_digest(firewall);
    entries.push_back(std::move(entry));
  }
  return entries;
}

const Options& alias_of(const Call& call) {
  const auto& all = firewall_of(call).aliases;
  const auto found = all.find(call.text("name"));
  if (found == all.end()) throw bad_parameter("name", "no such alias");
  return found->second;
}

Options alias_from(const Call& call) {
  Options alias{{"cidr", call.text("cidr")}};
  if (call.has("comment")) alias["comment"] = call.text("comment");
  return alias;
}

Json create_alias(Call& call) {
  auto& all = firewall_of(call).aliases;
  const auto name = call.text("name");
  if (all.contains(name)) throw bad_parameter("name", fmt::format("alias '{}' already exists", name));
  all[name] = alias_from(call);
  call.world.changed = true;
  return nullptr;
}

Json look_at_alias(Call& call) { return show_alias(call.text("name"), alias_of(call)); }

Json change_alias(Call& call) {
  check_firewall_digest(call, aliases_digest(firewall_of(call)));
  alias_of(call);
  auto& all = firewall_of(call).aliases;
  const auto name = call.text("name");
  const auto renamed = call.text("rename", name);
  if (renamed != name && all.contains(renamed))
    throw bad_parameter("name", fmt::format("alias '{}' already exists", renamed));
  all.erase(name);
  all[renamed] = alias_from(call);
  call.world.changed = true;
  return nullptr;
}

Json remove_alias(Call& call) {
  check_firewall_digest(call, aliases_digest(firewall_of(call)));
  firewall_of(call).aliases.erase(call.text("name"));
  call.world.changed = true;
  return nullptr;
}

void add_routes(std::vector<Route>& routes, const std::string& base, const ParameterSet& place) {
  const auto name = [] { return text("name").need().like(R"([A-Za-z][A-Za-z0-9\-_]+)").at_least(2).up_to(64); };
  auto one = place;
  one.add(name());
  auto removing = one;
  removing.add(text("digest").up_to(64));
  auto alias = one;
  alias.add(text("cidr").need().named("IPorCIDR")).add(text("comment"));
  auto changing = alias;
  changing.add(text("digest").up_to(64)).add(text("rename").like(R"([A-Za-z][A-Za-z0-9\-_]+)").at_least(2).up_to(64));
  const std::vector<Route> these{{"GET", base + "/aliases", place, may_see_firewall, aliases},
                                 {"POST", base + "/aliases", alias, may_change_firewall, create_alias},
                                 {"GET", base + "/aliases/{name}", one, may_see_firewall, look_at_alias},
                                 {"PUT", base + "/aliases/{name}", changing, may_change_firewall, change_alias},
                                 {"DELETE", base + "/aliases/{name}", removing, may_change_firewall, remove_alias}};
  routes.insert(routes.end(), these.begin(), these.end());
}

}  // namespace

std::vector<Route> firewall_alias_routes() {
  std::vector<Route> routes;
  add_routes(routes, "/nodes/{node}/lxc/{vmid}/firewall", guest_parameters());
  add_routes(routes, "/cluster/firewall", {});
  return routes;
}

}  // namespace nmx::lab::proxmox
