#pragma once

#include "planner/provider.hpp"
#include "providers/authentik/model.hpp"

namespace nmx::authentik {

/// Any resource type of Authentik, by its model.
class ObjectType : public ResourceType {
 public:
  /// The model lives as long as this.
  explicit ObjectType(const Model& model);
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  void check(const Checking& checking, Diagnostics& diagnostics) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  void check_names(const Checking& checking, Diagnostics& diagnostics) const;
  void check_existing(const Checking& checking, Diagnostics& diagnostics) const;

  const Model& model_;
  Schema schema_;
};

}  // namespace nmx::authentik
