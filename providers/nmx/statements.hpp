#pragma once

#include "planner/provider.hpp"

namespace nmx::internal {

/// `exposure`: what is reached under a name, from where and by whom. Nothing real by itself: it stands in the plan, so
/// that whoever reads it sees a door that opens, closes or becomes wider.
class ExposureType : public ResourceType {
 public:
  ExposureType();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

/// `by_hand`: what a person has to do, because nobody told nmx of a server that would. It stands in each plan that
/// changes it.
class ByHandType : public ResourceType {
 public:
  ByHandType();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

}  // namespace nmx::internal
