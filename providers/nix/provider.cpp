#include "providers/nix/provider.hpp"

#include <utility>

#include "providers/nix/flake_folder.hpp"
#include "providers/nix/host.hpp"
#include "providers/nix/host_systems.hpp"
#include "providers/nix/host_work.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::nix {
namespace {

using Tag = Type::Tag;

class NixProvider : public Provider {
 public:
  /// `systems`: null pointer where machines are not switched.
  NixProvider(HostWork hosts, std::unique_ptr<HostSystems> systems, std::string seed, std::vector<std::string> warnings)
      : hosts_(std::move(hosts)),
        systems_(std::move(systems)),
        seed_(std::move(seed)),
        warnings_(std::move(warnings)) {}

  Task<Result<Facts>> connect() override {
    if (systems_) {
      auto looking = systems_->connect();
      if (const auto there = co_await looking; !there) co_return there.error();
    }
    co_return Facts{{"seed", Value(seed_).as_secret()}, {"deploy", systems_ != nullptr}};
  }
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override {
    auto reading = hosts_.read(ids);
    auto observed = co_await reading;
    if (systems_ == nullptr) co_return observed;
    auto looking = systems_->look(std::move(ids), std::move(observed));
    co_return co_await looking;
  }
  bool foresees() const override { return systems_ != nullptr; }
  Task<std::vector<Foreseen>> foresee(std::vector<Wanted> wanted) override {
    return systems_->foresee(std::move(wanted));
  }
  std::vector<std::string> warnings() const override { return warnings_; }
  Task<Result<Answer>> execute(Operation operation) override {
    if (operation.verb != "switch") return hosts_.execute(std::move(operation));
    if (systems_ == nullptr) return refuse();
    auto progress = [this, operation](std::string what) { report(operation, what); };
    return systems_->bring(std::move(operation), std::move(progress));
  }
  Task<Result<Reconciled>> reconcile(Operation operation) override {
    if (operation.verb != "switch" || systems_ == nullptr) return hosts_.reconcile(std::move(operation));
    return systems_->reconcile(std::move(operation));
  }

 private:
  static Task<Result<Answer>> refuse() { co_return Error{"the site does not switch machines any more", "plan again"}; }

  HostWork hosts_;
  std::unique_ptr<HostSystems> systems_;
  std::string seed_;
  std::vector<std::string> warnings_;
};

Result<Deploying> read_deploying(const Object& settings, const std::filesystem::path& folder) {
  const Fields written(settings);
  const Fields ssh(written.at("ssh"));
  Deploying deploying;
  deploying.user = ssh.text_or("user", "root");
  deploying.identity = identity_file(ssh.text_or("identity", ""), folder);
  deploying.substitutes = written.boolean_or("substitutes", false);
  const auto place = written.text_or("build", "local");
  if (place == "target") deploying.build = BuildPlace::on_host;
  if (place != "host") return deploying;
  deploying.build = BuildPlace::elsewhere;
  const Fields builder(written.at("build_host"));
  if (!builder.text("address") || !builder.text("public_key"))
    return Error{"`build = host` does not say which",
                 "add `build_host = { address = \"192.168.50.5\", public_key = \"ssh-ed25519 …\" }`"};
  deploying.builder =
      SshHost{builder.text_or("name", "build-host"), builder.text_or("address", ""),
              builder.text_or("user", deploying.user), deploying.identity, builder.text_or("public_key", "")};
  return deploying;
}

Result<std::unique_ptr<Provider>> make(const ProviderSettings& settings, const ProposedFiles* proposed, Env& env) {
  const Fields written(settings.settings);
  const auto seed = settings.derive ? settings.derive("nix") : std::string();
  const FlakeFolder flake((settings.folder / written.text_or("flake", ".")).lexically_normal(), env);
  std::unique_ptr<HostSystems> systems;
  std::vector<std::string> warnings;
  if (settings.assumed) {
    warnings = {"machines are not switched to their files; `provider nix {}` does that"};
  } else if (written.boolean_or("deploy", true)) {
    auto deploying = read_deploying(settings.settings, settings.folder);
    if (!deploying) return deploying.error();
    systems = std::make_unique<HostSystems>(flake, proposed, *std::move(deploying), env);
  }
  return std::unique_ptr<Provider>(
      std::make_unique<NixProvider>(HostWork(flake, seed), std::move(systems), seed, std::move(warnings)));
}

Interface settings() {
  const auto text = Type::simple(Tag::string);
  Interface interface;
  interface.type = "nix";
  interface.doc =
      "The site's Nix flake and the machines in it. With this block, apply switches machines to their systems.";
  const auto add = [&](std::string name, Type type, std::string doc, Value fallback = {}) {
    InterfaceAttribute attribute;
    attribute.name = std::move(name);
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    attribute.fallback = std::move(fallback);
    interface.attributes.push_back(std::move(attribute));
  };
  add("flake", text, "The flake's folder; by default the site's own.", ".");
  add("deploy", Type::simple(Tag::boolean), "Whether machines are switched; else their files are written and no more.",
      true);
  add("ssh", Type::object_of({{"user", text, true, {}}, {"identity", text, true, {}}}),
      "Whom to log in as, root by default, and the private key; without one, what the ssh agent offers.");
  add("build", Type::enumeration_of({"local", "target", "host"}),
      "Where systems are built: on this machine, on the one that is switched, or on `build_host`.", "local");
  add("build_host",
      Type::object_of({{"address", text, false, {}},
                       {"public_key", text, false, {}},
                       {"user", text, true, {}},
                       {"name", text, true, {}}}),
      "The machine that builds, and its SSH host key.");
  add("substitutes", Type::simple(Tag::boolean),
      "Whether machines fetch from their own caches what these have, instead of being sent it.", false);
  return interface;
}

}  // namespace

ProviderType provider_type(const ProposedFiles* proposed) {
  ProviderType type;
  type.name = "nix";
  type.settings = settings();
  type.types = {std::make_shared<Host>()};
  type.make = [proposed](const ProviderSettings& settings, Env& env) { return make(settings, proposed, env); };
  return type;
}

}  // namespace nmx::nix
