#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

// What a node is and what it is connected to.
namespace nmx::lab::proxmox {
namespace {

void audit(const Call& call) { call.need("/nodes/" + call.text("node"), {"Sys.Audit"}); }

const Node& node_of(const Call& call) { return call.world.nodes.at(call.text("node")); }

Json list(Call& call) {
  auto entries = Json::array();
  for (const auto& [name, node] : call.world.nodes) {
    Json entry{{"id", "node/" + name},
               {"node", name},
               {"type", "node"},
               {"level", ""},
               {"status", node.online ? "online" : "offline"}};
    if (node.online && call.may("/nodes/" + name, "Sys.Audit")) {
      entry.update({{"maxmem", node.memory},
                    {"mem", node.memory / 8},
                    {"maxcpu", node.cpus},
                    {"cpu", 0},
                    {"maxdisk", node.root_disk},
                    {"disk", node.root_disk / 10},
                    {"uptime", 86400}});
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json status(Call& call) {
  const auto& node = node_of(call);
  const auto used = node.memory / 8;
  const std::string kernel = "6.17.13-2-pve";
  return {{"uptime", 86400},
          {"cpu", 0},
          {"idle", 0},
          {"wait", 0},
          {"loadavg", {"0.10", "0.08", "0.05"}},
          {"pveversion", fmt::format("pve-manager/{}/{}", call.world.version, repository_id)},
          {"kversion", fmt::format("Linux {} #1 SMP PREEMPT_DYNAMIC", kernel)},
          {"current-kernel",
           {{"sysname", "Linux"}, {"release", kernel}, {"machine", "x86_64"}, {"version", "#1 SMP PREEMPT_DYNAMIC"}}},
          {"boot-info", {{"mode", "efi"}, {"secureboot", 0}}},
          {"ksm", {{"shared", 0}}},
          {"memory",
           {{"total", node.memory}, {"used", used}, {"free", node.memory - used}, {"available", node.memory - used}}},
          {"swap", {{"total", 0}, {"used", 0}, {"free", 0}}},
          {"rootfs",
           {{"total", node.root_disk},
            {"used", node.root_disk / 10},
            {"free", node.root_disk - node.root_disk / 10},
            {"avail", node.root_disk - node.root_disk / 10}}},
          {"cpuinfo",
           {{"cpus", node.cpus},
            {"cores", node.cpus / 2},
            {"sockets", 1},
            {"model", "AMD EPYC 7313P 16-Core Processor"},
            {"mhz", "3000.000"},
            {"user_hz", 100},
            {"hvm", "1"},
            {"flags", "svm aes avx2"}}}};
}

/// A bridge as `/etc/network/interfaces` would say it; the first has the node's own address.
Json interface(const Node& node, const std::string& bridge) {
  const auto place = static_cast<int>(std::distance(node.bridges.begin(), node.bridges.find(bridge)));
  Json entry{{"iface", bridge},
             {"type", "bridge"},
             {"active", 1},
             {"autostart", 1},
             {"families", {"inet"}},
             {"method6", "manual"},
             {"method", place == 0 ? "static" : "manual"},
             {"priority", place + 3},
             {"bridge_ports", place == 0 ? "eth0" : ""},
             {"bridge_stp", "off"},
             {"bridge_fd", "0"}};
  if (place == 0) {
    const auto address = node.address.empty() ? std::string("10.99.0.1") : node.address;
    entry.update({{"cidr", address + "/24"}, {"address", address}, {"netmask", "24"}});
  }
  if (node.bridges.at(bridge) != 1500) entry["mtu"] = std::to_string(node.bridges.at(bridge));
  return entry;
}

Json networks(Call& call) {
  const auto& node = node_of(call);
  const auto type = call.text("type");
  auto entries = Json::array();
  if (type.empty() || type == "eth") {
    entries.push_back({{"iface", "eth0"},
                       {"type", "eth"},
                       {"active", 1},
                       {"families", {"inet"}},
                       {"method", "manual"},
                       {"method6", "manual"},
                       {"priority", 2}});
  }
  const bool bridges = type.empty() || type == "bridge" || type == "any_bridge" || type == "any_local_bridge";
  for (const auto& [bridge, mtu] : node.bridges) {
    if (bridges) entries.push_back(interface(node, bridge));
  }
  return entries;
}

Json network(Call& call) {
  const auto name = call.text("iface");
  if (!node_of(call).bridges.contains(name)) {
    throw Refused{400, "Parameter verification failed.", {{"iface", "interface does not exist"}}};
  }
  auto entry = interface(node_of(call), name);
  entry.erase("iface");
  return entry;
}

Json dns(Call&) { return {{"dns1", "10.99.0.1"}, {"search", "lab.test"}}; }

Json time_of_day(Call& call) {
  const auto now = call.world.clock.unix_seconds();
  return {{"time", now}, {"localtime", now}, {"timezone", "Etc/UTC"}};
}

ParameterSet named() { return ParameterSet{{text("node").need().named("pve-node")}, {}}; }

}  // namespace

Json show_version(Call& call) {
  const auto& full = call.world.version;
  return {{"version", full}, {"release", full.substr(0, full.rfind('.'))}, {"repoid", repository_id}};
}

std::vector<Route> node_routes() {
  auto listing = named();
  listing.add(text("type").one_of({"bridge", "bond", "eth", "alias", "vlan", "fabric", "OVSBridge", "OVSBond",
                                   "OVSPort", "OVSIntPort", "vnet", "any_bridge", "any_local_bridge", "include_sdn"}));
  auto one = named();
  one.add(text("iface").need().named("pve-iface").at_least(2).up_to(20));
  return {
      {"GET", "/version", {}, nullptr, show_version},
      {"GET", "/nodes", {}, nullptr, list},
      {"GET", "/nodes/{node}/status", named(), audit, status},
      {"GET", "/nodes/{node}/version", named(), nullptr, show_version},
      {"GET", "/nodes/{node}/network", listing, nullptr, networks},
      {"GET", "/nodes/{node}/network/{iface}", one, audit, network},
      {"GET", "/nodes/{node}/dns", named(), audit, dns},
      {"GET", "/nodes/{node}/time", named(), audit, time_of_day},
  };
}

}  // namespace nmx::lab::proxmox
