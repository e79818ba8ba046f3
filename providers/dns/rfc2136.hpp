#pragma once

#include <memory>
#include <optional>

#include "planner/runtime/env.hpp"
#include "providers/dns/backend.hpp"
#include "providers/dns/message.hpp"
#include "providers/dns/tsig.hpp"

namespace nmx::dns {

/// A server that takes signed updates (RFC 2136) and gives whole zones (AXFR): BIND, Knot, PowerDNS, Technitium.
class Rfc2136 : public Backend {
 public:
  struct Settings {
    std::string server;
    std::uint16_t port = 53;
    std::optional<TsigKey> key;
    std::vector<std::string> zones;
  };
  Rfc2136(Env& env, Settings settings) : env_(env), settings_(std::move(settings)) {}

  Abilities abilities() const override;
  Task<Result<std::vector<std::string>>> zones() override;
  /// One transfer.
  Task<Result<Zone>> read(std::string zone) override;
  /// One update, or as many as 64 KiB each take.
  Task<Written> write(std::string zone, std::vector<Exchange> exchanges) override;

 private:
  Task<Result<std::vector<Message>>> ask(Message request);
  Task<Result<std::vector<Message>>> converse(Message request);

  Env& env_;
  Settings settings_;
};

/// The update that makes these exchanges, each guarded by what must hold before.
Message update_message(std::string_view zone, const std::vector<Exchange>& exchanges);
/// The zone that a transfer gave.
Zone zone_of_transfer(std::string_view zone, const std::vector<Message>& messages);

}  // namespace nmx::dns
