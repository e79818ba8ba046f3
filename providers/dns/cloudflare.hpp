#pragma once

#include <map>
#include <tuple>

#include "providers/dns/backend.hpp"
#include "providers/dns/http_api.hpp"

namespace nmx::dns {

/// Cloudflare's public zones; a record's comment carries nmx's mark.
class Cloudflare : public Backend {
 public:
  struct Settings {
    std::string url = "https://api.cloudflare.com/client/v4";
    TlsTrust trust;
    std::string token;
    std::vector<std::string> zones;
  };
  Cloudflare(Env& env, Settings settings) : api_(env, settings.url, settings.trust), settings_(std::move(settings)) {}

  Abilities abilities() const override;
  Task<Result<std::vector<std::string>>> zones() override;
  /// A request for every hundred records.
  Task<Result<Zone>> read(std::string zone) override;
  /// A request for every two hundred changes; each takes all of its changes or none.
  Task<Written> write(std::string zone, std::vector<Exchange> exchanges) override;

 private:
  Task<ApiAnswer> call(std::string method, std::string path, Value body = {});
  Task<Result<List>> all_of(std::string path);

  HttpApi api_;
  Settings settings_;
  std::map<std::string, std::string> zone_ids_;
  /// Zone, name, type, value: the record's id, as last read.
  std::map<std::tuple<std::string, RecordKey, std::string>, std::string> ids_;
};

}  // namespace nmx::dns
