#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/update.hpp"

// Copies of containers, and the templates that they can share their volumes with.
namespace nmx::lab::proxmox {
namespace {

using Values = std::map<std::string, std::string>;

void may_clone(const Call& call) {
  call.need("/vms/" + call.text("vmid"), {"VM.Clone"});
  const bool in_pool = call.has("pool") && call.may("/pool/" + call.text("pool"), "VM.Allocate");
  if (!in_pool && !call.may("/vms/" + call.text("newid"), "VM.Allocate")) throw Refused{403, "Permission check failed"};
}
void may_allocate(const Call& call) { call.need("/vms/" + call.text("vmid"), {"VM.Allocate"}); }

bool is_volume_option(const std::string& option) {
  const auto kind = property_kind(option);
  return kind == "rootfs" || kind == "mp";
}

Values parts_of(const std::string& option, const std::string& text) {
  return parse_property_string(property_kind(option), option, text).values;
}

std::string storage_of(const std::string& volume) { return volume.substr(0, volume.find(':')); }

/// What the copy is made of: the guest as it is, or as a snapshot has it.
Options source_options(const Guest& guest, const std::string& snapshot) {
  if (snapshot.empty()) return guest.config.current;
  const auto found = guest.config.snapshots.find(snapshot);
  if (found == guest.config.snapshots.end()) throw Refused{500, fmt::format("snapshot '{}' does not exist", snapshot)};
  return found->second;
}

struct Copy {
  int vmid = 0;
  std::string node, storage, hostname, description, pool;
  bool full = true;
};

void check_place(const Call& call, const Copy& copy, const Guest& guest) {
  const auto& world = call.world;
  if (!copy.storage.empty()) {
    const auto storage = world.storages.find(copy.storage);
    if (storage == world.storages.end()) throw Refused{500, fmt::format("storage '{}' does not exist", copy.storage)};
    if (!storage->second.usable_on(copy.node))
      throw Refused{500, fmt::format("storage '{}' is not available on node '{}'", copy.storage, copy.node)};
    call.need("/storage/" + copy.storage, {"Datastore.AllocateSpace"});
    if (copy.node != guest.node && !storage->second.shared)
      throw Refused{500, fmt::format("can't clone to non-shared storage '{}'", copy.storage)};
  }
  if (!world.nodes.contains(copy.node)) throw Refused{500, fmt::format("no such cluster node '{}'", copy.node)};
}

void check_volumes(const Call& call, const Copy& copy, const Guest& guest, const Options& options) {
  for (const auto& [option, value] : options) {
    if (!is_volume_option(option)) continue;
    const auto volume = parts_of(option, value)["volume"];
    if (volume.empty() || volume.front() == '/') {
      throw Refused{500, fmt::format("unable to clone mountpoint '{}' (type {})", option,
                                     volume.rfind("/dev/", 0) == 0 ? "device" : "bind")};
    }
    const auto storage = call.world.storages.find(storage_of(volume));
    if (storage == call.world.storages.end()) continue;
    if (copy.node != guest.node && !storage->second.shared)
      throw Refused{500, fmt::format("can't clone CT to node '{}' (CT uses local storage)", copy.node)};
    const bool is_base = volume.find("base") != std::string::npos;
    if (!copy.full && (!is_base || !takes_snapshots(storage->second)))
      throw Refused{500, fmt::format("Linked clone feature for '{}' is not available", volume)};
  }
}

/// The configuration of the copy: its own volumes, addresses and name, nothing of the source's history.
Options copied_options(World& world, const Guest& source, const Copy& copy, Options options) {
  for (const auto* dropped : {"lock", "parent", "snaptime", "template", "digest"}) options.erase(dropped);
  std::erase_if(options, [](const auto& one) { return property_kind(one.first) == "unused"; });
  for (auto& [option, value] : options) {
    if (property_kind(option) == "net") {
      auto values = parts_of(option, value);
      values.erase("hwaddr");
      value = complete_network(world, option, print_property_string("net", values));
    }
    if (!is_volume_option(option)) continue;
    auto values = parts_of(option, value);
    const auto* volume = world.volume(values["volume"], source.node);
    if (volume == nullptr)
      throw Refused{500, fmt::format("clone failed: volume '{}' does not exist", values["volume"])};
    const auto storage = copy.storage.empty() ? volume->storage : copy.storage;
    values["volume"] = allocate_volume(world, copy.vmid, copy.node, storage, volume->size);
    value = print_property_string(property_kind(option), values);
  }
  if (!copy.hostname.empty()) options["hostname"] = copy.hostname;
  if (!copy.description.empty()) options["description"] = copy.description + "\n";
  return options;
}

Json clone(Call& call) {
  auto& world = call.world;
  auto& guest = guest_of(call);
  Copy copy{static_cast<int>(call.number("newid")),
            call.text("target", guest.node),
            call.text("storage"),
            call.text("hostname"),
            call.text("description"),
            call.text("pool"),
            call.flag("full", !is_template(guest))};
  if (const auto taken = world.guests.find(copy.vmid); taken != world.guests.end())
    throw Refused{500, fmt::format("CT {} already exists on node '{}'", copy.vmid, taken->second.node)};
  if (!copy.pool.empty() && !world.pools.contains(copy.pool))
    throw Refused{403, fmt::format("Permission check failed (pool '{}' does not exist)", copy.pool)};
  const auto snapshot = call.text("snapname");
  check_place(call, copy, guest);
  refuse_while_locked(guest);
  const auto options = source_options(guest, snapshot);
  if (!copy.full && !copy.storage.empty()) throw Refused{500, "parameter 'storage' not allowed for linked clones"};
  if (copy.full && guest.running && snapshot.empty())
    throw Refused{500, "Full clone of a running container is only possible from a snapshot"};
  check_volumes(call, copy, guest, options);

  Guest made;
  made.node = copy.node;
  made.pool = copy.pool;
  made.ssh_keys = guest.ssh_keys;
  made.config.current["lock"] = "create";
  world.guests[copy.vmid] = made;
  // For as long as it is copied the source belongs to nobody else.
  guest.config.current["lock"] = "disk";

  auto task = guest_task(call, "vzclone", std::chrono::seconds(4));
  task.keeps_file_lock = false;
  task.effect = [&world, copy, options](Task& self) -> std::string {
    const auto source = world.guests.find(self.guest);
    if (source == world.guests.end()) return fmt::format("clone failed: CT {} does not exist", self.guest);
    source->second.config.current.erase("lock");
    try {
      world.guests.at(copy.vmid).config.current = copied_options(world, source->second, copy, options);
    } catch (const Refused& refused) {
      std::erase_if(world.volumes, [&](const auto& one) { return one.second.vmid == copy.vmid; });
      world.guests.erase(copy.vmid);
      return refused.message.rfind("clone failed", 0) == 0 ? refused.message : "clone failed: " + refused.message;
    }
    if (world.observer != nullptr) world.observer->created(view_of(copy.vmid, world.guests.at(copy.vmid)));
    return "OK";
  };
  return world.start_task(std::move(task));
}

/// `vm-100-disk-0` becomes `base-100-disk-0`, `subvol-…` becomes `basevol-…`.
std::string base_name(std::string volume) {
  for (const auto& [from, to] : {std::pair("subvol-", "basevol-"), std::pair("vm-", "base-")}) {
    const auto at = volume.find(from);
    if (at == std::string::npos) continue;
    return volume.replace(at, std::string_view(from).size(), to);
  }
  return volume;
}

/// Starts a task, and says nothing of it.
Json make_template(Call& call) {
  auto& guest = guest_of(call);
  if (!guest.config.snapshots.empty()) throw Refused{500, "unable to create template, because CT contains snapshots"};
  if (is_template(guest)) throw Refused{500, "you can't convert a template to a template"};
  if (guest.running) throw Refused{500, "you can't convert a CT to template if the CT is running"};
  wait_for_lock(call, guest);
  start_guest_task(call, "vztemplate", std::chrono::seconds(2), [](World& world, Guest& made, Task&) -> std::string {
    for (auto& [option, value] : made.config.current) {
      if (!is_volume_option(option)) continue;
      auto values = parts_of(option, value);
      const auto name = base_name(values["volume"]);
      for (const auto& node : {made.node, std::string()}) {
        auto entry = world.volumes.extract({values["volume"], node});
        if (entry.empty()) continue;
        entry.key().first = name;
        world.volumes.insert(std::move(entry));
      }
      values["volume"] = name;
      value = print_property_string(property_kind(option), values);
    }
    made.config.current["template"] = "1";
    return "OK";
  });
  return nullptr;
}

}  // namespace

std::vector<Route> clone_routes() {
  auto copying = guest_parameters();
  copying.add(integer("newid").need().named("pve-vmid"))
      .add(text("snapname").named("pve-configid").up_to(40))
      .add(text("hostname").named("dns-name"))
      .add(text("description"))
      .add(text("pool").named("pve-poolid"))
      .add(text("storage").named("pve-storage-id"))
      .add(boolean("full"))
      .add(text("target").named("pve-node"))
      .add(number("bwlimit").from(0));
  return {
      {"POST", "/nodes/{node}/lxc/{vmid}/clone", copying, may_clone, clone},
      {"POST", "/nodes/{node}/lxc/{vmid}/template", guest_parameters(), may_allocate, make_template},
  };
}

}  // namespace nmx::lab::proxmox
