#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/update.hpp"

namespace nmx::lab::proxmox {
namespace {

std::string guest_path(const Call& call) { return "/vms/" + call.text("vmid"); }

void audit(const Call& call) { call.need(guest_path(call), {"VM.Audit"}); }
void allocate(const Call& call) { call.need(guest_path(call), {"VM.Allocate"}); }
void may_configure(const Call& call) {
  call.need_any(guest_path(call),
                {"VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options"});
}
void may_migrate(const Call& call) { call.need(guest_path(call), {"VM.Migrate"}); }
void may_resize(const Call& call) { call.need(guest_path(call), {"VM.Config.Disk"}); }

void refuse_while_locked(const Guest& guest) {
  const auto lock = guest.config.current.find("lock");
  if (lock != guest.config.current.end()) throw Refused{500, fmt::format("CT is locked ({})", lock->second)};
}

/// Changes wait for a task that works on the same guest.
void wait_for_lock(const Call& call, const Guest& guest) {
  refuse_while_locked(guest);
  const auto vmid = static_cast<int>(call.number("vmid"));
  if (call.world.locked(vmid)) {
    throw MustWait{fmt::format("can't lock file '/run/lock/lxc/pve-config-{}.lock' - got timeout", vmid)};
  }
}

void check_digest(const Call& call, const Guest& guest) {
  const auto digest = call.text("digest");
  if (digest.empty() || digest == digest_of(guest.config)) return;
  throw Refused{500, "detected modified configuration - file changed by other user? Try again."};
}

Json list(Call& call) {
  auto entries = Json::array();
  for (const auto& [vmid, guest] : call.world.guests) {
    if (guest.node != call.text("node") || !call.may(fmt::format("/vms/{}", vmid), "VM.Audit")) continue;
    const auto& options = guest.config.current;
    Json entry{{"vmid", vmid}, {"status", guest.running ? "running" : "stopped"}, {"type", "lxc"}};
    for (const auto& [option, shown] :
         {std::pair("hostname", "name"), std::pair("tags", "tags"), std::pair("lock", "lock")}) {
      const auto found = options.find(option);
      if (found != options.end()) entry[shown] = found->second;
    }
    const auto memory = options.find("memory");
    entry["maxmem"] = memory == options.end() ? 0 : std::stoll(memory->second) << 20;
    const auto cores = options.find("cores");
    entry["cpus"] = cores == options.end() ? 16 : std::stoi(cores->second);
    entry["uptime"] = guest.running ? call.world.clock.unix_seconds() - guest.started : 0;
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json config(Call& call) {
  const auto& guest = guest_of(call);
  const auto snapshot = call.text("snapshot");
  if (!snapshot.empty() && call.has("current")) {
    const std::string both = "cannot use 'snapshot' parameter with 'current'";
    throw Refused{400, "Parameter verification failed.", {{"current", both}, {"snapshot", both}}};
  }
  auto options = guest.config.current;
  if (!snapshot.empty()) {
    const auto found = guest.config.snapshots.find(snapshot);
    if (found == guest.config.snapshots.end())
      throw Refused{500, fmt::format("snapshot '{}' does not exist", snapshot)};
    options = found->second;
  } else if (!call.flag("current")) {
    for (const auto& [name, value] : guest.config.pending) options[name] = value;
    for (const auto& [name, forced] : guest.config.pending_delete) {
      // The overlay tests the value's truth, so a zero stays visible.
      const auto found = options.find(name);
      if (found != options.end() && found->second != "0") options.erase(found);
    }
  }
  auto shown = show_options(options);
  shown["digest"] = digest_of(guest.config);
  return shown;
}

Json pending(Call& call) {
  const auto& guest = guest_of(call);
  auto entries = Json::array();
  const auto current = show_options(guest.config.current);
  const auto waiting = show_options(guest.config.pending);
  for (const auto& [name, value] : current.items()) {
    Json entry{{"key", name}, {"value", value}};
    if (waiting.contains(name)) entry["pending"] = waiting[name];
    const auto gone = guest.config.pending_delete.find(name);
    if (gone != guest.config.pending_delete.end()) entry["delete"] = gone->second ? 2 : 1;
    entries.push_back(std::move(entry));
  }
  for (const auto& [name, value] : waiting.items()) {
    if (!current.contains(name)) entries.push_back({{"key", name}, {"pending", value}});
  }
  entries.push_back({{"key", "digest"}, {"value", digest_of(guest.config)}});
  return entries;
}

Json configure(Call& call) {
  auto& guest = guest_of(call);
  Update update;
  update.remove = split_list(call.text("delete"));
  update.revert = split_list(call.text("revert"));
  for (const auto& [name, value] : call.params.items()) {
    if (name == "node" || name == "vmid" || name == "digest" || name == "delete" || name == "revert") continue;
    update.set[name] = value;
  }
  if (update.set.empty() && update.remove.empty() && update.revert.empty()) throw Refused{500, "no options specified"};
  for (const auto& name : update.remove) {
    if (update.set.contains(name)) {
      throw Refused{400,
                    "Parameter verification failed.",
                    {{"delete", fmt::format("you can't use '-{}' and -delete {}' at the same time", name, name)}}};
    }
    if (container_options().find(name) == nullptr) {
      throw Refused{400, "Parameter verification failed.", {{"delete", fmt::format("unknown option '{}'", name)}}};
    }
  }
  const auto unprivileged = guest.config.current.find("unprivileged");
  check_option_rights(call, static_cast<int>(call.number("vmid")), update.set, update.remove, &guest.config.current,
                      unprivileged != guest.config.current.end() && unprivileged->second == "1");
  wait_for_lock(call, guest);
  check_digest(call, guest);
  update_config(call.world, static_cast<int>(call.number("vmid")), std::move(update));
  return nullptr;
}

std::string task_of(Call& call, std::string type, std::chrono::milliseconds duration,
                    std::function<std::string(Task&)> effect) {
  Task task;
  task.node = call.text("node");
  task.type = std::move(type);
  task.id = call.text("vmid");
  task.user = call.caller.name();
  task.guest = static_cast<int>(call.number("vmid"));
  task.duration = duration;
  task.effect = std::move(effect);
  return call.world.start_task(std::move(task));
}

/// The size that a resize asks for.
std::int64_t wanted_size(const std::string& text, std::int64_t now) {
  const bool adds = !text.empty() && text.front() == '+';
  const auto size = parse_size(adds ? text.substr(1) : text).value_or(0);
  return adds ? now + size : size;
}

Json resize(Call& call) {
  auto& guest = guest_of(call);
  // The server passes the parameter's name on as if it were an option.
  call.need(guest_path(call), {"VM.Config.Options"});
  wait_for_lock(call, guest);
  check_digest(call, guest);
  const auto disk = call.text("disk");
  const auto option = guest.config.current.find(disk);
  if (option == guest.config.current.end()) {
    const std::string missing = "property is missing and it is not optional";
    throw Refused{500, "format error", {{"mp", missing}, {"volume", missing}}};
  }
  const auto parsed = parse_property_string(property_kind(disk), disk, option->second).values;
  const auto& volume = parsed.at("volume");
  const auto* known = call.world.volume(volume, guest.node);
  const auto now =
      known != nullptr ? known->size : parse_size(parsed.contains("size") ? parsed.at("size") : "0").value_or(0);
  const auto wanted = wanted_size(call.text("size"), now);
  if (wanted < now) throw Refused{500, "unable to shrink disk size"};
  if (wanted == now) throw Refused{500, "disk is already at specified size"};
  const auto vmid = static_cast<int>(call.number("vmid"));
  return task_of(call, "resize", std::chrono::seconds(1),
                 [&world = call.world, vmid, disk, volume, wanted](Task& task) -> std::string {
                   const auto found = world.guests.find(vmid);
                   if (found == world.guests.end()) return fmt::format("CT {} does not exist", vmid);
                   auto& text = found->second.config.current[disk];
                   auto values = parse_property_string(property_kind(disk), disk, text).values;
                   values["size"] = format_size(wanted);
                   text = print_property_string(property_kind(disk), values);
                   if (auto* resized = world.volume(volume, found->second.node)) resized->size = wanted;
                   task.log.push_back(fmt::format("Resized {} to {}", disk, format_size(wanted)));
                   return "OK";
                 });
}

/// The first `unusedN` that is free.
std::string unused_option(const Guest& guest) {
  int number = 0;
  while (guest.config.current.contains(fmt::format("unused{}", number))) ++number;
  return fmt::format("unused{}", number);
}

/// Copies a volume to another storage; `delete` frees the old one.
Json move_volume(Call& call) {
  auto& guest = guest_of(call);
  const auto target = call.text("storage");
  if (target.empty()) {
    const std::string missing = "both 'storage' and 'target-vmid' missing, either needs to be set";
    throw Refused{400, "Parameter verification failed.", {{"storage", missing}, {"target-vmid", missing}}};
  }
  wait_for_lock(call, guest);
  check_digest(call, guest);
  const auto disk = call.text("volume");
  if (!guest.config.current.contains(disk)) {
    const std::string missing = "property is missing and it is not optional";
    throw Refused{500, "format error", {{"mp", missing}, {"volume", missing}}};
  }
  const auto vmid = static_cast<int>(call.number("vmid"));
  const bool frees = call.flag("delete");
  return task_of(call, "move_volume", std::chrono::seconds(2),
                 [&world = call.world, vmid, disk, target, frees](Task&) -> std::string {
                   const auto found = world.guests.find(vmid);
                   if (found == world.guests.end()) return fmt::format("CT {} does not exist", vmid);
                   auto& moved = found->second;
                   const auto storage = world.storages.find(target);
                   if (storage == world.storages.end()) return fmt::format("storage '{}' does not exist", target);
                   if (!storage->second.content.contains("rootdir")) {
                     return fmt::format("content type 'rootdir' is not available or configured on storage '{}'",
                                        target);
                   }
                   if (moved.running) return "cannot move volumes of a running container";
                   auto& text = moved.config.current[disk];
                   auto values = parse_property_string(property_kind(disk), disk, text).values;
                   const auto source = values["volume"];
                   const auto* volume = world.volume(source, moved.node);
                   if (volume == nullptr) return fmt::format("volume '{}' does not exist", source);
                   values["volume"] = allocate_volume(world, vmid, moved.node, target, volume->size);
                   text = print_property_string(property_kind(disk), values);
                   if (frees) {
                     world.free_volume(source, moved.node);
                   } else {
                     moved.config.current[unused_option(moved)] = source;
                   }
                   return "OK";
                 });
}

/// Moves a container to another node: a running one is restarted there, if the caller says so.
Json migrate(Call& call) {
  auto& guest = guest_of(call);
  const auto target = call.text("target");
  if (target == guest.node) throw Refused{400, "Parameter verification failed.", {{"target", "target is local node."}}};
  const auto node = call.world.nodes.find(target);
  if (node == call.world.nodes.end()) throw Refused{500, fmt::format("no such cluster node '{}'", target)};
  refuse_while_locked(guest);
  if (guest.running && !call.flag("restart") && !call.flag("online"))
    throw Refused{500, "lxc live migration is currently not implemented"};
  const auto vmid = static_cast<int>(call.number("vmid"));
  return task_of(call, "vzmigrate", std::chrono::seconds(2), [&world = call.world, vmid, target](Task&) -> std::string {
    const auto found = world.guests.find(vmid);
    if (found == world.guests.end()) return fmt::format("CT {} does not exist", vmid);
    auto& moved = found->second;
    std::vector<std::pair<std::string, std::string>> local;
    for (const auto& [key, volume] : world.volumes) {
      if (volume.vmid == vmid && key.second == moved.node) local.push_back(key);
    }
    for (const auto& key : local) {
      auto entry = world.volumes.extract(key);
      entry.key().second = target;
      entry.mapped().node = target;
      world.volumes.insert(std::move(entry));
    }
    moved.node = target;
    return "OK";
  });
}

Json destroy(Call& call) {
  auto& guest = guest_of(call);
  const auto vmid = static_cast<int>(call.number("vmid"));
  const auto protection = guest.config.current.find("protection");
  if (protection != guest.config.current.end() && protection->second == "1") {
    throw Refused{500, fmt::format("can't remove CT {} - protection mode enabled", vmid)};
  }
  refuse_while_locked(guest);
  if (guest.running && !call.flag("force")) {
    throw Refused{500, fmt::format("unable to destroy CT {} - container is running", vmid)};
  }
  return task_of(call, "vzdestroy", std::chrono::seconds(2), [&world = call.world, vmid](Task& task) -> std::string {
    const auto found = world.guests.find(vmid);
    if (found == world.guests.end()) return fmt::format("CT {} does not exist", vmid);
    if (world.observer != nullptr) {
      if (found->second.running) world.observer->stopped(vmid);
      world.observer->destroyed(vmid);
    }
    std::erase_if(world.volumes, [&](const auto& one) { return one.second.vmid == vmid; });
    world.guests.erase(found);
    task.log.push_back(fmt::format("purged CT {} from the configuration", vmid));
    return "OK";
  });
}

/// What lies below a path.
Json folders(std::initializer_list<const char*> names) {
  auto list = Json::array();
  for (const auto* name : names) list.push_back({{"subdir", name}});
  return list;
}
Json parts(Call&) { return folders({"config", "pending", "status", "snapshot", "firewall", "resize"}); }
Json states(Call&) { return folders({"current", "start", "stop", "shutdown", "reboot", "suspend", "resume"}); }

ParameterSet named() {
  return ParameterSet{{text("node").need().named("pve-node"), integer("vmid").need().named("pve-vmid")}, {}};
}

std::vector<std::string> disks() {
  std::vector<std::string> names{"rootfs"};
  for (int number = 0; number < 256; ++number) names.push_back(fmt::format("mp{}", number));
  return names;
}

}  // namespace

std::vector<Route> container_routes() {
  auto config_parameters = named();
  config_parameters.add(boolean("current")).add(text("snapshot").named("pve-configid").up_to(40));
  auto change = container_options();
  change.add(named())
      .add(text("delete").named("pve-configid-list"))
      .add(text("revert").named("pve-configid-list"))
      .add(text("digest").up_to(40));
  auto size = named();
  size.add(text("disk").need().one_of(disks()))
      .add(text("size").need().like(R"(\+?\d+(\.\d+)?[KMGT]?)"))
      .add(text("digest").up_to(40));
  auto move = named();
  move.add(text("volume").need().one_of(disks()))
      .add(text("storage").named("pve-storage-id"))
      .add(boolean("delete"))
      .add(text("digest").up_to(40));
  auto migration = named();
  migration.add(text("target").need().named("pve-node"))
      .add(text("target-storage").named("storage-pair-list"))
      .add(boolean("online"))
      .add(boolean("restart"))
      .add(integer("timeout"))
      .add(number("bwlimit").from(0));
  auto removal = named();
  removal.add(boolean("force")).add(boolean("purge")).add(boolean("destroy-unreferenced-disks"));
  return {
      {"GET", "/nodes/{node}/lxc", ParameterSet{{text("node").need().named("pve-node")}, {}}, nullptr, list},
      {"POST", "/nodes/{node}/lxc", creation_options(), nullptr, create_container},
      {"GET", "/nodes/{node}/lxc/{vmid}", named(), nullptr, parts},
      {"GET", "/nodes/{node}/lxc/{vmid}/status", named(), nullptr, states},
      {"GET", "/nodes/{node}/lxc/{vmid}/config", config_parameters, audit, config},
      {"PUT", "/nodes/{node}/lxc/{vmid}/config", change, may_configure, configure},
      {"GET", "/nodes/{node}/lxc/{vmid}/pending", named(), audit, pending},
      {"PUT", "/nodes/{node}/lxc/{vmid}/resize", size, may_resize, resize},
      {"POST", "/nodes/{node}/lxc/{vmid}/move_volume", move, may_resize, move_volume},
      {"POST", "/nodes/{node}/lxc/{vmid}/migrate", migration, may_migrate, migrate},
      {"DELETE", "/nodes/{node}/lxc/{vmid}", removal, allocate, destroy},
  };
}

}  // namespace nmx::lab::proxmox
