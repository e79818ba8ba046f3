#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/update.hpp"

// A container's volumes: made larger, put elsewhere, handed to another container.
namespace nmx::lab::proxmox {
namespace {

using Values = std::map<std::string, std::string>;

std::string guest_path(const Call& call) { return "/vms/" + call.text("vmid"); }
void may_change_disks(const Call& call) { call.need(guest_path(call), {"VM.Config.Disk"}); }

Values parts_of(const std::string& option, const std::string& text) {
  return parse_property_string(property_kind(option), option, text).values;
}

/// The option of the guest that holds the volume, taken apart.
Values volume_of(const Guest& guest, const std::string& option) {
  const auto found = guest.config.current.find(option);
  if (found == guest.config.current.end()) {
    const std::string missing = "property is missing and it is not optional";
    throw Refused{500, "format error", {{"mp", missing}, {"volume", missing}}};
  }
  return parts_of(option, found->second);
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
  const auto parsed = volume_of(guest, disk);
  const auto& volume = parsed.at("volume");
  const auto* known = call.world.volume(volume, guest.node);
  if (known != nullptr && known->vmid != call.number("vmid")) {
    throw Refused{500, fmt::format("can't resize mount point owned by another container ({})", known->vmid)};
  }
  const auto now =
      known != nullptr ? known->size : parse_size(parsed.contains("size") ? parsed.at("size") : "0").value_or(0);
  const auto wanted = wanted_size(call.text("size"), now);
  if (wanted < now) throw Refused{500, "unable to shrink disk size"};
  if (wanted == now) throw Refused{500, "disk is already at specified size"};
  return start_guest_task(call, "resize", std::chrono::seconds(1),
                          [disk, volume, wanted](World& world, Guest& grown, Task& task) -> std::string {
                            auto& text = grown.config.current[disk];
                            auto values = parts_of(disk, text);
                            values["size"] = format_size(wanted);
                            text = print_property_string(property_kind(disk), values);
                            if (auto* resized = world.volume(volume, grown.node)) resized->size = wanted;
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

std::string copy_volume(World& world, Guest& moved, Task& task, const std::string& disk, const std::string& target,
                        bool frees) {
  const auto storage = world.storages.find(target);
  if (storage == world.storages.end()) return fmt::format("storage '{}' does not exist", target);
  if (!storage->second.content.contains("rootdir"))
    return fmt::format("content type 'rootdir' is not available or configured on storage '{}'", target);
  if (moved.running) return "cannot move volumes of a running container";
  auto& text = moved.config.current[disk];
  auto values = parts_of(disk, text);
  const auto source = values["volume"];
  const auto* volume = world.volume(source, moved.node);
  if (volume == nullptr) return fmt::format("volume '{}' does not exist", source);
  values["volume"] = allocate_volume(world, task.guest, moved.node, target, volume->size);
  text = print_property_string(property_kind(disk), values);
  if (frees) {
    world.free_volume(source, moved.node);
  } else {
    moved.config.current[unused_option(moved)] = source;
  }
  return "OK";
}

/// The container that a volume is handed to, and the option it gets there.
struct Heir {
  int vmid = 0;
  std::string option;
};

Heir heir_of(const Call& call, const Guest& guest, const std::string& disk) {
  const Heir heir{static_cast<int>(call.number("target-vmid")), call.text("target-volume", disk)};
  if (disk == "rootfs" || heir.option == "rootfs") throw Refused{500, "Cannot move to/from 'rootfs'"};
  if (heir.vmid == call.number("vmid")) {
    throw bad_parameter("target-vmid", "must be different than source VMID to move disk to another container");
  }
  call.need(fmt::format("/vms/{}", heir.vmid), {"VM.Config.Disk"});
  const auto found = call.world.guests.find(heir.vmid);
  if (found == call.world.guests.end() || found->second.node != guest.node)
    throw Refused{500, "Both containers need to be on the same node"};
  refuse_while_locked(found->second);
  if (found->second.config.current.contains(heir.option)) {
    throw Refused{500,
                  fmt::format("Target volume key '{}' is already in use for container '{}'", heir.option, heir.vmid)};
  }
  if (guest.running) throw Refused{500, "cannot move volumes of a running container"};
  return heir;
}

/// The volume gets the name that its new owner's volumes have.
std::string hand_over(World& world, Guest& guest, const std::string& disk, const Heir& heir) {
  const auto found = world.guests.find(heir.vmid);
  if (found == world.guests.end()) return fmt::format("CT {} does not exist", heir.vmid);
  auto values = parts_of(disk, guest.config.current[disk]);
  const auto source = values["volume"];
  const auto* volume = world.volume(source, guest.node);
  if (volume == nullptr) return fmt::format("volume '{}' does not exist", source);
  const auto size = volume->size;
  const auto storage = volume->storage;
  world.free_volume(source, guest.node);
  values["volume"] = allocate_volume(world, heir.vmid, guest.node, storage, size);
  found->second.config.current[heir.option] = print_property_string(property_kind(heir.option), values);
  guest.config.current.erase(disk);
  return "OK";
}

Json move_volume(Call& call) {
  auto& guest = guest_of(call);
  const auto target = call.text("storage");
  const auto disk = call.text("volume");
  if (call.has("storage") && call.has("target-vmid"))
    throw Refused{500, "either set storage or target-vmid, but not both"};
  if (!call.has("storage") && !call.has("target-vmid")) {
    const std::string missing = "both 'storage' and 'target-vmid' missing, either needs to be set";
    throw Refused{400, "Parameter verification failed.", {{"storage", missing}, {"target-vmid", missing}}};
  }
  wait_for_lock(call, guest);
  check_digest(call, guest);
  const auto two_seconds = std::chrono::seconds(2);
  if (call.has("target-vmid")) {
    const auto heir = heir_of(call, guest, disk);
    volume_of(guest, disk);
    return start_guest_task(call, "move_volume", two_seconds, [disk, heir](World& world, Guest& moved, Task&) {
      return hand_over(world, moved, disk, heir);
    });
  }
  volume_of(guest, disk);
  const bool frees = call.flag("delete");
  if (frees && !guest.config.snapshots.empty())
    throw Refused{500, "you can't move a volume with snapshots and delete the source"};
  return start_guest_task(call, "move_volume", two_seconds,
                          [disk, target, frees](World& world, Guest& moved, Task& task) {
                            return copy_volume(world, moved, task, disk, target, frees);
                          });
}

}  // namespace

std::vector<Route> disk_routes() {
  auto size = guest_parameters();
  size.add(text("disk").need().one_of(volume_options()))
      .add(text("size").need().like(R"(\+?\d+(\.\d+)?[KMGT]?)"))
      .add(text("digest").up_to(40));
  auto movable = volume_options();
  for (int number = 0; number < 256; ++number) movable.push_back(fmt::format("unused{}", number));
  auto move = guest_parameters();
  move.add(text("volume").need().one_of(movable))
      .add(text("storage").named("pve-storage-id"))
      .add(integer("target-vmid").named("pve-vmid"))
      .add(text("target-volume").one_of(movable))
      .add(boolean("delete"))
      .add(number("bwlimit").from(0))
      .add(text("digest").up_to(40))
      .add(text("target-digest").up_to(40));
  return {
      {"PUT", "/nodes/{node}/lxc/{vmid}/resize", size, may_change_disks, resize},
      {"POST", "/nodes/{node}/lxc/{vmid}/move_volume", move, may_change_disks, move_volume},
  };
}

}  // namespace nmx::lab::proxmox
