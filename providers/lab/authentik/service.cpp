#include "providers/lab/authentik/service.hpp"

#include <fmt/core.h>

#include <stdexcept>

#include "providers/lab/authentik/outpost.hpp"

namespace nmx::lab::authentik {
namespace {

/// Known to everybody who reads this, like everything in the lab.
constexpr auto token = "lab-authentik-token";

std::filesystem::path file_in(const std::filesystem::path& folder) { return folder / "authentik.json"; }

}  // namespace

Service::Service(Options options, const Certificate* certificate) : options_(std::move(options)) {
  const bool kept = !options_.folder.empty() && load(world_, file_in(options_.folder));
  if (!options_.release.empty()) {
    world_.release = parse_release(options_.release);
    if (world_.release < 202510 || world_.release > 202608)
      throw std::runtime_error(
          fmt::format("`{}` is no release of Authentik between 2025.10 and 2026.8", options_.release));
    world_.version = fmt::format("{}.{}.0", world_.release / 100, world_.release % 100);
  }
  if (!kept) fill_default(world_, options_.bootstrap_token.empty() ? token : options_.bootstrap_token);
  HttpServer::Options server;
  server.port = options_.port;
  server.address = options_.address;
  if (certificate != nullptr) {
    fingerprint_ = certificate->fingerprint;
    server.certificate_pem = certificate->certificate_pem;
    server.key_pem = certificate->key_pem;
  }
  server_ = std::make_unique<HttpServer>(std::move(server),
                                         [this](const Request& request) { return std::optional(answer(request)); });
}

Service::~Service() { server_->stop(); }

std::string Service::url() const {
  return fmt::format("{}://{}:{}", fingerprint_.empty() ? "http" : "https", options_.address, server_->port());
}

std::map<std::string, std::string> Service::variables() const {
  return {{"AUTHENTIK_URL", url()},
          {"AUTHENTIK_TOKEN", token},
          {"AUTHENTIK_FINGERPRINT", fingerprint_},
          {"LAB_AUTHENTIK_READER", std::string("reader-") + token}};
}

std::map<std::string, int> Service::requests() const {
  const std::lock_guard lock(mutex_);
  return api_.counts();
}

void Service::reset_requests() {
  const std::lock_guard lock(mutex_);
  api_.reset_counts();
}

Response Service::answer(const Request& request) {
  const std::lock_guard lock(mutex_);
  const std::string_view target = request.target;
  if (target.rfind("/outpost.goauthentik.io/", 0) == 0) return answer_outpost(world_, request);
  if (target == "/lab/requests") return json_response(200, api_.counts());
  if (target == "/lab/reset") {
    api_.reset_counts();
    return json_response(204, {});
  }
  if (target.rfind("/-/health/", 0) == 0) return json_response(200, {});
  const bool login = target == "/lab/login" && request.method == "POST";
  if (!login && target.rfind("/api/v3", 0) != 0) return json_response(404, {{"detail", "Not found."}});
  auto response = login ? log_in(world_, request) : api_.answer(request);
  if (request.method != "GET" && !options_.folder.empty()) save(world_, file_in(options_.folder));
  return response;
}

}  // namespace nmx::lab::authentik
