#pragma once

#include "planner/provider.hpp"

namespace nmx::secret {

/// `secret`: a value that nobody is shown. nmx generates it (the same at each plan, from the state's key), or it is
/// written. It lives in state, sealed.
class SecretType : public ResourceType {
 public:
  SecretType();
  const Schema& schema() const override { return schema_; }
  Object normalise(const Object& object, const Facts& facts) const override;
  Result<Object> decide(const Deciding& deciding) const override;
  Code refusal() const override { return Code::bad_option; }
  Result<std::vector<Operation>> operations(const Change& change, const Facts& facts) const override;

 private:
  Schema schema_;
};

}  // namespace nmx::secret
