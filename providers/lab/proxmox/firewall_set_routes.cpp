#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/firewall.hpp"
#include "providers/lab/proxmox/format.hpp"

// What firewall rules name: sets of addresses, groups of rules.
namespace nmx::lab::proxmox {
namespace {

constexpr const char* name_pattern = R"([A-Za-z][A-Za-z0-9\-_]+)";

Json show(const Options& entry) {
  auto shown = Json::object();
  for (const auto& [name, value] : entry) shown[name] = name == "nomatch" ? Json(std::stoi(value)) : Json(value);
  return shown;
}

using Sets = std::map<std::string, Firewall::Set>;

Json list(const Sets& sets, const char* word) {
  std::vector<Options> all;
  for (const auto& [name, set] : sets) all.push_back({{word, name}, {"comment", set.comment}});
  auto entries = Json::array();
  for (const auto& [name, set] : sets) {
    Json entry{{word, name}, {"digest", digest_of(all)}};
    if (!set.comment.empty()) entry["comment"] = set.comment;
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// Makes one, or gives one another name or comment.
Json create(Call& call, Sets& sets, const char* word, const std::string& what) {
  const auto name = call.text(word);
  const auto exists = [&](const std::string& taken) {
    return bad_parameter(word, fmt::format("{} '{}' already exists", what, taken));
  };
  if (const auto old = call.text("rename"); !old.empty()) {
    if (!sets.contains(old)) throw bad_parameter(word, fmt::format("{} '{}' does not exist", what, old));
    if (old != name && sets.contains(name)) throw exists(name);
    auto entry = sets.extract(old);
    entry.key() = name;
    if (call.has("comment")) entry.mapped().comment = call.text("comment");
    sets.insert(std::move(entry));
  } else {
    if (sets.contains(name)) throw exists(name);
    sets[name].comment = call.text("comment");
  }
  call.world.changed = true;
  return nullptr;
}

Firewall::Set& set_of(Call& call) {
  auto& sets = firewall_of(call).sets;
  const auto found = sets.find(call.text("name"));
  if (found == sets.end()) throw Refused{500, fmt::format("no such IPSet '{}'", call.text("name"))};
  return found->second;
}

Json sets(Call& call) { return list(firewall_of(call).sets, "name"); }
Json create_set(Call& call) { return create(call, firewall_of(call).sets, "name", "IPSet"); }

Json look_at_set(Call& call) {
  const auto& set = set_of(call);
  auto entries = Json::array();
  for (const auto& one : set.entries) {
    auto entry = show(one);
    entry["digest"] = digest_of(set.entries);
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json remove_set(Call& call) {
  const auto& set = set_of(call);
  if (!set.entries.empty() && !call.flag("force"))
    throw Refused{500, fmt::format("IPSet '{}' is not empty", call.text("name"))};
  firewall_of(call).sets.erase(call.text("name"));
  call.world.changed = true;
  return nullptr;
}

std::vector<Options>::iterator entry_of(Call& call, Firewall::Set& set) {
  return std::find_if(set.entries.begin(), set.entries.end(),
                      [&](const auto& one) { return one.at("cidr") == call.text("cidr"); });
}

Json add_entry(Call& call) {
  auto& set = set_of(call);
  const auto cidr = call.text("cidr");
  if (entry_of(call, set) != set.entries.end())
    throw bad_parameter("cidr", fmt::format("address '{}' already exists", cidr));
  const auto name = cidr.substr(cidr.find('/') + 1);
  if (!ip_version(cidr) && !firewall_of(call).aliases.contains(name) &&
      !call.world.cluster_firewall.aliases.contains(name)) {
    throw Refused{500, fmt::format("no such alias '{}'", cidr)};
  }
  Options entry{{"cidr", cidr}};
  if (call.flag("nomatch")) entry.emplace("nomatch", "1");
  if (call.has("comment")) entry["comment"] = call.text("comment");
  set.entries.push_back(std::move(entry));
  call.world.changed = true;
  return nullptr;
}

Json look_at_entry(Call& call) {
  auto& set = set_of(call);
  const auto found = entry_of(call, set);
  if (found == set.entries.end()) throw Refused{500, fmt::format("no such address '{}'", call.text("cidr"))};
  auto entry = show(*found);
  entry["digest"] = digest_of(set.entries);
  return entry;
}

Json change_entry(Call& call) {
  auto& set = set_of(call);
  check_firewall_digest(call, digest_of(set.entries));
  const auto found = entry_of(call, set);
  if (found == set.entries.end()) throw Refused{500, fmt::format("no such address '{}'", call.text("cidr"))};
  if (call.has("comment")) (*found)["comment"] = call.text("comment");
  if (call.has("nomatch")) (*found)["nomatch"] = call.text("nomatch");
  call.world.changed = true;
  return nullptr;
}

Json remove_entry(Call& call) {
  auto& set = set_of(call);
  check_firewall_digest(call, digest_of(set.entries));
  if (const auto found = entry_of(call, set); found != set.entries.end()) set.entries.erase(found);
  call.world.changed = true;
  return nullptr;
}

Firewall::Set& group_of(Call& call) {
  auto& groups = call.world.cluster_firewall.groups;
  const auto found = groups.find(call.text("group"));
  if (found == groups.end()) throw Refused{500, fmt::format("no such security group '{}'", call.text("group"))};
  return found->second;
}

Json groups(Call& call) { return list(call.world.cluster_firewall.groups, "group"); }
Json create_group(Call& call) { return create(call, call.world.cluster_firewall.groups, "group", "Security group"); }
Json look_at_group(Call& call) {
  return show_rules(call.world, call.world.cluster_firewall, FirewallOf::group, group_of(call).entries);
}
Json remove_group(Call& call) {
  if (!group_of(call).entries.empty())
    throw Refused{500, fmt::format("Security group '{}' is not empty", call.text("group"))};
  call.world.cluster_firewall.groups.erase(call.text("group"));
  call.world.changed = true;
  return nullptr;
}
Json add_group_rule(Call& call) {
  add_rule(call, FirewallOf::group, group_of(call).entries);
  return nullptr;
}
Json look_at_group_rule(Call& call) { return show_rule(call, FirewallOf::group, group_of(call).entries); }
Json change_group_rule(Call& call) {
  change_rule(call, FirewallOf::group, group_of(call).entries);
  return nullptr;
}
Json remove_group_rule(Call& call) {
  remove_rule(call, group_of(call).entries);
  return nullptr;
}

ParameterSet with(ParameterSet set, const ParameterSet& more) { return set.add(more); }

Parameter named(const char* word, std::size_t longest) {
  return text(word).need().like(name_pattern).at_least(2).up_to(longest);
}

void add_routes(std::vector<Route>& routes, const std::string& base, const ParameterSet& place) {
  const auto one = with(place, ParameterSet{{named("name", 64)}, {}});
  const ParameterSet about{
      {text("comment"), text("digest").up_to(64), text("rename").like(name_pattern).at_least(2).up_to(64)}, {}};
  const auto entry = with(one, ParameterSet{{text("cidr").need().named("IPorCIDRorAlias")}, {}});
  const auto told_entry =
      with(entry, ParameterSet{{text("comment"), boolean("nomatch"), text("digest").up_to(64)}, {}});
  const ParameterSet digest{{text("digest").up_to(64)}, {}};
  const std::vector<Route> these{
      {"GET", base + "/ipset", place, may_see_firewall, sets},
      {"POST", base + "/ipset", with(one, about), may_change_firewall, create_set},
      {"GET", base + "/ipset/{name}", one, may_see_firewall, look_at_set},
      {"POST", base + "/ipset/{name}", told_entry, may_change_firewall, add_entry},
      {"DELETE", base + "/ipset/{name}", with(one, ParameterSet{{boolean("force")}, {}}), may_change_firewall,
       remove_set},
      // An address has a slash of its own.
      {"GET", base + "/ipset/{name}/{cidr*}", entry, may_see_firewall, look_at_entry},
      {"PUT", base + "/ipset/{name}/{cidr*}", told_entry, may_change_firewall, change_entry},
      {"DELETE", base + "/ipset/{name}/{cidr*}", with(entry, digest), may_change_firewall, remove_entry}};
  routes.insert(routes.end(), these.begin(), these.end());
}

}  // namespace

std::vector<Route> firewall_set_routes() {
  auto routes = firewall_alias_routes();
  add_routes(routes, "/nodes/{node}/lxc/{vmid}/firewall", guest_parameters());
  add_routes(routes, "/cluster/firewall", {});
  const ParameterSet group{{named("group", 18)}, {}};
  const ParameterSet about{
      {text("comment"), text("digest").up_to(64), text("rename").like(name_pattern).at_least(2).up_to(18)}, {}};
  const auto position = with(group, ParameterSet{{integer("pos").need().from(0)}, {}});
  auto creation = with(group, rule_parameters());
  for (auto& parameter : creation.parameters) {
    if (parameter.name == "action" || parameter.name == "type") parameter.required = true;
  }
  auto changing = with(group, rule_parameters());
  changing.add(integer("moveto").from(0)).add(text("delete").named("pve-configid-list"));
  const std::string base = "/cluster/firewall/groups";
  const std::vector<Route> these{
      {"GET", base, {}, nullptr, groups},
      {"POST", base, with(group, about), may_change_firewall, create_group},
      {"GET", base + "/{group}", group, may_see_firewall, look_at_group},
      {"POST", base + "/{group}", creation, may_change_firewall, add_group_rule},
      {"DELETE", base + "/{group}", group, may_change_firewall, remove_group},
      {"GET", base + "/{group}/{pos}", position, may_see_firewall, look_at_group_rule},
      {"PUT", base + "/{group}/{pos}", changing, may_change_firewall, change_group_rule},
      {"DELETE", base + "/{group}/{pos}", with(position, ParameterSet{{text("digest").up_to(64)}, {}}),
       may_change_firewall, remove_group_rule}};
  routes.insert(routes.end(), these.begin(), these.end());
  return routes;
}

}  // namespace nmx::lab::proxmox
