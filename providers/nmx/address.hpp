#pragma once

#include "planner/provider.hpp"

namespace nmx::internal {

/// `address`: takes an address of a network that nobody else has, and keeps it.
class AddressType : public ResourceType {
 public:
  AddressType();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

}  // namespace nmx::internal
