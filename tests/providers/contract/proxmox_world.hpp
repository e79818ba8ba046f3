#pragma once

#include <memory>
#include <string>

#include "tests/providers/contract/rehearsal.hpp"
#include "tests/providers/proxmox/small_cluster.hpp"

namespace nmx::test {

/// A Proxmox provider in front of a small cluster in the same thread.
class ProxmoxWorld : public World {
 public:
  explicit ProxmoxWorld(std::string type);
  ~ProxmoxWorld() override;
  Provider& provider() override;
  const ResourceType& type() override;
  bool lose() override;
  std::string log() override;
  SmallCluster& cluster();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nmx::test
