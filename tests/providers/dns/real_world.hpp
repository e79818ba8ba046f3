#pragma once

#include <memory>

#include "planner/runtime/curl_env.hpp"
#include "providers/dns/provider.hpp"
#include "tests/providers/contract/rehearsal.hpp"
#include "tests/providers/dns/real_server.hpp"

namespace nmx::test {

/// The dns provider in front of a server of the distribution.
class RealWorld : public World {
 public:
  explicit RealWorld(RealServer::Kind kind) : server(kind) { connect_with(server.settings()); }
  /// A provider with other settings than the server's own.
  void connect_with(Object settings) {
    ProviderSettings made;
    made.name = "dns";
    made.settings = std::move(settings);
    made.derive = [](std::string_view label) { return "0123" + std::string(label); };
    provider_ = *type_.make(made, env_);
  }
  Provider& provider() override { return *provider_; }
  const ResourceType& type() override { return *type_.types.front(); }
  bool lose() override { return false; }
  std::string log() override { return {}; }
  void drive(Task<Done> task) override { env_.drive(std::move(task)); }

  RealServer server;

 private:
  CurlEnv env_;
  ProviderType type_ = dns::provider_type();
  std::unique_ptr<Provider> provider_;
};

}  // namespace nmx::test
