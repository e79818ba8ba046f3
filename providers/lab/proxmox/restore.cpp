#include <fmt/core.h>

#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/update.hpp"

// A container from an archive of one.
namespace nmx::lab::proxmox {
namespace {

bool is_volume_option(const std::string& option) {
  const auto kind = property_kind(option);
  return kind == "rootfs" || kind == "mp";
}

/// What the archive says, and over it what the request says.
Options wanted_options(const Call& call, const Volume& archive) {
  static const std::set<std::string> not_kept{"node",
                                              "vmid",
                                              "ostemplate",
                                              "storage",
                                              "password",
                                              "restore",
                                              "start",
                                              "pool",
                                              "ssh-public-keys",
                                              "force",
                                              "unique",
                                              "bwlimit",
                                              "ha-managed",
                                              "ignore-unpack-errors"};
  auto options = read_config(archive.archive).current;
  for (const auto* dropped : {"lock", "parent", "template"}) options.erase(dropped);
  std::erase_if(options, [](const auto& one) { return property_kind(one.first) == "unused"; });
  for (const auto& [name, value] : call.params.items()) {
    if (!not_kept.contains(name) && !value.is_null()) options[name] = call.text(name.c_str());
  }
  for (auto& [option, value] : options) {
    if (!is_volume_option(option) || call.has(option.c_str())) continue;
    auto parts = parse_property_string(property_kind(option), option, value).values;
    const auto& volume = parts["volume"];
    if (volume.empty() || volume.front() == '/') continue;
    const auto size = parse_size(parts.contains("size") ? parts.at("size") : "4G").value_or(0);
    const auto storage = call.text("storage", volume.substr(0, volume.find(':')));
    parts["volume"] = fmt::format("{}:{:.6f}", storage, static_cast<double>(size) / static_cast<double>(1 << 30));
    parts.erase("size");
    value = print_property_string(property_kind(option), parts);
  }
  return options;
}

}  // namespace

Json restore_container(Call& call) {
  auto& world = call.world;
  const auto vmid = static_cast<int>(call.number("vmid"));
  const auto id = call.text("ostemplate");
  const auto found = world.guests.find(vmid);
  if (found != world.guests.end()) {
    if (!call.flag("force"))
      throw Refused{500, fmt::format("CT {} already exists on node '{}'", vmid, found->second.node)};
    refuse_while_locked(found->second);
    if (found->second.running) throw Refused{500, fmt::format("unable to restore CT {} - CT is running", vmid)};
  }
  call.need(fmt::format("/vms/{}", vmid), {found == world.guests.end() ? "VM.Allocate" : "VM.Backup"});
  const auto* archive = world.volume(id, call.text("node"));
  if (archive != nullptr && archive->content != "backup")
    throw Refused{500, fmt::format("unable to use volume {} - content type needs to be 'backup'", id)};
  auto options = archive == nullptr ? Options{} : wanted_options(call, *archive);
  auto guest = found == world.guests.end() ? Guest{} : found->second;
  guest.node = call.text("node");
  if (call.has("pool")) guest.pool = call.text("pool");
  guest.config.current["lock"] = "create";
  world.guests[vmid] = guest;

  auto task = guest_task(call, "vzrestore", std::chrono::seconds(4));
  const bool start = call.flag("start");
  const bool unique = call.flag("unique");
  task.effect = [&world, vmid, id, options, start, unique](Task& self) mutable -> std::string {
    auto& made = world.guests.at(vmid);
    try {
      if (world.volume(id, made.node) == nullptr)
        throw Refused{500, fmt::format("unable to restore CT {} - volume '{}' does not exist", vmid, id)};
      std::erase_if(world.volumes,
                    [&](const auto& one) { return one.second.vmid == vmid && one.second.content != "backup"; });
      for (auto& [option, value] : options) {
        if (is_volume_option(option)) value = place_volume(world, vmid, made.node, option, value);
        if (property_kind(option) != "net") continue;
        auto parts = parse_property_string("net", option, value).values;
        if (unique) parts.erase("hwaddr");
        value = complete_network(world, option, print_property_string("net", parts));
      }
    } catch (const Refused& refused) {
      world.guests.erase(vmid);
      return refused.message;
    }
    made.config = {};
    made.config.current = options;
    self.log.push_back(fmt::format("restoring '{}' now..", id));
    if (world.observer != nullptr) world.observer->created(view_of(vmid, made));
    return start ? start_guest(world, vmid, self) : "OK";
  };
  return world.start_task(std::move(task));
}

}  // namespace nmx::lab::proxmox
