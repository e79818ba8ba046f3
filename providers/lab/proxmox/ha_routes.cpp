#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"

// High availability: what the cluster keeps running, and where. Kept and shown; nothing is moved by it.
namespace nmx::lab::proxmox {
namespace {

using Sections = std::map<std::string, Options>;

void audit(const Call& call) { call.need("/", {"Sys.Audit"}); }
void may_manage(const Call& call) { call.need("/", {"Sys.Console"}); }

std::string digest_of_all(const Sections& sections) {
  std::string text;
  for (const auto& [name, options] : sections) {
    text += name + "\n";
    for (const auto& [option, value] : options) text += fmt::format("\t{} {}\n", option, value);
  }
  return sha1_of(text);
}

Json show(const Sections& sections, const std::string& key, const std::string& name) {
  Json entry{{key, name}, {"digest", digest_of_all(sections)}};
  for (const auto& [option, value] : sections.at(name))
    entry[option] = matches(value, "[0-9]+") ? Json(std::stoll(value)) : Json(value);
  return entry;
}

void keep(const Call& call, Options& options, const std::string& key) {
  for (const auto& name : split_list(call.text("delete"))) options.erase(name);
  for (const auto& [name, value] : call.params.items()) {
    if (name != key && name != "delete" && name != "digest") options[name] = call.text(name.c_str());
  }
  call.world.changed = true;
}

void check_digest_of(const Call& call, const Sections& sections) {
  if (call.has("digest") && call.text("digest") != digest_of_all(sections))
    throw Refused{500, "detected modified configuration - file changed by other user? Try again."};
}

/// `ct:100`, whether it was said or only the number.
std::string resource_id(const Call& call) {
  const auto id = call.text("sid");
  return id.find(':') == std::string::npos ? "ct:" + id : id;
}

Options& resource_of(Call& call) {
  const auto id = resource_id(call);
  const auto found = call.world.ha_resources.find(id);
  if (found == call.world.ha_resources.end()) throw Refused{500, fmt::format("no such resource '{}'", id)};
  return found->second;
}

/// Groups of nodes gave way to rules.
void refuse_group(const Call& call) {
  if (call.has("group") && call.world.version.front() == '9')
    throw Refused{500, "invalid parameter 'group': ha groups have been migrated to rules"};
}

Json resources(Call& call) {
  auto entries = Json::array();
  for (const auto& [id, options] : call.world.ha_resources) {
    if (call.has("type") && id.rfind(call.text("type") + ":", 0) != 0) continue;
    entries.push_back(show(call.world.ha_resources, "sid", id));
  }
  return entries;
}

Json create_resource(Call& call) {
  refuse_group(call);
  const auto id = resource_id(call);
  auto& all = call.world.ha_resources;
  if (all.contains(id)) throw Refused{500, fmt::format("resource ID '{}' already defined", id)};
  Options made{{"type", id.substr(0, id.find(':'))}, {"state", "started"}};
  keep(call, made, "sid");
  all[id] = std::move(made);
  return nullptr;
}

Json look_at_resource(Call& call) {
  resource_of(call);
  return show(call.world.ha_resources, "sid", resource_id(call));
}

Json change_resource(Call& call) {
  refuse_group(call);
  auto& resource = resource_of(call);
  check_digest_of(call, call.world.ha_resources);
  keep(call, resource, "sid");
  return nullptr;
}

Json remove_resource(Call& call) {
  resource_of(call);
  call.world.ha_resources.erase(resource_id(call));
  call.world.changed = true;
  return nullptr;
}

Options& rule_of(Call& call) {
  const auto found = call.world.ha_rules.find(call.text("rule"));
  if (found == call.world.ha_rules.end()) throw Refused{500, fmt::format("no such ha rule '{}'", call.text("rule"))};
  return found->second;
}

Json rules(Call& call) {
  auto entries = Json::array();
  for (const auto& [name, options] : call.world.ha_rules) {
    if (call.has("type") && options.at("type") != call.text("type")) continue;
    entries.push_back(show(call.world.ha_rules, "rule", name));
  }
  return entries;
}

Json create_rule(Call& call) {
  const auto name = call.text("rule");
  if (call.world.ha_rules.contains(name)) throw Refused{500, fmt::format("HA rule '{}' already defined", name)};
  for (const auto& [type, required] :
       {std::pair("node-affinity", "nodes"), std::pair("resource-affinity", "affinity")}) {
    if (call.text("type") == type && !call.has(required))
      throw bad_parameter(required, "property is missing and it is not optional");
  }
  Options made;
  keep(call, made, "rule");
  call.world.ha_rules[name] = std::move(made);
  return nullptr;
}

Json look_at_rule(Call& call) {
  rule_of(call);
  return show(call.world.ha_rules, "rule", call.text("rule"));
}

Json change_rule(Call& call) {
  auto& rule = rule_of(call);
  check_digest_of(call, call.world.ha_rules);
  keep(call, rule, "rule");
  return nullptr;
}

Json remove_rule(Call& call) {
  rule_of(call);
  call.world.ha_rules.erase(call.text("rule"));
  call.world.changed = true;
  return nullptr;
}

Json groups(Call& call) {
  if (call.world.version.front() == '9')
    throw Refused{500, "cannot index groups: ha groups have been migrated to rules"};
  return Json::array();
}

Json status(Call& call) {
  auto entries = Json::array({{{"id", "quorum"}, {"type", "quorum"}, {"status", "OK"}, {"quorate", 1}}});
  for (const auto& [id, options] : call.world.ha_resources) {
    const auto guest = call.world.guests.find(std::atoi(id.substr(id.find(':') + 1).c_str()));
    entries.push_back({{"id", "service:" + id},
                       {"sid", id},
                       {"type", "service"},
                       {"node", guest == call.world.guests.end() ? "" : guest->second.node},
                       {"state", guest != call.world.guests.end() && guest->second.running ? "started" : "stopped"},
                       {"request_state", options.at("state")}});
  }
  return entries;
}

ParameterSet resource_parameters() {
  return ParameterSet{
      {text("sid").need().like("((ct|vm):)?[1-9][0-9]{2,8}"), boolean("auto-rebalance"), text("comment").up_to(4096),
       boolean("failback"), text("group").named("pve-configid"), integer("max_relocate").from(0),
       integer("max_restart").from(0), text("state").one_of({"started", "stopped", "enabled", "disabled", "ignored"})},
      {}};
}

ParameterSet rule_parameters() {
  return ParameterSet{{text("rule").need().named("pve-configid"), text("affinity").one_of({"positive", "negative"}),
                       text("comment").up_to(4096), boolean("disable"), text("nodes"), text("resources"),
                       boolean("strict"), text("type").need().one_of({"node-affinity", "resource-affinity"})},
                      {}};
}

ParameterSet for_change(ParameterSet set) {
  return set.add(text("delete").named("pve-configid-list").up_to(4096)).add(text("digest").up_to(64));
}

}  // namespace

std::vector<Route> ha_routes() {
  const ParameterSet sid{{text("sid").need().like("((ct|vm):)?[1-9][0-9]{2,8}")}, {}};
  const ParameterSet rule{{text("rule").need().named("pve-configid")}, {}};
  auto creation = resource_parameters();
  creation.add(text("type").one_of({"ct", "vm"}));
  auto removal = sid;
  removal.add(boolean("purge"));
  const ParameterSet by_type{{text("type").one_of({"ct", "vm"})}, {}};
  const ParameterSet by_kind{{text("resource"), text("type").one_of({"node-affinity", "resource-affinity"})}, {}};
  return {
      {"GET", "/cluster/ha/resources", by_type, audit, resources},
      {"POST", "/cluster/ha/resources", creation, may_manage, create_resource},
      {"GET", "/cluster/ha/resources/{sid}", sid, audit, look_at_resource},
      {"PUT", "/cluster/ha/resources/{sid}", for_change(resource_parameters()), may_manage, change_resource},
      {"DELETE", "/cluster/ha/resources/{sid}", removal, may_manage, remove_resource},
      {"GET", "/cluster/ha/rules", by_kind, audit, rules},
      {"POST", "/cluster/ha/rules", rule_parameters(), may_manage, create_rule},
      {"GET", "/cluster/ha/rules/{rule}", rule, audit, look_at_rule},
      {"PUT", "/cluster/ha/rules/{rule}", for_change(rule_parameters()), may_manage, change_rule},
      {"DELETE", "/cluster/ha/rules/{rule}", rule, may_manage, remove_rule},
      {"GET", "/cluster/ha/groups", {}, audit, groups},
      {"GET", "/cluster/ha/status/current", {}, audit, status},
  };
}

}  // namespace nmx::lab::proxmox
