#pragma once

#include <map>
#include <string>

#include "planner/provider.hpp"
#include "providers/proxmox/client.hpp"
#include "providers/proxmox/guest_config.hpp"
#include "providers/support/retry.hpp"

namespace nmx::proxmox {

/// Carries out operations on containers.
class ContainerWork {
 public:
  ContainerWork(Client& client, std::string seed) : client_(&client), seed_(std::move(seed)) {}

  Task<Result<Answer>> execute(Operation operation);
  Task<Result<Reconciled>> reconcile(Operation operation);
  /// What is known of a container that runs, or not, on a node. One request.
  Task<Observed> observe(ObjectId id, std::string node, bool running, std::string pool);
  /// The snapshots of a container, the oldest first, as `Container` describes them.
  Task<Result<Answer>> snapshots(Operation operation);

 private:
  using Outcome = Task<Status>;
  Outcome create(Operation operation);
  Outcome configure(Operation operation);
  Outcome resize(Operation operation);
  Outcome move_volume(Operation operation);
  Outcome migrate(Operation operation);
  Outcome start(Operation operation);
  Outcome stop(Operation operation);
  Outcome restart(Operation operation);
  Outcome set_pool(Operation operation);
  Outcome destroy(Operation operation);
  Outcome snapshot(Operation operation);
  Outcome rollback(Operation operation);
  Outcome delete_snapshot(Operation operation);
  Outcome vzdump(Operation operation);
  Outcome dispatch(Operation operation);

  /// Sends a call that answers with a task and waits for its end. `reached`: words of a refusal that mean that what is
  /// wanted is so already.
  Task<Status> run_task(Call call, Operation operation, std::string reached);
  /// What was lost on the way, or a second creation under one number: is the guest there now ours?
  enum class Found { absent, ours, strange };
  Task<Result<Found>> look_for(std::string node, std::int64_t vmid, std::string mark, Milliseconds limit);
  /// Waits until a container that was made with `start` runs. `since`: tasks before that are an older guest's.
  /// Errors: why it does not.
  Task<Status> await_start(std::string node, std::int64_t vmid, bool elevated, Milliseconds limit, std::int64_t since);
  Task<Result<Answer>> read_back(Operation operation);
  Task<Reply> pending(std::string node, std::int64_t vmid);
  void warn(const Operation& operation, const TaskEnd& end);
  /// Whether the task that makes a container still runs.
  Task<bool> is_being_made(std::string node, std::int64_t vmid);

  Client* client_;
  std::string seed_;
  std::map<std::int64_t, std::string> digests_;
  /// What tasks warned of although they succeeded, until the operation's answer is given.
  std::map<std::size_t, std::vector<std::string>> warnings_;
};

/// A call to the operation's guest, on its node; `below`: the rest of its path.
Call guest_call(std::string method, std::string_view below, const Operation& operation);
/// `pve2/115`
std::string guest_id(std::string_view node, std::int64_t vmid);

}  // namespace nmx::proxmox
