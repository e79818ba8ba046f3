#include "providers/nmx/provider.hpp"

#include "providers/nmx/address.hpp"
#include "providers/nmx/statements.hpp"
#include "providers/nmx/value.hpp"
#include "providers/support/state_only.hpp"

namespace nmx::internal {
namespace {

Result<std::unique_ptr<Provider>> make(const ProviderSettings&, Env&) {
  return std::unique_ptr<Provider>(std::make_unique<StateOnly>());
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "nmx";
  type.settings.type = "nmx";
  type.settings.doc = "What nmx itself remembers.";
  type.types = {std::make_shared<ValueType>(), std::make_shared<AddressType>(), std::make_shared<ExposureType>(),
                std::make_shared<ByHandType>()};
  type.make = make;
  return type;
}

}  // namespace nmx::internal
