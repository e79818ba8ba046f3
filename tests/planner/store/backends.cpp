#include "tests/planner/store/backends.hpp"

#include <map>

#include "planner/checksum.hpp"
#include "planner/store/http_shelf.hpp"
#include "planner/store/postgres_shelf.hpp"
#include "planner/store/s3_shelf.hpp"
#include "planner/store/sigv4.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/scripted_server.hpp"

namespace nmx::test {
namespace {

ScriptedServer& postgres() {
  static ScriptedServer server("postgres.sh");
  return server;
}

ScriptedServer& ceph() {
  static ScriptedServer server("ceph_s3.sh");
  static const bool made = [] {
    if (!server.why().empty()) return false;
    HttpRequest request;
    request.method = "PUT";
    request.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/nmx";
    sign_aws(request, {"ann-key", "ann-secret", ""}, "us-east-1", "s3", env().wall_ms());
    return std::holds_alternative<HttpResponse>(env().drive(env().http(request)));
  }();
  static_cast<void>(made);
  return server;
}

/// A state server a site.
StateServer& state_server(StateServer::Kind kind, const std::string& site) {
  static std::map<std::pair<StateServer::Kind, std::string>, std::unique_ptr<StateServer>> servers;
  auto& server = servers[{kind, site}];
  if (server == nullptr) server = std::make_unique<StateServer>(kind);
  return *server;
}

std::unique_ptr<Shelf> http(StateServer::Kind kind, const std::string& site) {
  const auto& server = state_server(kind, site);
  HttpSettings settings;
  settings.url = server.url();
  settings.username = StateServer::username;
  settings.password = StateServer::password;
  // A plain server takes Terraform's own methods, at the state's own address.
  if (kind == StateServer::Kind::plain) {
    settings.lock_url = settings.url;
    settings.lock_method = "LOCK";
    settings.unlock_method = "UNLOCK";
  }
  return http_shelf(settings, env());
}

std::string nothing() { return {}; }

}  // namespace

CurlEnv& env() {
  static CurlEnv one;
  return one;
}

std::string ceph_endpoint() {
  return ceph().why().empty() ? "http://127.0.0.1:" + std::to_string(ceph().port()) : std::string();
}

const std::vector<Backend>& backends() {
  static const std::vector<Backend> all = {
      {"gitlab", nothing, [](const std::string& site) { return http(StateServer::Kind::gitlab, site); }, false},
      {"http", nothing, [](const std::string& site) { return http(StateServer::Kind::plain, site); }, false},
      {"postgres", [] { return postgres().why(); },
       [](const std::string& site) {
         return postgres_shelf({"postgresql://nmx@127.0.0.1:" + std::to_string(postgres().port()) + "/postgres", site},
                               env());
       }},
      {"s3", [] { return ceph().why(); },
       [](const std::string& site) {
         return s3_shelf({ceph_endpoint(), "us-east-1", "nmx", site + "/", {"ann-key", "ann-secret", ""}, {}}, env());
       }},
  };
  return all;
}

std::unique_ptr<RemoteStore> store_on(std::unique_ptr<Shelf> shelf, const std::string& environment) {
  return std::make_unique<RemoteStore>(std::move(shelf), environment,
                                       *Keyring::open({to_hex(std::string(32, 'k')), "", ""}), env());
}

}  // namespace nmx::test
