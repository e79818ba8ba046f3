#pragma once

#include <fmt/core.h>

#include <memory>
#include <string>

#include "lang/value/value_json.hpp"
#include "providers/caddy/provider.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/contract/rehearsal.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::test {

/// `apps` behind Caddy's admin API, with its ETag.
class CaddyDouble {
 public:
  HttpResult operator()(const HttpRequest& request) {
    const auto etag = fmt::format("\"/config/apps {}\"", to_hex(sha256(to_json(apps).value()).substr(0, 4)));
    if (request.method == "GET") {
      auto response = answer(to_json(apps).value());
      response.headers.emplace_back("etag", etag);
      return response;
    }
    ++changes;
    for (const auto& [name, value] : request.headers) {
      if (name == "If-Match" && value != etag)
        return refusal(412, "Precondition Failed", R"({"error":"If-Match header did not match current config hash"})");
    }
    if (request.body.find("no-such-module") != std::string::npos)
      return refusal(500, "Internal Server Error", R"({"error":"loading new config: unknown module: no-such-module"})");
    apps = from_json(request.body).value();
    return answer("");
  }
  Value apps;
  int changes = 0;
};

/// The caddy provider in front of a double.
class CaddyWorld : public World {
 public:
  CaddyWorld() {
    ProviderSettings made;
    made.name = "caddy";
    provider_ = *type_.make(made, env_);
  }
  Provider& provider() override { return *provider_; }
  const ResourceType& type() override { return *type_.types.front(); }
  bool lose() override {
    server.apps = Null{};
    return true;
  }
  std::string log() override { return {}; }

  CaddyDouble server;

 private:
  ReadyQueue queue_;
  ScriptedEnv env_{[this](const HttpRequest& request) { return server(request); }};
  ProviderType type_ = caddy::provider_type();
  std::unique_ptr<Provider> provider_;
};

}  // namespace nmx::test
