#include "tests/providers/contract/authentik_world.hpp"

#include "planner/runtime/curl_env.hpp"
#include "providers/lab/authentik/service.hpp"
#include "providers/providers.hpp"
#include "providers/support/digest.hpp"
#include "tests/providers/contract/lab_world.hpp"

namespace nmx::test {
namespace {

using lab::authentik::collection;
using lab::authentik::Json;

class LoggingEnv : public CurlEnv {
 public:
  Task<HttpResult> http(HttpRequest request) override {
    log += request.url + ' ' + request.log_body + '\n';
    const bool loses = request.method != "GET" && std::exchange(loses_next, false);
    auto asking = CurlEnv::http(std::move(request));
    auto answer = co_await asking;
    if (loses) co_return HttpFailure{HttpFailure::Kind::reset, true, "connection reset"};
    co_return answer;
  }
  Task<Done> sleep(Milliseconds duration) override { return CurlEnv::sleep(duration / 50); }
  std::string log;
  bool loses_next = false;
};

void fill(lab::authentik::World& world) {
  const auto flow = [&](const char* slug) { return world.find_by("flows", "slug", slug)->at("pk"); };
  for (const char* name : {"family", "friends"}) world.add(collection("groups"), {{"name", name}});
  for (const char* name : {"ada", "bob"}) world.add(collection("users"), {{"username", name}, {"name", name}});
  const auto provider = world.add(collection("proxy_providers"),
                                  {{"name", "films"},
                                   {"mode", "forward_single"},
                                   {"external_host", "https://films.example.com"},
                                   {"authorization_flow", flow("default-provider-authorization-implicit-consent")},
                                   {"invalidation_flow", flow("default-provider-invalidation-flow")}});
  world.add(collection("applications"), {{"name", "Films"}, {"slug", "films"}, {"provider", provider["pk"]}});
  world.add(collection("applications"), {{"name", "Music"}, {"slug", "music"}});
}

}  // namespace

struct AuthentikWorld::Parts {
  explicit Parts(std::string release) : server({{}, 0, std::move(release)}, &test_certificate()) {}
  lab::authentik::Service server;
  LoggingEnv env;
  Registry registry = all_providers();
  std::string type;
  std::unique_ptr<Provider> provider;
  /// The objects that were there before, of the type that is lost.
  std::map<std::string, std::map<std::string, Json>> before;
};

AuthentikWorld::AuthentikWorld(std::string type, std::string release, std::string token)
    : parts_(std::make_unique<Parts>(std::move(release))) {
  parts_->type = std::move(type);
  parts_->server.change([&](lab::authentik::World& world) {
    fill(world);
    parts_->before = world.objects;
  });
  const auto variables = parts_->server.variables();
  ProviderSettings settings;
  settings.name = "authentik";
  settings.settings = Object{{"url", variables.at("AUTHENTIK_URL")},
                             {"fingerprint", variables.at("AUTHENTIK_FINGERPRINT")},
                             {"token", Value(token.empty() ? variables.at("AUTHENTIK_TOKEN") : token).as_secret()}};
  settings.derive = [](std::string_view label) { return sha256(label); };
  parts_->provider = *parts_->registry.provider("authentik")->make(settings, parts_->env);
}

AuthentikWorld::~AuthentikWorld() = default;
Provider& AuthentikWorld::provider() { return *parts_->provider; }
const ResourceType& AuthentikWorld::type() { return *parts_->registry.type(parts_->type); }
std::string AuthentikWorld::log() { return parts_->env.log; }
void AuthentikWorld::drive(Task<Done> task) { parts_->env.drive(std::move(task)); }
void AuthentikWorld::lose_next_answer() { parts_->env.loses_next = true; }
lab::authentik::Service& AuthentikWorld::server() { return parts_->server; }

bool AuthentikWorld::lose() {
  parts_->server.change([&](lab::authentik::World& world) { world.objects = parts_->before; });
  return true;
}

int AuthentikWorld::count(std::string_view method) const {
  int sum = 0;
  for (const auto& [asked, times] : parts_->server.requests()) {
    if (asked.rfind(method, 0) == 0) sum += times;
  }
  return sum;
}

}  // namespace nmx::test
