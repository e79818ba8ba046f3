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

/// What a storage says of a volume that its guest's configuration names and that is not there; nothing: it goes on.
std::optional<std::string> complaint_of(const Storage& storage, const std::string& volume) {
  const auto name = volume.substr(volume.find(':') + 1);
  if (storage.type == "btrfs") {
    const auto path = storage.options.contains("path") ? storage.options.at("path") : "/mnt/pve/btrfs";
    return fmt::format(
        "command 'btrfs subvolume delete -- {}/images/{}' failed: ERROR: Could not statfs: No such file or directory",
        path, name);
  }
  if (storage.type == "lvmthin" || storage.type == "lvm")
    return fmt::format("lvremove 'pve/{}' error:   Failed to find logical volume \"pve/{}\"", name, name);
  return std::nullopt;
}

/// Frees what the configuration names; a volume of another guest stays.
std::optional<std::string> free_volumes(World& world, int vmid, const Guest& guest) {
  for (const auto& [option, value] : guest.config.current) {
    const auto kind = property_kind(option);
    if (kind != "rootfs" && kind != "mp" && kind != "unused") continue;
    const auto volume = parse_property_string(kind, option, value).values["volume"];
    const auto storage = world.storages.find(volume.substr(0, volume.find(':')));
    if (volume.empty() || volume.front() == '/' || storage == world.storages.end()) continue;
    const auto* known = world.volume(volume, guest.node);
    if (known == nullptr) {
      if (auto complaint = complaint_of(storage->second, volume)) return complaint;
    } else if (known->vmid == vmid) {
      world.free_volume(volume, guest.node);
    }
  }
  return std::nullopt;
}

Json destroy(Call& call) {
  auto& guest = guest_of(call);
  const auto vmid = static_cast<int>(call.number("vmid"));
  const auto protection = guest.config.current.find("protection");
  if (protection != guest.config.current.end() && protection->second == "1") {
    throw Refused{500, fmt::format("can't remove CT {} - protection mode enabled", vmid)};
  }
  const bool purge = call.flag("purge");
  if (!purge && is_ha_managed(call.world, vmid)) {
    throw Refused{500, fmt::format("unable to remove CT {} - used in HA resources and purge parameter not set.", vmid)};
  }
  const bool force = call.flag("force");
  if (guest.running && !force) {
    throw Refused{500, fmt::format("unable to destroy CT {} - container is running", vmid)};
  }
  refuse_while_locked(guest);
  const bool all = call.flag("destroy-unreferenced-disks");
  return start_guest_task(
      call, "vzdestroy", std::chrono::seconds(2),
      [purge, force, all](World& world, Guest& gone, Task& task) -> std::string {
        if (gone.running && !force) return fmt::format("unable to destroy CT {} - container is running", task.guest);
        if (gone.running) {
          task.log.push_back(fmt::format("forced to stop CT {} before destroying!", task.guest));
          stop_guest(world, task.guest);
        }
        if (auto complaint = free_volumes(world, task.guest, gone)) return *complaint;
        if (all) {
          std::erase_if(world.volumes, [&](const auto& one) {
            return one.second.vmid == task.guest && one.second.content != "backup";
          });
        }
        if (purge) task.log.push_back(fmt::format("purging CT {} from related configurations..", task.guest));
        forget_guest(world, task.guest, purge ? Forget::everywhere : Forget::rights);
        return "OK";
      });
}

/// The lab runs containers; clients that list both find the other list empty.
Json no_virtual_machines(Call&) { return Json::array(); }

}  // namespace

std::vector<Route> container_routes() {
  auto config_parameters = guest_parameters();
  config_parameters.add(boolean("current")).add(text("snapshot").named("pve-configid").up_to(40));
  auto change = container_options();
  change.add(guest_parameters())
      .add(text("delete").named("pve-configid-list"))
      .add(text("revert").named("pve-configid-list"))
      .add(text("digest").up_to(40));
  auto removal = guest_parameters();
  removal.add(boolean("force")).add(boolean("purge")).add(boolean("destroy-unreferenced-disks"));
  return {
      {"GET", "/nodes/{node}/lxc", ParameterSet{{text("node").need().named("pve-node")}, {}}, nullptr, list},
      {"POST", "/nodes/{node}/lxc", creation_options(), nullptr, create_container},
      {"GET", "/nodes/{node}/qemu", ParameterSet{{text("node").need().named("pve-node"), boolean("full")}, {}}, nullptr,
       no_virtual_machines},
      {"GET", "/nodes/{node}/lxc/{vmid}/config", config_parameters, audit, config},
      {"PUT", "/nodes/{node}/lxc/{vmid}/config", change, may_configure, configure},
      {"GET", "/nodes/{node}/lxc/{vmid}/pending", guest_parameters(), audit, pending},
      {"DELETE", "/nodes/{node}/lxc/{vmid}", removal, allocate, destroy},
  };
}

}  // namespace nmx::lab::proxmox
