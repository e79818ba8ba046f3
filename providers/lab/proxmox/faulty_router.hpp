#pragma once

#include <map>
#include <optional>

#include "providers/lab/faults.hpp"
#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {

/// The router, and the things that go wrong around it.
class FaultyRouter {
 public:
  FaultyRouter(World& world, Router& router, Faults& faults) : world_(world), router_(router), faults_(faults) {}
  std::optional<Response> answer(const Request& request);

 private:
  /// What comes instead of the answer; nothing: the answer itself, with its task changed if that is the fault.
  std::optional<Response> instead(const Fault& fault) const;
  void spoil_task(const Response& response, const Fault& fault);
  World& world_;
  Router& router_;
  Faults& faults_;
  /// Faults of requests that wait for a lock.
  std::map<const Request*, std::optional<Fault>> struck_;
};

}  // namespace nmx::lab::proxmox
