#pragma once

#include <memory>
#include <string>

#include "providers/dns/provider.hpp"
#include "tests/providers/contract/rehearsal.hpp"
#include "tests/providers/dns/http_doubles.hpp"
#include "tests/providers/proxmox/scripted_env.hpp"

namespace nmx::test {

/// The dns provider in front of a double.
template <typename Double>
class DnsWorld : public World {
 public:
  explicit DnsWorld(Object settings) {
    ProviderSettings made;
    made.name = "dns";
    made.settings = std::move(settings);
    made.derive = [](std::string_view label) { return "0123" + std::string(label); };
    provider_ = *type_.make(made, env_);
  }
  Provider& provider() override { return *provider_; }
  const ResourceType& type() override { return *type_.types.front(); }
  bool lose() override {
    server = Double{};
    return true;
  }
  std::string log() override {
    std::string text;
    for (const auto& request : env_.requests) text += request.url + ' ' + request.log_body + '\n';
    return text;
  }

  Double server;

 private:
  ReadyQueue queue_;
  ScriptedEnv env_{[this](const HttpRequest& request) { return server(request); }};
  ProviderType type_ = dns::provider_type();
  std::unique_ptr<Provider> provider_;
};

inline Object powerdns_settings() {
  return {{"kind", "powerdns"}, {"url", "http://pdns.lan:8081"}, {"api_key", Value("secret-key").as_secret()}};
}
inline Object cloudflare_settings() { return {{"kind", "cloudflare"}, {"token", Value("secret-key").as_secret()}}; }
inline Object adguard_settings() {
  return {{"kind", "adguard"},
          {"url", "http://adguard.lan"},
          {"zones", List{"example.com"}},
          {"user", "nmx"},
          {"password", Value("secret").as_secret()}};
}
inline Object pihole_settings() {
  return {{"kind", "pihole"},
          {"url", "http://pihole.lan"},
          {"zones", List{"example.com"}},
          {"password", Value("secret").as_secret()}};
}

}  // namespace nmx::test
