#pragma once

#include <map>
#include <set>

#include "planner/provider.hpp"
#include "providers/proxmox/client.hpp"

namespace nmx::proxmox {

/// Carries out operations on templates.
class TemplateWork {
 public:
  explicit TemplateWork(Client& client) : client_(&client) {}

  Task<Result<Answer>> execute(Operation operation);
  /// Bringing and removing ask for a state: both may be repeated. Nodes that were reached before a failure are told.
  Task<Result<Reconciled>> reconcile(Operation operation);
  /// One request for each node and storage that a template of ours is on.
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids);

 private:
  /// Of a template that is taken over only the volume is known: where it is has to be looked up, and nmx brought it
  /// nowhere.
  Task<Object> identified(std::string volume);
  Task<Result<bool>> is_there(std::string node, Object wanted);
  Task<Status> bring(std::string node, Object wanted, Milliseconds limit);
  Task<Status> remove(std::string node, Object wanted, Milliseconds limit);
  Client* client_;
  /// By operation: the nodes it reached before it failed.
  std::map<std::size_t, List> half_;
};

}  // namespace nmx::proxmox
