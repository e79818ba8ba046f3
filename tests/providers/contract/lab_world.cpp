#include "tests/providers/contract/lab_world.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>

#include "planner/runtime/curl_env.hpp"
#include "providers/lab/certificate.hpp"
#include "providers/lab/http_server.hpp"
#include "providers/lab/proxmox/api.hpp"
#include "providers/providers.hpp"
#include "providers/support/digest.hpp"

namespace nmx::test {
namespace {

/// So much faster than a real cluster.
constexpr double speed = 500;

/// Remembers what the log would show of each request.
class LoggingEnv : public CurlEnv {
 public:
  Task<HttpResult> http(HttpRequest request) override {
    log += request.url + ' ' + request.log_body + '\n';
    return CurlEnv::http(std::move(request));
  }
  /// As fast as the lab goes.
  Task<Done> sleep(Milliseconds duration) override { return CurlEnv::sleep(duration / 50); }
  std::string log;
};

/// A folder that goes with its owner.
struct Folder {
  std::filesystem::path path;
  Folder() : path(std::filesystem::temp_directory_path() / fmt::format("nmx-lab-{}", getpid())) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

}  // namespace

const lab::Certificate& test_certificate() {
  static const Folder folder;
  static const lab::Certificate made = lab::certificate_in(folder.path);
  return made;
}

struct LabWorld::Parts {
  std::mutex mutex;
  lab::proxmox::World world{speed};
  lab::proxmox::Router router{world};
  lab::HttpServer server{{0, test_certificate().certificate_pem, test_certificate().key_pem},
                         [this](const lab::Request& request) {
                           const std::lock_guard lock(mutex);
                           return router.answer(request);
                         }};
  LoggingEnv env;
  Registry registry = all_providers();
  std::string type;
  std::unique_ptr<Provider> provider;
};

LabWorld::LabWorld(std::string type) : parts_(std::make_unique<Parts>()) {
  lab::proxmox::fill_default(parts_->world);
  parts_->world.pools["prod"] = "";
  parts_->type = std::move(type);
  ProviderSettings settings;
  settings.name = "proxmox";
  settings.settings = Object{{"endpoint", fmt::format("https://127.0.0.1:{}", parts_->server.port())},
                             {"fingerprint", test_certificate().fingerprint},
                             {"token", Value("root@pam!full=11111111-1111-4111-8111-111111111111").as_secret()},
                             {"root", Object{{"user", "root@pam"}, {"password", Value("lab").as_secret()}}}};
  settings.derive = [](std::string_view label) { return sha256(label); };
  parts_->provider = *parts_->registry.provider("proxmox")->make(settings, parts_->env);
}

LabWorld::~LabWorld() { parts_->server.stop(); }
Provider& LabWorld::provider() { return *parts_->provider; }
const ResourceType& LabWorld::type() { return *parts_->registry.type(parts_->type); }
std::string LabWorld::log() { return parts_->env.log; }

void LabWorld::drive(Task<Done> task) { parts_->env.drive(std::move(task)); }

bool LabWorld::lose() {
  const std::lock_guard lock(parts_->mutex);
  parts_->world.guests.clear();
  parts_->world.volumes.clear();
  const auto kept = std::move(parts_->world.pools);
  lab::proxmox::fill_default(parts_->world);
  parts_->world.pools = kept;
  return true;
}

std::map<std::string, int> LabWorld::counts() const {
  const std::lock_guard lock(parts_->mutex);
  return parts_->router.counts();
}

void LabWorld::reset_counts() {
  const std::lock_guard lock(parts_->mutex);
  parts_->router.reset_counts();
}

}  // namespace nmx::test
