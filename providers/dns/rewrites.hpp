#pragma once

#include "providers/dns/backend.hpp"
#include "providers/dns/http_api.hpp"

namespace nmx::dns {

/// AdGuard Home and Pi-hole have no zones, only rewrites of single names: A, AAAA and CNAME without a TTL and without
/// room for a mark. What state does not know is a stranger's.

class AdGuard : public Backend {
 public:
  struct Settings {
    std::string url;
    TlsTrust trust;
    std::string user;
    std::string password;
    std::vector<std::string> zones;
  };
  AdGuard(Env& env, Settings settings) : api_(env, settings.url, settings.trust), settings_(std::move(settings)) {}

  Abilities abilities() const override;
  Task<Result<std::vector<std::string>>> zones() override { co_return settings_.zones; }
  Task<Result<Zone>> read(std::string zone) override;
  /// A request for each value: there is none for several.
  Task<Written> write(std::string zone, std::vector<Exchange> exchanges) override;

 private:
  Task<ApiAnswer> call(std::string method, std::string path, Value body = {});
  HttpApi api_;
  Settings settings_;
};

class PiHole : public Backend {
 public:
  struct Settings {
    std::string url;
    TlsTrust trust;
    std::string password;
    std::vector<std::string> zones;
  };
  PiHole(Env& env, Settings settings) : api_(env, settings.url, settings.trust), settings_(std::move(settings)) {}

  Abilities abilities() const override;
  Task<Result<std::vector<std::string>>> zones() override { co_return settings_.zones; }
  Task<Result<Zone>> read(std::string zone) override;
  /// One request that replaces the lists, strangers' entries included as they are.
  Task<Written> write(std::string zone, std::vector<Exchange> exchanges) override;

 private:
  struct Lists {
    std::vector<std::string> hosts;
    std::vector<std::string> aliases;
  };
  Task<Result<std::string>> log_in();
  Task<Done> log_out(std::string session);
  Task<Result<Lists>> lists(std::string session);
  HttpApi api_;
  Settings settings_;
};

}  // namespace nmx::dns
