#include <fmt/core.h>

#include "providers/lab/proxmox/firewall.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {

FirewallOf firewall_owner(const Call& call) {
  if (call.has("vmid")) return FirewallOf::guest;
  return call.has("node") ? FirewallOf::node : FirewallOf::cluster;
}

Firewall& firewall_of(const Call& call) {
  switch (firewall_owner(call)) {
    case FirewallOf::guest: return call.world.guest_firewalls[static_cast<int>(call.number("vmid"))];
    case FirewallOf::node: return call.world.node_firewalls[call.text("node")];
    case FirewallOf::group:
    case FirewallOf::cluster: break;
  }
  return call.world.cluster_firewall;
}

void may_see_firewall(const Call& call) {
  if (call.has("vmid")) return call.need("/vms/" + call.text("vmid"), {"VM.Audit"});
  call.need(call.has("node") ? "/nodes/" + call.text("node") : "/", {"Sys.Audit"});
}

void may_change_firewall(const Call& call) {
  if (call.has("vmid")) return call.need("/vms/" + call.text("vmid"), {"VM.Config.Network"});
  call.need(call.has("node") ? "/nodes/" + call.text("node") : "/", {"Sys.Modify"});
}

namespace {

Json show_options_of(Call& call) {
  const auto& options = firewall_of(call).options;
  auto shown = Json::object();
  for (const auto& [name, value] : options) {
    shown[name] = matches(value, "[0-9]+") ? Json(std::stoll(value)) : Json(value);
  }
  shown["digest"] = digest_of(options.empty() ? std::vector<Options>{} : std::vector<Options>{options});
  return shown;
}

Json set_options(Call& call, const ParameterSet& known) {
  auto& options = firewall_of(call).options;
  check_firewall_digest(call, digest_of(options.empty() ? std::vector<Options>{} : std::vector<Options>{options}));
  for (const auto& name : split_list(call.text("delete"))) {
    if (known.find(name) == nullptr) throw bad_parameter("delete", fmt::format("no such option '{}'", name));
    options.erase(name);
  }
  for (const auto& parameter : known.parameters) {
    if (call.has(parameter.name.c_str())) options[parameter.name] = call.text(parameter.name.c_str());
  }
  call.world.changed = true;
  return nullptr;
}

Json list_rules(Call& call) {
  const auto& firewall = firewall_of(call);
  return show_rules(call.world, firewall, firewall_owner(call), firewall.rules);
}
Json create_rule(Call& call) {
  add_rule(call, firewall_owner(call), firewall_of(call).rules);
  return nullptr;
}
Json look_at_rule(Call& call) { return show_rule(call, firewall_owner(call), firewall_of(call).rules); }
Json update_rule(Call& call) {
  change_rule(call, firewall_owner(call), firewall_of(call).rules);
  return nullptr;
}
Json delete_rule(Call& call) {
  remove_rule(call, firewall_of(call).rules);
  return nullptr;
}

/// What a rule there can name.
Json references(Call& call) {
  auto entries = Json::array();
  const auto add = [&](const Firewall& firewall, const std::string& scope, const std::string& prefix) {
    if (call.text("type", "alias") == "alias") {
      for (const auto& [name, alias] : firewall.aliases)
        entries.push_back({{"type", "alias"}, {"name", name}, {"ref", prefix + name}, {"scope", scope}});
    }
    if (call.text("type", "ipset") == "ipset") {
      for (const auto& [name, set] : firewall.sets)
        entries.push_back({{"type", "ipset"}, {"name", name}, {"ref", "+" + prefix + name}, {"scope", scope}});
    }
  };
  const bool of_guest = firewall_owner(call) == FirewallOf::guest;
  if (of_guest) add(firewall_of(call), "guest", "");
  add(call.world.cluster_firewall, "dc", of_guest ? "dc/" : "");
  return entries;
}

Json log(Call& call) {
  call.beside["total"] = 1;
  return Json::array({{{"n", 1}, {"t", "unable to open file - No such file or directory"}}});
}

Json macros(Call&) {
  auto entries = Json::array();
  for (const auto& [name, about] : firewall_macros()) entries.push_back({{"macro", name}, {"descr", about}});
  return entries;
}

void may_read_log(const Call& call) {
  if (call.has("vmid")) return call.need("/vms/" + call.text("vmid"), {"VM.Console"});
  call.need("/nodes/" + call.text("node"), {"Sys.Syslog"});
}

const std::vector<std::string> levels{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "nolog"};
const std::vector<std::string> policies{"ACCEPT", "REJECT", "DROP"};

ParameterSet guest_options() {
  ParameterSet set;
  for (const auto* name : {"dhcp", "enable", "ipfilter", "macfilter", "ndp", "radv"}) set.add(boolean(name));
  for (const auto* name : {"log_level_in", "log_level_out"}) set.add(text(name).one_of(levels));
  for (const auto* name : {"policy_in", "policy_out"}) set.add(text(name).one_of(policies));
  return set;
}

ParameterSet node_options() {
  ParameterSet set;
  for (const auto* name : {"enable", "log_nf_conntrack", "ndp", "nf_conntrack_allow_invalid", "nftables", "nosmurfs",
                           "protection_synflood", "tcpflags"}) {
    set.add(boolean(name));
  }
  for (const auto* name :
       {"log_level_forward", "log_level_in", "log_level_out", "smurf_log_level", "tcp_flags_log_level"})
    set.add(text(name).one_of(levels));
  for (const auto* name :
       {"nf_conntrack_max", "nf_conntrack_tcp_timeout_established", "nf_conntrack_tcp_timeout_syn_recv",
        "protection_synflood_burst", "protection_synflood_rate"}) {
    set.add(integer(name));
  }
  return set.add(text("nf_conntrack_helpers"));
}

ParameterSet cluster_options() {
  ParameterSet set;
  for (const auto* name : {"policy_forward", "policy_in", "policy_out"}) set.add(text(name).one_of(policies));
  return set.add(integer("enable").from(0)).add(boolean("ebtables")).add(text("log_ratelimit"));
}

ParameterSet with(ParameterSet set, const ParameterSet& more) { return set.add(more); }

void add_routes(std::vector<Route>& routes, const std::string& base, const ParameterSet& place,
                const ParameterSet& options) {
  const auto position = with(place, ParameterSet{{integer("pos").need().from(0)}, {}});
  auto creation = with(place, rule_parameters());
  for (auto& parameter : creation.parameters) {
    if (parameter.name == "action" || parameter.name == "type") parameter.required = true;
  }
  auto changing = with(place, rule_parameters());
  changing.add(integer("moveto").from(0)).add(text("delete").named("pve-configid-list"));
  auto setting = with(place, options);
  setting.add(text("delete").named("pve-configid-list")).add(text("digest").up_to(64));
  auto removal = position;
  removal.add(text("digest").up_to(64));
  const auto paging =
      ParameterSet{{integer("start").from(0), integer("limit").from(0), integer("since"), integer("until")}, {}};
  const std::vector<Route> these{
      {"GET", base + "/options", place, may_see_firewall, show_options_of},
      {"PUT", base + "/options", setting, may_change_firewall,
       [options](Call& call) { return set_options(call, options); }},
      {"GET", base + "/rules", place, may_see_firewall, list_rules},
      {"POST", base + "/rules", creation, may_change_firewall, create_rule},
      {"GET", base + "/rules/{pos}", position, may_see_firewall, look_at_rule},
      {"PUT", base + "/rules/{pos}", changing, may_change_firewall, update_rule},
      {"DELETE", base + "/rules/{pos}", removal, may_change_firewall, delete_rule},
      {"GET", base + "/log", with(place, paging), may_read_log, log},
      {"GET", base + "/refs", with(place, ParameterSet{{text("type").one_of({"alias", "ipset"})}, {}}),
       may_see_firewall, references}};
  routes.insert(routes.end(), these.begin(), these.end());
}

}  // namespace

std::vector<Route> firewall_routes() {
  std::vector<Route> routes;
  add_routes(routes, "/nodes/{node}/lxc/{vmid}/firewall", guest_parameters(), guest_options());
  add_routes(routes, "/nodes/{node}/firewall", ParameterSet{{text("node").need().named("pve-node")}, {}},
             node_options());
  add_routes(routes, "/cluster/firewall", {}, cluster_options());
  routes.push_back({"GET", "/cluster/firewall/macros", {}, nullptr, macros});
  // Only nodes and guests write a log; only guests and the cluster are referred to.
  std::erase_if(routes, [](const auto& route) {
    return route.path == "/cluster/firewall/log" || route.path == "/nodes/{node}/firewall/refs";
  });
  return routes;
}

}  // namespace nmx::lab::proxmox
