#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"

// What all methods of guests need.
namespace nmx::lab::proxmox {

Guest& guest_of(Call& call) {
  const auto vmid = static_cast<int>(call.number("vmid"));
  const auto found = call.world.guests.find(vmid);
  if (found == call.world.guests.end() || found->second.node != call.text("node")) {
    throw Refused{500,
                  fmt::format("Configuration file 'nodes/{}/lxc/{}.conf' does not exist", call.text("node"), vmid)};
  }
  return found->second;
}

void refuse_while_locked(const Guest& guest) {
  const auto lock = guest.config.current.find("lock");
  if (lock != guest.config.current.end()) throw Refused{500, fmt::format("CT is locked ({})", lock->second)};
}

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

ParameterSet guest_parameters() {
  return ParameterSet{{text("node").need().named("pve-node"), integer("vmid").need().named("pve-vmid")}, {}};
}

const std::vector<std::string>& volume_options() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made{"rootfs"};
    for (int number = 0; number < 256; ++number) made.push_back(fmt::format("mp{}", number));
    return made;
  }();
  return names;
}

Task guest_task(const Call& call, std::string type, std::chrono::milliseconds duration) {
  Task task;
  task.node = call.text("node");
  task.type = std::move(type);
  task.id = call.text("vmid");
  task.user = call.caller.name();
  task.guest = static_cast<int>(call.number("vmid"));
  task.duration = duration;
  return task;
}

std::string start_guest_task(Call& call, std::string type, std::chrono::milliseconds duration, GuestEffect effect) {
  auto task = guest_task(call, std::move(type), duration);
  task.effect = [&world = call.world, effect = std::move(effect)](Task& self) {
    const auto found = world.guests.find(self.guest);
    if (found == world.guests.end()) {
      return fmt::format("Configuration file 'nodes/{}/lxc/{}.conf' does not exist", self.node, self.guest);
    }
    try {
      return effect(world, found->second, self);
    } catch (const Refused& refused) {
      return refused.message;
    }
  };
  return call.world.start_task(std::move(task));
}

std::string start_locking_task(Call& call, const LockingTask& wanted) {
  auto task = guest_task(call, wanted.type, wanted.duration);
  task.keeps_file_lock = false;
  task.begin = [&world = call.world, wanted](Task& self) -> std::string {
    const auto found = world.guests.find(self.guest);
    if (found == world.guests.end())
      return fmt::format("Configuration file 'nodes/{}/lxc/{}.conf' does not exist", self.node, self.guest);
    try {
      refuse_while_locked(found->second);
      wanted.check(world, found->second);
    } catch (const Refused& refused) {
      return refused.message;
    }
    found->second.config.current["lock"] = wanted.lock;
    return "";
  };
  task.effect = [&world = call.world, wanted](Task& self) -> std::string {
    const auto found = world.guests.find(self.guest);
    if (found == world.guests.end()) return fmt::format("CT {} does not exist", self.guest);
    found->second.config.current.erase("lock");
    try {
      return wanted.effect(world, found->second, self);
    } catch (const Refused& refused) {
      return refused.message;
    }
  };
  return call.world.start_task(std::move(task));
}

bool is_template(const Guest& guest) {
  const auto found = guest.config.current.find("template");
  return found != guest.config.current.end() && found->second == "1";
}

bool is_ha_managed(const World& world, int vmid) { return world.ha_resources.contains(fmt::format("ct:{}", vmid)); }

void forget_guest(World& world, int vmid, Forget how) {
  if (world.observer != nullptr) world.observer->destroyed(vmid);
  world.guests.erase(vmid);
  world.guest_firewalls.erase(vmid);
  const auto path = fmt::format("/vms/{}", vmid);
  std::erase_if(world.grants, [&](const auto& one) { return one.path == path; });
  if (how == Forget::rights) return;
  world.ha_resources.erase(fmt::format("ct:{}", vmid));
  for (auto& [id, job] : world.backup_jobs) {
    const auto chosen = job.find("vmid");
    if (chosen == job.end()) continue;
    std::string left;
    for (const auto& one : split_list(chosen->second)) {
      if (one != std::to_string(vmid)) left += (left.empty() ? "" : ",") + one;
    }
    chosen->second = left;
  }
  std::erase_if(world.backup_jobs, [](const auto& one) {
    const auto chosen = one.second.find("vmid");
    return chosen != one.second.end() && chosen->second.empty();
  });
}

}  // namespace nmx::lab::proxmox
