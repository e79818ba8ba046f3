#pragma once

#include "providers/dns/backend.hpp"
#include "providers/dns/http_api.hpp"

namespace nmx::dns {

/// PowerDNS by its HTTP API; comments carry nmx's marks.
class PowerDns : public Backend {
 public:
  struct Settings {
    std::string url;
    TlsTrust trust;
    std::string key;
    std::vector<std::string> zones;
  };
  PowerDns(Env& env, Settings settings) : api_(env, settings.url, settings.trust), settings_(std::move(settings)) {}

  Abilities abilities() const override;
  Task<Result<std::vector<std::string>>> zones() override;
  Task<Result<Zone>> read(std::string zone) override;
  /// One request: PowerDNS takes all of it or nothing.
  Task<Written> write(std::string zone, std::vector<Exchange> exchanges) override;

 private:
  Task<ApiAnswer> call(std::string method, std::string path, Value body = {});

  HttpApi api_;
  Settings settings_;
};

}  // namespace nmx::dns
