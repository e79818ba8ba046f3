#pragma once

#include "planner/provider.hpp"

namespace nmx::nix {

/// `nixos_host`: one NixOS machine of the site's flake. Its options come from modules of the language, merged as NixOS
/// merges; nmx writes them to `hosts/<name>.nix`, its secrets to `secrets/<name>.json`, and brings the machine to them.
class Host : public ResourceType {
 public:
  Host();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  Code refusal() const override { return Code::merge_conflict; }
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

}  // namespace nmx::nix
