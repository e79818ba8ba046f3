#include "providers/nmx/provider.hpp"

#include "providers/nmx/address.hpp"
#include "providers/nmx/value.hpp"

namespace nmx::internal {
namespace {

/// Its objects are what state says they are.
class Internal : public Provider {
 public:
  Task<Result<Facts>> connect() override { co_return Facts{}; }

  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override {
    std::vector<Observed> observed;
    for (auto& id : ids) {
      Observed one;
      if (!id.applied.empty()) one.status = Observed::Status::present;
      one.attributes = std::move(id.applied);
      one.id = std::move(id.id);
      observed.push_back(std::move(one));
    }
    co_return observed;
  }

  Task<Result<Answer>> execute(Operation operation) override { co_return answer(operation); }

  Task<Result<Reconciled>> reconcile(Operation operation) override {
    Reconciled reconciled;
    reconciled.fate = Fate::done;
    reconciled.answer = answer(operation);
    co_return reconciled;
  }

 private:
  static Answer answer(const Operation& operation) {
    Answer given;
    if (const auto* wanted = operation.arguments.at_or_null("wanted").object()) given.attributes = *wanted;
    given.id = to_string(operation.address);
    return given;
  }
};

Result<std::unique_ptr<Provider>> make(const ProviderSettings&, Env&) {
  return std::unique_ptr<Provider>(std::make_unique<Internal>());
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "nmx";
  type.settings.type = "nmx";
  type.settings.doc = "What nmx itself remembers.";
  type.types = {std::make_shared<ValueType>(), std::make_shared<AddressType>()};
  type.make = make;
  return type;
}

}  // namespace nmx::internal
