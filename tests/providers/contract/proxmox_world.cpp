#include "tests/providers/contract/proxmox_world.hpp"

#include "providers/providers.hpp"
#include "providers/support/digest.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::test {

struct ProxmoxWorld::Parts {
  ReadyQueue queue;
  SmallCluster cluster;
  ScriptedEnv env{[this](const HttpRequest& request) { return cluster(request); }};
  Registry registry = all_providers();
  std::string type;
  std::unique_ptr<Provider> provider;
};

ProxmoxWorld::ProxmoxWorld(std::string type) : parts_(std::make_unique<Parts>()) {
  parts_->type = std::move(type);
  ProviderSettings settings;
  settings.name = "proxmox";
  settings.settings = Object{{"endpoint", "https://pve1.lan:8006"},
                             {"token", Value("nmx@pve!ci=secret").as_secret()},
                             {"root", Object{{"user", "root@pam"}, {"password", Value("secret").as_secret()}}}};
  settings.derive = [](std::string_view label) { return sha256(label); };
  auto made = parts_->registry.provider("proxmox")->make(settings, parts_->env);
  parts_->provider = *std::move(made);
}

ProxmoxWorld::~ProxmoxWorld() = default;
Provider& ProxmoxWorld::provider() { return *parts_->provider; }
const ResourceType& ProxmoxWorld::type() { return *parts_->registry.type(parts_->type); }
SmallCluster& ProxmoxWorld::cluster() { return parts_->cluster; }

bool ProxmoxWorld::lose() {
  parts_->cluster.guests.clear();
  parts_->cluster.files = {"local:vztmpl/nmx-base.tar.xz"};
  return true;
}

std::string ProxmoxWorld::log() {
  std::string text;
  for (const auto& request : parts_->env.requests) text += request.url + ' ' + request.log_body + '\n';
  return text;
}

}  // namespace nmx::test
