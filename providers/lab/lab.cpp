#include "providers/lab/lab.hpp"

#include <fmt/core.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "providers/lab/authentik/service.hpp"
#include "providers/lab/certificate.hpp"
#include "providers/lab/faults.hpp"
#include "providers/lab/http_server.hpp"
#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/faulty_router.hpp"
#include "providers/lab/proxmox/form.hpp"
#include "providers/lab/proxmox/releases.hpp"
#include "providers/lab/store.hpp"

namespace nmx::lab {

class Lab::State {
 public:
  explicit State(const LabOptions& options)
      : folder_(options.folder),
        guest_ports_(options.guest_ports),
        certificate_(certificate_in(options.folder)),
        authentik_({options.folder, options.authentik_port, options.authentik_release}, &certificate_),
        world_(options.speed),
        router_(world_) {
    proxmox::fill_default(world_);
    load(world_, folder_);
    if (const auto error = faults_.add(options.faults)) throw std::runtime_error(*error);
    if (!options.release.empty()) take_release(options.release);
    world_.observer = options.observer;
    for (const auto& [vmid, guest] : world_.guests) {
      if (guest.running && world_.observer != nullptr)
        world_.observer->started({vmid, guest.node, guest.config.current, guest.ssh_keys});
    }
    HttpServer::Options server;
    server.port = options.port;
    server.certificate_pem = certificate_.certificate_pem;
    server.key_pem = certificate_.key_pem;
    server_ =
        std::make_unique<HttpServer>(std::move(server), [this](const Request& request) { return answer(request); });
  }

  ~State() { server_->stop(); }

  std::uint16_t port() const { return server_->port(); }
  const std::string& fingerprint() const { return certificate_.fingerprint; }
  std::uint16_t guest_ports() const { return guest_ports_; }
  const proxmox::World& world() const { return world_; }
  const authentik::Service& authentik() const { return authentik_; }
  std::map<std::string, int> requests() {
    const std::lock_guard lock(mutex_);
    return router_.counts();
  }

 private:
  /// Every request passes here, before it takes effect and after.
  std::optional<Response> answer(const Request& request) {
    const std::lock_guard lock(mutex_);
    auto response = request.target.rfind("/lab/", 0) == 0 ? own(request) : faulty_.answer(request);
    if (std::exchange(world_.changed, false) || (response && request.method != "GET")) save(world_, folder_);
    return response;
  }

  void take_release(const std::string& release) {
    const auto full = proxmox::full_version(release);
    if (!full) throw std::runtime_error(fmt::format("the lab knows no Proxmox VE `{}`: 8.4, 9.0, 9.1, 9.2", release));
    world_.version = *full;
  }

  /// The lab's own requests, for tests and the curious.
  std::optional<Response> own(const Request& request) {
    const auto question = request.target.find('?');
    const auto path = request.target.substr(0, question);
    auto params = proxmox::decode_form(request.body);
    if (question != std::string::npos)
      params.update(proxmox::decode_form(std::string_view(request.target).substr(question + 1)));
    const auto text = [&](const char* name) {
      return params.contains(name) && params[name].is_string() ? params[name].get<std::string>() : std::string();
    };
    if (request.method == "GET" && path == "/lab/requests") return proxmox::success(router_.counts());
    if (request.method == "POST" && path == "/lab/reset") {
      router_.reset_counts();
      return proxmox::success(nullptr);
    }
    if (request.method == "POST" && path == "/lab/node" && world_.nodes.contains(text("node"))) {
      world_.nodes[text("node")].online = text("online") != "0";
      return proxmox::success(nullptr);
    }
    if (request.method == "POST" && path == "/lab/storage" && world_.storages.contains(text("storage"))) {
      auto& storage = world_.storages[text("storage")];
      storage.taken = storage.total - std::stoll("0" + text("free"));
      return proxmox::success(nullptr);
    }
    if (request.method == "POST" && path == "/lab/fault") {
      if (params.contains("clear")) faults_.clear();
      if (const auto error = faults_.add(text("rule"))) return proxmox::failure({400, *error});
      return proxmox::success(nullptr);
    }
    return proxmox::failure({501, fmt::format("the lab has no `{} {}`", request.method, path)});
  }

  std::filesystem::path folder_;
  std::uint16_t guest_ports_;
  Certificate certificate_;
  authentik::Service authentik_;
  proxmox::World world_;
  proxmox::Router router_;
  Faults faults_;
  proxmox::FaultyRouter faulty_{world_, router_, faults_};
  std::mutex mutex_;
  std::unique_ptr<HttpServer> server_;
};

Lab::Lab(const LabOptions& options) : state_(std::make_unique<State>(options)) {}
Lab::~Lab() = default;

std::string Lab::endpoint() const { return fmt::format("https://127.0.0.1:{}", state_->port()); }

std::string Lab::authentik_url() const { return state_->authentik().url(); }

const std::string& Lab::fingerprint() const { return state_->fingerprint(); }

std::map<std::string, int> Lab::requests() const { return state_->requests(); }

std::map<std::string, std::string> Lab::variables() const {
  const auto token = [&](const char* user, const char* name) {
    return fmt::format("{}!{}={}", user, name, state_->world().users.at(user).tokens.at(name).secret);
  };
  auto variables = state_->authentik().variables();
  variables.merge(std::map<std::string, std::string>{
      {"PROXMOX_ENDPOINT", endpoint()},
      {"PROXMOX_FINGERPRINT", fingerprint()},
      {"PROXMOX_TOKEN", token("nmx@pve", "lab")},
      {"PROXMOX_ROOT", state_->world().users.at("root@pam").password},
      {"LAB_ROOT_TOKEN", token("root@pam", "full")},
      {"LAB_AUDITOR_TOKEN", token("auditor@pve", "lab")},
      {"NMX_CONNECT_TO", state_->guest_ports() == 20'000 ? "lab" : fmt::format("lab:{}", state_->guest_ports())}});
  return variables;
}

}  // namespace nmx::lab
