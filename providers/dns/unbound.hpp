#pragma once

#include <map>
#include <optional>

#include "planner/runtime/env.hpp"
#include "providers/dns/backend.hpp"
#include "providers/support/ssh.hpp"

namespace nmx::dns {

/// Unbound with a file for each zone (`auth-zone`), written over ssh, or on this machine. A file is checked by
/// unbound-checkconf before it takes the place of the old one, and is taken back where Unbound refuses it.
class Unbound : public Backend {
 public:
  struct Settings {
    std::vector<std::string> zones;
    std::string directory = "/var/lib/unbound/zones";
    std::string config = "/etc/unbound/unbound.conf";
    /// Nothing: this machine.
    std::optional<SshHost> ssh;
  };
  Unbound(Env& env, Settings settings) : env_(env), settings_(std::move(settings)) {}

  Abilities abilities() const override;
  Task<Result<std::vector<std::string>>> zones() override { co_return settings_.zones; }
  Task<Result<Zone>> read(std::string zone) override;
  /// One command: any number of records of a zone.
  Task<Written> write(std::string zone, std::vector<Exchange> exchanges) override;

 private:
  /// What the script came to, where it ran at all.
  Task<Result<ChildResult>> run(std::string script);
  std::string file_of(std::string_view zone) const;

  Env& env_;
  Settings settings_;
  /// Files as last read: only what is still so is replaced.
  std::map<std::string, std::string> texts_;
};

}  // namespace nmx::dns
