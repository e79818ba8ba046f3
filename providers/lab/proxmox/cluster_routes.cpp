#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

const std::string* option(const Options& options, const char* name) {
  const auto found = options.find(name);
  return found == options.end() ? nullptr : &found->second;
}

Json guest_resource(const World& world, int vmid, const Guest& guest) {
  const auto& options = guest.config.current;
  Json entry{{"id", fmt::format("lxc/{}", vmid)}, {"vmid", vmid}, {"node", guest.node}, {"type", "lxc"}};
  const auto online = world.nodes.at(guest.node).online;
  entry["status"] = !online ? "unknown" : guest.running ? "running" : "stopped";
  if (const auto* name = option(options, "hostname")) entry["name"] = *name;
  if (const auto* tags = option(options, "tags")) entry["tags"] = *tags;
  if (const auto* lock = option(options, "lock")) entry["lock"] = *lock;
  if (!guest.pool.empty()) entry["pool"] = guest.pool;
  entry["template"] = 0;
  const auto* memory = option(options, "memory");
  entry["maxmem"] = (memory == nullptr ? 512 : std::stoll(*memory)) << 20;
  const auto* cores = option(options, "cores");
  entry["maxcpu"] = cores == nullptr ? world.nodes.at(guest.node).cpus : std::stoi(*cores);
  if (const auto* rootfs = option(options, "rootfs")) {
    const auto parsed = parse_property_string("rootfs", "rootfs", *rootfs);
    const auto size = parsed.values.find("size");
    if (size != parsed.values.end()) entry["maxdisk"] = parse_size(size->second).value_or(0);
  }
  entry["uptime"] = guest.running ? world.clock.unix_seconds() - guest.started : 0;
  entry["cpu"] = 0;
  entry["mem"] = guest.running ? 40 << 20 : 0;
  entry["disk"] = 0;
  return entry;
}

Json resources(Call& call) {
  const auto type = call.text("type");
  const auto& world = call.world;
  auto list = Json::array();
  if (type.empty() || type == "vm") {
    for (const auto& [vmid, guest] : world.guests) {
      if (call.may(fmt::format("/vms/{}", vmid), "VM.Audit")) list.push_back(guest_resource(world, vmid, guest));
    }
  }
  if (type.empty() || type == "node") {
    for (const auto& [name, node] : world.nodes) {
      Json entry{
          {"id", "node/" + name}, {"node", name}, {"type", "node"}, {"status", node.online ? "online" : "offline"}};
      if (node.online)
        entry.update({{"maxmem", node.memory}, {"maxcpu", node.cpus}, {"mem", node.memory / 8}, {"uptime", 86400}});
      list.push_back(std::move(entry));
    }
  }
  if (type.empty() || type == "storage") {
    for (const auto& [node, described] : world.nodes) {
      for (const auto& [name, storage] : world.storages) {
        const auto path = "/storage/" + name;
        if (!call.may(path, "Datastore.Audit") && !call.may(path, "Datastore.AllocateSpace")) continue;
        list.push_back({{"id", fmt::format("storage/{}/{}", node, name)},
                        {"node", node},
                        {"storage", name},
                        {"type", "storage"},
                        {"status", described.online ? "available" : "unknown"},
                        {"plugintype", storage.type},
                        {"content", joined(storage.content)},
                        {"shared", storage.shared ? 1 : 0},
                        {"maxdisk", storage.total},
                        {"disk", storage.total - world.free_bytes(name, node)}});
      }
    }
  }
  return list;
}

Json status(Call& call) {
  const auto& nodes = call.world.nodes;
  auto list = Json::array({{{"type", "cluster"},
                            {"id", "cluster"},
                            {"name", "lab"},
                            {"version", 3},
                            {"quorate", 1},
                            {"nodes", nodes.size()}}});
  int id = 0;
  for (const auto& [name, node] : nodes) {
    ++id;
    list.push_back({{"type", "node"},
                    {"id", "node/" + name},
                    {"name", name},
                    {"nodeid", id},
                    {"ip", node.address},
                    {"online", node.online ? 1 : 0},
                    {"local", id == 1 ? 1 : 0},
                    {"level", ""}});
  }
  return list;
}

Json next_id(Call& call) {
  if (call.has("vmid")) {
    const auto wanted = static_cast<int>(call.number("vmid"));
    if (!call.world.guests.contains(wanted)) return std::to_string(wanted);
    throw Refused{400, "Parameter verification failed.", {{"vmid", fmt::format("VM {} already exists", wanted)}}};
  }
  int id = 100;
  while (call.world.guests.contains(id)) ++id;
  return std::to_string(id);
}

Json node_list(Call& call) {
  auto list = Json::array();
  for (const auto& [name, node] : call.world.nodes) {
    list.push_back(
        {{"id", "node/" + name}, {"node", name}, {"type", "node"}, {"status", node.online ? "online" : "offline"}});
  }
  return list;
}

Json networks(Call& call) {
  auto list = Json::array();
  int last = 0;
  for (const auto& [bridge, mtu] : call.world.nodes.at(call.text("node")).bridges) {
    list.push_back({{"iface", bridge},
                    {"type", "bridge"},
                    {"active", 1},
                    {"autostart", 1},
                    {"method", "static"},
                    {"cidr", fmt::format("192.168.{}.2/24", 50 + last++)}});
  }
  return list;
}

void audit_cluster(const Call& call) { call.need("/", {"Sys.Audit"}); }

}  // namespace

std::vector<Route> cluster_routes() {
  return {
      {"GET", "/cluster/resources", ParameterSet{{text("type").one_of({"vm", "storage", "node", "sdn"})}, {}}, nullptr,
       resources},
      {"GET", "/cluster/status", {}, audit_cluster, status},
      {"GET", "/cluster/nextid", ParameterSet{{integer("vmid").named("pve-vmid")}, {}}, nullptr, next_id},
      {"GET", "/nodes", {}, nullptr, node_list},
      {"GET", "/nodes/{node}/network", ParameterSet{{text("node").need().named("pve-node"), text("type")}, {}}, nullptr,
       networks},
  };
}

}  // namespace nmx::lab::proxmox
