#include "providers/secret/provider.hpp"

#include "providers/secret/secret.hpp"
#include "providers/support/state_only.hpp"

namespace nmx::secret {
namespace {

Result<std::unique_ptr<Provider>> make(const ProviderSettings& settings, Env&) {
  auto seed = settings.derive ? settings.derive("secret") : std::string();
  return std::unique_ptr<Provider>(std::make_unique<StateOnly>(Facts{{"seed", Value(std::move(seed)).as_secret()}}));
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "secret";
  type.settings.type = "secret";
  type.settings.doc = "Secrets that nmx makes or keeps.";
  type.types = {std::make_shared<SecretType>()};
  type.make = make;
  return type;
}

}  // namespace nmx::secret
