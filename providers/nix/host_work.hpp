#pragma once

#include <memory>

#include "planner/provider.hpp"
#include "planner/runtime/semaphore.hpp"
#include "providers/nix/flake_folder.hpp"

namespace nmx::nix {

/// Whether nmx may write a host's file: it is not there, or nmx wrote it. Errors: it is somebody else's.
Status may_write(const FlakeFolder& flake, const Object& host);

/// The files of hosts: `write` and `remove` them.
class HostWork {
 public:
  /// `seed`: from which the keys of secrets files are derived.
  HostWork(FlakeFolder flake, std::string seed) : flake_(std::move(flake)), seed_(std::move(seed)) {}

  Task<Result<Answer>> execute(Operation operation);
  /// Writing and removing ask for a state: both may be repeated.
  Task<Result<Reconciled>> reconcile(Operation operation);
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids);

 private:
  Status write(const Object& host) const;
  Status remove(const Object& host) const;
  FlakeFolder flake_;
  std::string seed_;
  /// Git takes one change of its index at a time.
  std::unique_ptr<Semaphore> index_ = std::make_unique<Semaphore>(1);
};

}  // namespace nmx::nix
