#pragma once

#include "planner/provider.hpp"

namespace nmx {

/// A provider whose objects are what state says they are: they touch no real system.
class StateOnly : public Provider {
 public:
  explicit StateOnly(Facts facts = {}) : facts_(std::move(facts)) {}
  Task<Result<Facts>> connect() override;
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override;
  Task<Result<Answer>> execute(Operation operation) override;
  Task<Result<Reconciled>> reconcile(Operation operation) override;

 private:
  Facts facts_;
};

/// The one step of a change of an object that lives in state alone: its answer is what was wanted.
std::vector<Operation> remember(const Change& change, std::string summary);

}  // namespace nmx
