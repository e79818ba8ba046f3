#pragma once

#include "planner/provider.hpp"

namespace nmx::proxmox {

/// `proxmox_template`: a container template on a storage, downloaded by the nodes or sent to them. One that is there
/// already is taken as it is and outlives its block; only what nmx brought is deleted.
class Template : public ResourceType {
 public:
  Template();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  void check(const Checking& checking, Diagnostics& diagnostics) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

/// The name under which Proxmox keeps a file: characters it does not take become `_`.
std::string template_file_name(std::string_view wanted);

}  // namespace nmx::proxmox
