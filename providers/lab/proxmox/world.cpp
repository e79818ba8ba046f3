#include "providers/lab/proxmox/world.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {

std::string Task::upid() const {
  return fmt::format("UPID:{}:{:08X}:{:08X}:{:08X}:{}:{}:{}:", node, pid, pstart, starttime, type, id, user);
}

bool Storage::usable_on(const std::string& node) const {
  if (!enabled()) return false;
  const auto limited = options.find("nodes");
  if (limited == options.end()) return true;
  const auto names = split_list(limited->second);
  return std::find(names.begin(), names.end(), node) != names.end();
}

std::int64_t Volume::written(const Storage& where) const {
  // A container's files and a file system's own: no more is ever written in the lab.
  constexpr std::int64_t usual = std::int64_t{400} << 20;
  const bool guests_own = vmid != 0 && content != "backup";
  return guests_own && where.thin() ? std::min(size, usual) : size;
}

bool takes_snapshots(const Storage& storage) {
  static const std::set<std::string> types{"btrfs", "lvmthin", "zfspool", "rbd", "cephfs"};
  return types.contains(storage.type);
}

bool World::locked(int vmid) const {
  for (const auto& [upid, task] : tasks) {
    if (!task.stopped && task.due && task.guest == vmid && task.keeps_file_lock) return true;
  }
  return false;
}

std::string World::start_task(Task task) {
  task.pid = ++next_pid;
  task.pstart = next_pid * 16;
  task.starttime = clock.unix_seconds();
  task.gives_up = clock.now() + clock.scaled(std::chrono::seconds(10));
  auto upid = task.upid();
  tasks.emplace(upid, std::move(task));
  changed = true;
  advance();
  return upid;
}

void World::advance() {
  const auto now = clock.now();
  for (bool progressed = true; progressed;) {
    progressed = false;
    for (auto& [upid, task] : tasks) {
      if (task.stopped) continue;
      const auto end = [&](std::string status) {
        task.stopped = true;
        task.exit_status = std::move(status);
        const bool fine = task.exit_status == "OK";
        const bool warned = task.exit_status.rfind("WARNINGS", 0) == 0;
        task.log.push_back(fine ? "TASK OK" : warned ? "TASK " + task.exit_status : "TASK ERROR: " + task.exit_status);
        changed = progressed = true;
      };
      if (!task.due) {
        if (task.guest == 0 || !locked(task.guest)) {
          task.due = now + clock.scaled(task.duration);
          const auto begin = std::exchange(task.begin, nullptr);
          if (auto why = begin ? begin(task) : std::string(); !why.empty()) end(std::move(why));
        } else if (now >= task.gives_up) {
          end(fmt::format("can't lock file '/run/lock/lxc/pve-config-{}.lock' - got timeout", task.guest));
        }
      }
      if (task.stopped || !task.due || now < *task.due) continue;
      const auto effect = std::move(task.effect);
      end(effect ? effect(task) : "unexpected status");
      break;  // an effect may start further tasks
    }
  }
}

std::int64_t World::free_bytes(const std::string& storage, const std::string& node) const {
  const auto& known = storages.at(storage);
  auto left = known.total - known.taken;
  for (const auto& [key, volume] : volumes) {
    if (volume.storage == storage && (known.shared || volume.node == node)) left -= volume.written(known);
  }
  return left;
}

Volume* World::volume(const std::string& id, const std::string& node) {
  const auto storage = storages.find(id.substr(0, id.find(':')));
  if (storage == storages.end()) return nullptr;
  const auto found = volumes.find({id, storage->second.shared ? "" : node});
  return found == volumes.end() ? nullptr : &found->second;
}

void World::free_volume(const std::string& id, const std::string& node) {
  volumes.erase({id, node});
  volumes.erase({id, ""});
}

void fill_default(World& world) {
  int last = 10;
  for (const auto* name : {"pve1", "pve2", "pve3"}) {
    world.nodes[name].address = fmt::format("127.0.0.{}", ++last);
  }
  const auto tebibyte = std::int64_t{1} << 40;
  world.storages["local"] = {"dir", {"vztmpl", "iso", "backup", "snippets", "rootdir"}, false, tebibyte / 4};
  world.storages["local-lvm"] = {"lvmthin", {"rootdir", "images"}, false, tebibyte};
  world.storages["tank"] = {"zfspool", {"rootdir", "images"}, false, 8 * tebibyte};
  world.storages["nfs"] = {"nfs", {"vztmpl", "backup"}, true, 4 * tebibyte};
  for (const auto& [node, described] : world.nodes) {
    world.volumes[{"local:vztmpl/nmx-base.tar.xz", node}] = {node, "local", "vztmpl", "txz", 180 << 20, 0};
    world.volumes[{"local:snippets/hook.sh", node}] = {node, "local", "snippets", "snippet", 512, 0};
  }
  world.roles["nmx"] = {"VM.Allocate",
                        "VM.Audit",
                        "VM.Config.Disk",
                        "VM.Config.CPU",
                        "VM.Config.Memory",
                        "VM.Config.Network",
                        "VM.Config.Options",
                        "VM.PowerMgmt",
                        "VM.Snapshot",
                        "VM.Backup",
                        "VM.Migrate",
                        "VM.Clone",
                        "Datastore.AllocateSpace",
                        "Datastore.AllocateTemplate",
                        "Datastore.Audit",
                        "SDN.Use",
                        "Sys.Audit",
                        "Sys.AccessNetwork",
                        "Pool.Audit",
                        "Pool.Allocate"};
  world.users["root@pam"].password = "lab";
  world.users["root@pam"].tokens["full"] = {"11111111-1111-4111-8111-111111111111", false};
  world.users["nmx@pve"].tokens["lab"] = {"22222222-2222-4222-8222-222222222222", false};
  world.users["auditor@pve"].tokens["lab"] = {"33333333-3333-4333-8333-333333333333", false};
  world.grants = {{"/", "nmx@pve", "nmx"}, {"/", "auditor@pve", "PVEAuditor"}};
}

}  // namespace nmx::lab::proxmox
