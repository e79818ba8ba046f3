#pragma once

#include "planner/provider.hpp"

namespace nmx::caddy {

/// `proxy_site`: what Caddy serves under one or several host names.
class ProxySite : public ResourceType {
 public:
  ProxySite();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  void check(const Checking& checking, Diagnostics& diagnostics) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

}  // namespace nmx::caddy
