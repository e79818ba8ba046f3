#pragma once

#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {

/// `POST /nodes/{node}/lxc`: checks in the order of the real server, reserves the id, and starts the task that makes
/// the container.
Json create_container(Call& call);

/// Starts and stops, also for other tasks. The exit status of the task.
std::string start_guest(World& world, int vmid, Task& task);
std::string stop_guest(World& world, int vmid);
/// A guest as its inside sees it.
GuestView view_of(int vmid, const Guest& guest);
/// A task of a guest.
Task guest_task(const Call& call, std::string type, std::chrono::milliseconds duration);

}  // namespace nmx::lab::proxmox
