#pragma once

#include "planner/provider.hpp"

namespace nmx::internal {

/// `value`: remembers what it is given, so that other objects can depend on it and be replaced with it.
class ValueType : public ResourceType {
 public:
  ValueType();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

}  // namespace nmx::internal
