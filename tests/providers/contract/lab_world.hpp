#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/providers/contract/rehearsal.hpp"

namespace nmx::lab {
struct Certificate;
}

namespace nmx::test {

/// The certificate of all labs of a test program, made once: a key takes a while.
const lab::Certificate& test_certificate();

/// A Proxmox provider in front of a lab of its own, over HTTPS.
class LabWorld : public World {
 public:
  explicit LabWorld(std::string type);
  ~LabWorld() override;
  Provider& provider() override;
  const ResourceType& type() override;
  bool lose() override;
  std::string log() override;
  void drive(Task<Done> task) override;

  /// How often each method was called: `GET /nodes/{node}/lxc/{vmid}/pending` → 3.
  std::map<std::string, int> counts() const;
  void reset_counts();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nmx::test
