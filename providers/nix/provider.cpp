#include "providers/nix/provider.hpp"

#include "providers/nix/flake_folder.hpp"
#include "providers/nix/host.hpp"
#include "providers/nix/host_work.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::nix {
namespace {

class NixProvider : public Provider {
 public:
  NixProvider(FlakeFolder flake, std::string seed) : seed_(seed), hosts_(std::move(flake), std::move(seed)) {}

  Task<Result<Facts>> connect() override { co_return Facts{{"seed", Value(seed_).as_secret()}}; }
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override { return hosts_.read(std::move(ids)); }
  Task<Result<Answer>> execute(Operation operation) override { return hosts_.execute(std::move(operation)); }
  Task<Result<Reconciled>> reconcile(Operation operation) override { return hosts_.reconcile(std::move(operation)); }

 private:
  std::string seed_;
  HostWork hosts_;
};

Result<std::unique_ptr<Provider>> make(const ProviderSettings& settings, Env& env) {
  const auto flake = Fields(settings.settings).text_or("flake", ".");
  return std::unique_ptr<Provider>(
      std::make_unique<NixProvider>(FlakeFolder((settings.folder / flake).lexically_normal(), env),
                                    settings.derive ? settings.derive("nix") : std::string()));
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "nix";
  type.settings.type = "nix";
  type.settings.doc = "The site's Nix flake and the machines in it.";
  InterfaceAttribute flake;
  flake.name = "flake";
  flake.type = Type::simple(Type::Tag::string);
  flake.doc = "The flake's folder; by default the site's own.";
  flake.fallback = ".";
  type.settings.attributes = {flake};
  type.types = {std::make_shared<Host>()};
  type.make = make;
  return type;
}

}  // namespace nmx::nix
