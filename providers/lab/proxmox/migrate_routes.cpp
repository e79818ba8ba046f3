#include <fmt/core.h>

#include <set>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"

// Moving a container to another node.
namespace nmx::lab::proxmox {
namespace {

void may_migrate(const Call& call) { call.need("/vms/" + call.text("vmid"), {"VM.Migrate"}); }

/// The storages that hold what must come along.
std::set<std::string> local_storages(const World& world, int vmid, const Guest& guest) {
  std::set<std::string> names;
  for (const auto& [key, volume] : world.volumes) {
    if (volume.vmid == vmid && key.second == guest.node) names.insert(volume.storage);
  }
  return names;
}

Json where_to(Call& call) {
  const auto& guest = guest_of(call);
  auto allowed = Json::array();
  auto refused = Json::object();
  const auto needed = local_storages(call.world, static_cast<int>(call.number("vmid")), guest);
  for (const auto& [name, node] : call.world.nodes) {
    if (name == guest.node || !node.online) continue;
    auto missing = Json::array();
    for (const auto& storage : needed) {
      if (!call.world.storages.at(storage).usable_on(name)) missing.push_back(storage);
    }
    if (missing.empty()) {
      allowed.push_back(name);
    } else {
      refused[name] = {{"unavailable_storages", std::move(missing)}};
    }
  }
  return {{"running", guest.running ? 1 : 0}, {"allowed-nodes", allowed}, {"not-allowed-nodes", refused}};
}

/// Takes the volumes along that are not shared.
void carry_volumes(World& world, int vmid, const std::string& from, const std::string& to) {
  std::vector<std::pair<std::string, std::string>> local;
  for (const auto& [key, volume] : world.volumes) {
    if (volume.vmid == vmid && key.second == from && volume.content != "backup") local.push_back(key);
  }
  for (const auto& key : local) {
    auto entry = world.volumes.extract(key);
    entry.key().second = to;
    entry.mapped().node = to;
    world.volumes.insert(std::move(entry));
  }
}

/// A running one is stopped, moved and started again, if the caller says so.
Json migrate(Call& call) {
  auto& guest = guest_of(call);
  const auto target = call.text("target");
  if (target == guest.node) throw bad_parameter("target", "target is local node.");
  const auto node = call.world.nodes.find(target);
  if (node == call.world.nodes.end()) throw Refused{500, fmt::format("no such cluster node '{}'", target)};
  if (!node->second.online) throw Refused{500, fmt::format("node '{}' is not online", target)};
  refuse_while_locked(guest);
  if (guest.running && !call.flag("restart")) {
    throw Refused{500, call.flag("online") ? "lxc live migration is currently not implemented"
                                           : "can't migrate running container without --online or --restart"};
  }
  return start_guest_task(
      call, "vzmigrate", std::chrono::seconds(2), [target](World& world, Guest& moved, Task& task) -> std::string {
        for (const auto& storage : local_storages(world, task.guest, moved)) {
          if (!world.storages.at(storage).usable_on(target)) {
            return fmt::format("migration aborted (duration 00:00:00): storage '{}' is not available on node '{}'",
                               storage, target);
          }
        }
        const bool runs = moved.running;
        task.log.push_back(fmt::format("starting migration of CT {} to node '{}'", task.guest, target));
        if (runs) stop_guest(world, task.guest);
        carry_volumes(world, task.guest, moved.node, target);
        moved.node = target;
        task.log.push_back("migration finished successfully (duration 00:00:02)");
        return runs ? start_guest(world, task.guest, task) : "OK";
      });
}

}  // namespace

std::vector<Route> migrate_routes() {
  auto migration = guest_parameters();
  migration.add(text("target").need().named("pve-node"))
      .add(text("target-storage").named("storage-pair-list"))
      .add(boolean("online"))
      .add(boolean("restart"))
      .add(integer("timeout"))
      .add(number("bwlimit").from(0));
  auto question = guest_parameters();
  question.add(text("target").named("pve-node"));
  return {
      {"GET", "/nodes/{node}/lxc/{vmid}/migrate", question, may_migrate, where_to},
      {"POST", "/nodes/{node}/lxc/{vmid}/migrate", migration, may_migrate, migrate},
  };
}

}  // namespace nmx::lab::proxmox
