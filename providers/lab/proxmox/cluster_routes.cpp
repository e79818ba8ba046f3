#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Json resources(Call& call) {
  const auto type = call.text("type");
  const auto& world = call.world;
  auto list = Json::array();
  if (type.empty()) {
    for (const auto& [pool, comment] : world.pools) {
      if (call.may("/pool/" + pool, "Pool.Audit"))
        list.push_back({{"id", "/pool/" + pool}, {"pool", pool}, {"type", "pool"}});
    }
  }
  if (type.empty() || type == "vm") {
    for (const auto& [vmid, guest] : world.guests) {
      if (call.may(fmt::format("/vms/{}", vmid), "VM.Audit")) list.push_back(show_guest(world, vmid, guest));
    }
  }
  if (type.empty() || type == "node") {
    for (const auto& [name, node] : world.nodes) {
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
                      {"uptime", 86400},
                      {"cgroup-mode", 2}});
      }
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
  if (type.empty() || type == "sdn") {
    for (const auto& [node, described] : world.nodes) {
      if (!call.may("/sdn/zones/localnetwork", "SDN.Audit")) continue;
      list.push_back({{"id", fmt::format("network/{}/zone/localnetwork", node)},
                      {"node", node},
                      {"network", "localnetwork"},
                      {"network-type", "zone"},
                      {"status", described.online ? "ok" : "unknown"},
                      {"type", "network"}});
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
    throw bad_parameter("vmid", fmt::format("VM {} already exists", wanted));
  }
  int id = 100;
  int end = 1'000'000;
  if (const auto range = call.world.cluster_options.find("next-id"); range != call.world.cluster_options.end()) {
    const auto bounds = parse_property_string("next-id", "next-id", range->second).values;
    if (bounds.contains("lower")) id = std::stoi(bounds.at("lower"));
    if (bounds.contains("upper")) end = std::stoi(bounds.at("upper"));
  }
  while (id < end && call.world.guests.contains(id)) ++id;
  if (id == end) throw Refused{500, fmt::format("unable to get any free VMID in range [{}, {}]", id, end)};
  return std::to_string(id);
}

Json options(Call& call) {
  auto shown = Json::object();
  for (const auto& [name, value] : call.world.cluster_options) shown[name] = value;
  if (shown.contains("next-id"))
    shown["next-id"] = parse_property_string("next-id", "next-id", shown["next-id"].get<std::string>()).values;
  std::set<std::string> tags;
  for (const auto& [vmid, guest] : call.world.guests) {
    const auto found = guest.config.current.find("tags");
    if (found == guest.config.current.end()) continue;
    for (auto& tag : split_list(found->second)) tags.insert(std::move(tag));
  }
  shown["allowed-tags"] = tags;
  return shown;
}

Json set_options(Call& call) {
  for (const auto& name : split_list(call.text("delete"))) call.world.cluster_options.erase(name);
  for (const auto& [name, value] : call.params.items()) {
    if (name != "delete") call.world.cluster_options[name] = call.text(name.c_str());
  }
  call.world.changed = true;
  return nullptr;
}

/// What happened last: tasks that began and ended.
Json log(Call& call) {
  auto entries = Json::array();
  for (const auto& [upid, task] : call.world.tasks) {
    const auto add = [&](const std::string& what, std::int64_t number) {
      entries.push_back({{"uid", std::to_string(number)},
                         {"id", fmt::format("{}:{}", number, task.node)},
                         {"node", task.node},
                         {"user", task.user},
                         {"pid", task.pid},
                         {"pri", 6},
                         {"tag", "pvedaemon"},
                         {"time", task.starttime},
                         {"msg", what}});
    };
    add("starting task " + upid, task.pid * 2);
    if (task.stopped) add(fmt::format("end task {} {}", upid, task.exit_status), task.pid * 2 + 1);
  }
  std::sort(entries.begin(), entries.end(), [](const Json& a, const Json& b) { return a["uid"] > b["uid"]; });
  const auto most = static_cast<std::size_t>(call.number("max", 50));
  if (entries.size() > most) entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(most), entries.end());
  return entries;
}

void audit_cluster(const Call& call) { call.need("/", {"Sys.Audit"}); }
void shape_cluster(const Call& call) { call.need("/", {"Sys.Modify"}); }

/// What `datacenter.cfg` may say. Property strings that nothing here acts on are kept as they come.
ParameterSet datacenter() {
  ParameterSet set;
  for (const auto* name : {"bwlimit", "crs", "ha", "location", "migration", "notify", "replication", "tag-style", "u2f",
                           "user-tag-access", "webauthn"}) {
    set.add(text(name));
  }
  return set.add(text("consent-text").up_to(65536))
      .add(text("console").one_of({"applet", "vv", "html5", "xtermjs"}))
      .add(text("delete").named("pve-configid-list"))
      .add(text("description").up_to(65536))
      .add(text("email_from"))
      .add(text("fencing").one_of({"watchdog", "hardware", "both"}))
      .add(text("http_proxy").like("http://.*"))
      .add(text("keyboard"))
      .add(text("language"))
      .add(text("mac_prefix").like("(?i)[a-f0-9][02468ace]:[a-f0-9]{2}(:[a-f0-9]{2}){0,2}:?"))
      .add(integer("max_workers").from(1))
      .add(boolean("migration_unsecure"))
      .add(text("next-id").named("property:next-id"))
      .add(text("registered-tags").named("pve-tag-list"));
}

}  // namespace

std::vector<Route> cluster_routes() {
  return {
      {"GET", "/cluster/resources", ParameterSet{{text("type").one_of({"vm", "storage", "node", "sdn"})}, {}}, nullptr,
       resources},
      {"GET", "/cluster/status", {}, audit_cluster, status},
      {"GET", "/cluster/nextid", ParameterSet{{integer("vmid").named("pve-vmid")}, {}}, nullptr, next_id},
      {"GET", "/cluster/options", {}, audit_cluster, options},
      {"PUT", "/cluster/options", datacenter(), shape_cluster, set_options},
      {"GET", "/cluster/log", ParameterSet{{integer("max").from(1)}, {}}, nullptr, log},
  };
}

}  // namespace nmx::lab::proxmox
