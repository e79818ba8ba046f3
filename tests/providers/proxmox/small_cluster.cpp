#include "tests/providers/proxmox/small_cluster.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lang/value/value_json.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/form.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::test {
namespace {

using proxmox::Options;

HttpResult holding(const Value& value) { return answer(*to_json(Object{{"data", value}})); }

std::map<std::string, std::string> decode(std::string_view text) {
  std::map<std::string, std::string> parameters;
  for (const auto& pair : split_list(text, "&")) {
    const auto equals = pair.find('=');
    if (equals != std::string::npos)
      parameters[percent_decode(pair.substr(0, equals))] = percent_decode(pair.substr(equals + 1));
  }
  return parameters;
}

bool takes_effect_at_once(const std::string& option, const Options& before) {
  static const std::set<std::string> live = {"cores",       "cpulimit", "cpuunits", "memory",     "swap", "hostname",
                                             "description", "onboot",   "startup",  "protection", "tags", "hookscript"};
  if (live.count(option)) return true;
  const auto slot = proxmox::slot_of(option);
  if (slot.name == "net") return true;
  return (slot.name == "mp" || slot.name == "dev") && before.count(option) == 0;
}

std::string sorted_tags(const std::string& text) {
  std::set<std::string> tags;
  for (auto word : split_list(text, ";, ")) {
    for (auto& c : word) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    tags.insert(std::move(word));
  }
  std::string joined;
  for (const auto& tag : tags) joined += (joined.empty() ? "" : ";") + tag;
  return joined;
}

std::string printed_size(std::int64_t bytes) {
  for (const auto& [unit, letter] : {std::pair{std::int64_t{1} << 40, 'T'},
                                     {std::int64_t{1} << 30, 'G'},
                                     {std::int64_t{1} << 20, 'M'},
                                     {std::int64_t{1} << 10, 'K'}}) {
    if (bytes % unit == 0) return fmt::format("{}{}", bytes / unit, letter);
  }
  return std::to_string(bytes);
}

Value all_rights() {
  Object rights;
  for (const auto* name :
       {"VM.Allocate", "VM.Audit", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Disk", "VM.Config.Network",
        "VM.Config.Options", "VM.PowerMgmt", "VM.Migrate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate",
        "SDN.Use", "Sys.Audit", "Sys.Modify"})
    rights.set(name, 1);
  return Object{{"/", rights}};
}

}  // namespace

std::optional<std::string> SmallCluster::id_of(int vmid) const {
  const auto found = guests.find(vmid);
  if (found == guests.end()) return std::nullopt;
  return fmt::format("{}/{}", found->second.node, vmid);
}

/// What the server makes of an option it is sent.
std::string SmallCluster::kept(int vmid, const std::string& option, const std::string& text) {
  if (option == "tags") return sorted_tags(text);
  if (option == "description") return text + "\n";
  const auto slot = proxmox::slot_of(option);
  if (slot.name == "net") {
    auto parts = proxmox::parse_property_string(text, "");
    if (!parts.find("hwaddr"))
      parts.parts["hwaddr"] = fmt::format("BC:24:11:00:{:02X}:{:02X}", macs_ / 256, macs_ % 256), ++macs_;
    return proxmox::print_property_string(parts, "name", false);
  }
  if (option != "rootfs" && slot.name != "mp") return text;
  auto parts = proxmox::parse_property_string(text, "volume");
  const auto volume = parts.text_or("volume", "");
  const auto storage = proxmox::storage_of(volume);
  if (storage.empty()) return text;
  const auto size = volume.substr(storage.size() + 1);
  if (size.find_first_not_of("0123456789.") == std::string::npos) {
    parts.parts["volume"] = fmt::format("{}:subvol-{}-disk-{}", storage, vmid, volumes_++);
    parts.parts["size"] = printed_size(proxmox::whole_mebibytes(*proxmox::parse_size(size + "G")));
  }
  return proxmox::print_property_string(parts, "volume", true);
}

HttpResult SmallCluster::create(const std::string& node, const Parameters& parameters) {
  const auto vmid = std::stoi(parameters.at("vmid"));
  if (guests.count(vmid))
    return refusal(500, fmt::format("CT {} already exists on node '{}'", vmid, guests[vmid].node));
  Guest guest;
  guest.node = node;
  guest.active = {{"memory", "512"}, {"swap", "512"}};
  static const std::set<std::string> not_kept = {"vmid", "ostemplate", "start", "pool", "password", "ssh-public-keys"};
  for (const auto& [name, text] : parameters) {
    if (not_kept.count(name) == 0) guest.active[name] = kept(vmid, name, text);
  }
  guest.configured = guest.active;
  guest.running = parameters.count("start") > 0;
  if (parameters.count("pool")) guest.pool = parameters.at("pool");
  guests[vmid] = std::move(guest);
  return holding(fmt::format("UPID:{}:{:08X}:00000001:68F0A1B2:vzcreate:{}:nmx@pve!ci:", node, ++tasks_, vmid));
}

HttpResult SmallCluster::configure(int vmid, Guest& guest, const Parameters& parameters) {
  for (const auto& [name, text] : parameters) {
    if (text.empty()) return refusal(400, "an empty value was sent for " + name);
  }
  const auto before = guest.active;
  std::set<std::string> gone;
  const auto deleted = parameters.find("delete");
  if (deleted != parameters.end()) {
    for (const auto& name : split_list(deleted->second, ",")) gone.insert(name);
  }
  for (const auto& name : gone) {
    guest.configured.erase(name);
    const auto slot = proxmox::slot_of(name);
    const bool live =
        (slot.name == "net" && slot.number < 10) || (slot.name.empty() && takes_effect_at_once(name, before));
    if (!guest.running || live) guest.active.erase(name);
  }
  for (const auto& [name, text] : parameters) {
    if (name == "delete" || name == "digest") continue;
    const auto value = kept(vmid, name, text);
    guest.configured[name] = value;
    if (!guest.running || takes_effect_at_once(name, before)) guest.active[name] = value;
  }
  return holding(Null{});
}

std::string SmallCluster::pending(const Guest& guest) const {
  List entries{Object{
      {"key", "digest"},
      {"value", std::to_string(std::hash<std::string>{}(fmt::format("{}{}", guest.active.size(), guest.running)))}}};
  std::set<std::string> names;
  for (const auto* side : {&guest.active, &guest.configured}) {
    for (const auto& [name, text] : *side) names.insert(name);
  }
  for (const auto& name : names) {
    const auto active = guest.active.find(name);
    const auto configured = guest.configured.find(name);
    Object entry{{"key", name}};
    if (active != guest.active.end()) entry.set("value", active->second);
    if (configured == guest.configured.end()) {
      entry.set("delete", 1);
    } else if (active == guest.active.end() || active->second != configured->second) {
      entry.set("pending", configured->second);
    }
    entries.emplace_back(std::move(entry));
  }
  return *to_json(Object{{"data", entries}});
}

std::string SmallCluster::resources() const {
  List entries;
  for (const auto* node : {"pve1", "pve2"}) {
    entries.emplace_back(Object{{"type", "node"}, {"node", node}, {"status", "online"}});
    for (const auto& [name, content] :
         {std::pair{"local", "vztmpl,backup"}, {"local-lvm", "rootdir,images"}, {"tank", "rootdir"}})
      entries.emplace_back(Object{{"type", "storage"},
                                  {"node", node},
                                  {"storage", name},
                                  {"content", content},
                                  {"status", "available"},
                                  {"maxdisk", std::int64_t{1} << 50},
                                  {"disk", 0},
                                  {"shared", 0}});
  }
  for (const auto& [vmid, guest] : guests) {
    const auto tags = guest.configured.find("tags");
    const auto name = guest.configured.find("hostname");
    entries.emplace_back(Object{{"type", "lxc"},
                                {"id", fmt::format("lxc/{}", vmid)},
                                {"vmid", vmid},
                                {"node", guest.node},
                                {"status", guest.running ? "running" : "stopped"},
                                {"pool", guest.pool},
                                {"name", name == guest.configured.end() ? "" : name->second},
                                {"tags", tags == guest.configured.end() ? "" : tags->second}});
  }
  return *to_json(Object{{"data", entries}});
}

HttpResult SmallCluster::guest_call(const std::string& method, const std::string& node,
                                    const std::vector<std::string>& parts, const Parameters& parameters) {
  const auto vmid = std::stoi(parts[3]);
  const auto upid = [&](std::string_view kind) {
    return holding(fmt::format("UPID:{}:{:08X}:00000001:68F0A1B2:{}:{}:nmx@pve!ci:", node, ++tasks_, kind, vmid));
  };
  const auto found = guests.find(vmid);
  if (found == guests.end() || found->second.node != node)
    return refusal(500, fmt::format("Configuration file 'nodes/{}/lxc/{}.conf' does not exist", node, vmid));
  auto& guest = found->second;
  const auto what = parts.size() > 4 ? parts[4] : "";
  if (what == "pending") return answer(pending(guest));
  if (what == "config") return configure(vmid, guest, parameters);
  if (what == "resize" || what == "move_volume") {
    const auto option = parameters.at(what == "resize" ? "disk" : "volume");
    auto text = proxmox::parse_property_string(guest.configured.at(option), "volume");
    if (what == "resize") {
      const auto size = *proxmox::parse_size(parameters.at("size"));
      if (size <= *proxmox::parse_size(text.text_or("size", ""))) return refusal(500, "unable to shrink disk size");
      text.parts["size"] = printed_size(size);
    } else {
      if (guest.running) return refusal(500, "cannot move volumes of a running container");
      text.parts["volume"] = fmt::format("{}:subvol-{}-disk-{}", parameters.at("storage"), vmid, volumes_++);
    }
    guest.active[option] = guest.configured[option] = proxmox::print_property_string(text, "volume", true);
    return upid(what);
  }
  if (what == "migrate") {
    if (guest.running && parameters.count("restart") == 0) return refusal(500, "CT is running");
    guest.node = parameters.at("target");
    guest.active = guest.configured;
    return upid("vzmigrate");
  }
  if (what == "status" && method == "GET") return holding(Object{{"status", guest.running ? "running" : "stopped"}});
  if (what == "status") {
    const bool start = parts[5] == "start";
    if (start == guest.running)
      return refusal(500, fmt::format("CT {} {}", vmid, start ? "already running" : "not running"));
    guest.running = start;
    if (start) guest.active = guest.configured;
    return upid(start ? "vzstart" : "vzshutdown");
  }
  if (method == "DELETE") {
    guests.erase(found);
    return upid("vzdestroy");
  }
  return refusal(501, "Method not implemented");
}

HttpResult SmallCluster::content_call(const std::string& method, const std::string& node,
                                      const std::vector<std::string>& parts, const Parameters& parameters) {
  const auto upid = fmt::format("UPID:{}:{:08X}:00000001:68F0A1B2:download::nmx@pve!ci:", node, ++tasks_);
  if (parts[4] == "download-url") {
    files.push_back(fmt::format("{}:vztmpl/{}", parts[3], parameters.at("filename")));
    return holding(upid);
  }
  if (method == "DELETE") {
    const auto volume = parts[5] + "/" + parts[6];
    files.erase(std::remove(files.begin(), files.end(), volume), files.end());
    return holding(upid);
  }
  List entries;
  for (const auto& file : files) entries.emplace_back(Object{{"volid", file}});
  return holding(entries);
}

HttpResult SmallCluster::operator()(const HttpRequest& request) {
  const auto asked_for = line(request);
  const auto query = request.url.find('?');
  const auto parameters = decode(request.method == "GET" || request.method == "DELETE"
                                     ? (query == std::string::npos ? "" : request.url.substr(query + 1))
                                     : request.body);
  const auto parts = split_list(asked_for.substr(asked_for.find(' ') + 1), "/");
  const bool poll =
      asked_for.find("/tasks") != std::string::npos || asked_for.find("/status/current") != std::string::npos;
  if (!poll) asked.push_back(asked_for);
  if (poll && asked_for.find("/tasks/") != std::string::npos)
    return holding(Object{{"status", "stopped"}, {"exitstatus", "OK"}});
  if (asked_for == "POST /access/ticket") return holding(Object{{"ticket", "T"}, {"CSRFPreventionToken", "C"}});
  if (asked_for == "GET /version") return holding(Object{{"version", "9.2.3"}});
  if (asked_for == "GET /access/permissions") return holding(all_rights());
  if (asked_for == "GET /cluster/resources") return answer(resources());
  if (asked_for == "GET /cluster/status")
    return holding(List{Object{{"type", "node"}, {"name", "pve1"}, {"online", 1}, {"ip", "10.0.0.1"}, {"local", 1}},
                        Object{{"type", "node"}, {"name", "pve2"}, {"online", 1}, {"ip", "10.0.0.2"}}});
  if (asked_for == "PUT /pools") {
    auto& guest = guests.at(std::stoi(parameters.at("vms")));
    guest.pool = parameters.count("delete") ? "" : parameters.at("poolid");
    return holding(Null{});
  }
  if (parts.size() < 3) return refusal(501, "Method not implemented");
  const auto& node = parts[1];
  if (parts[2] == "network") return holding(List{Object{{"iface", "vmbr0"}}, Object{{"iface", "vmbr1"}}});
  if (parts[2] == "storage") return content_call(request.method, node, parts, parameters);
  if (parts[2] == "tasks") return holding(List{});
  if (parts[2] != "lxc") return refusal(501, "Method not implemented");
  if (parts.size() > 3) return guest_call(request.method, node, parts, parameters);
  if (request.method == "POST") return create(node, parameters);
  List entries;
  for (const auto& [vmid, guest] : guests) {
    if (guest.node == node)
      entries.emplace_back(Object{{"vmid", vmid}, {"status", guest.running ? "running" : "stopped"}});
  }
  return holding(entries);
}

}  // namespace nmx::test
