#pragma once

#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {

/// `POST /nodes/{node}/lxc`: checks in the order of the real server, reserves the id, and starts the task that makes
/// the container.
Json create_container(Call& call);
/// The same from an archive of a container, over one that there is if that is asked for.
Json restore_container(Call& call);

/// Starts and stops, also for other tasks. The exit status of the task.
std::string start_guest(World& world, int vmid, Task& task);
std::string stop_guest(World& world, int vmid);
/// A guest as its inside sees it.
GuestView view_of(int vmid, const Guest& guest);
/// A task of a guest.
Task guest_task(const Call& call, std::string type, std::chrono::milliseconds duration);
/// What a task does to its guest: the exit status. May throw Refused.
using GuestEffect = std::function<std::string(World&, Guest&, Task&)>;
/// Starts a task whose guest may be gone when its turn comes; its identifier.
std::string start_guest_task(Call& call, std::string type, std::chrono::milliseconds duration, GuestEffect effect);

/// A task that keeps its guest locked in the configuration, as `CT is locked (snapshot)` says to others.
struct LockingTask {
  const char* type;
  const char* lock;
  std::chrono::milliseconds duration;
  /// Asked once it begins; throws Refused.
  std::function<void(const World&, const Guest&)> check;
  GuestEffect effect;
};
std::string start_locking_task(Call& call, const LockingTask& wanted);

bool is_template(const Guest& guest);
bool is_ha_managed(const World& world, int vmid);
enum class Forget { rights, everywhere };
/// The guest is gone: its configuration, its firewall and the rights on it; everywhere: jobs and HA too.
void forget_guest(World& world, int vmid, Forget how);

}  // namespace nmx::lab::proxmox
