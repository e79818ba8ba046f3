#pragma once

#include <map>
#include <string>
#include <vector>

#include "lang/value/value.hpp"

namespace nmx::caddy {

/// Caddy's `apps`, of which nmx keeps its own sites and leaves everything else as it is.
class Apps {
 public:
  /// `server`: the one of `http.servers` that the sites stand in; made where there is none, listening at `listen`.
  Apps(Value json, std::string server, std::vector<std::string> listen);

  /// nmx's sites by name.
  std::map<std::string, Object> sites() const;
  /// Hosts that routes of others serve, in any server.
  std::vector<std::string> strangers_hosts() const;
  /// Replaces the site of this name, or adds it.
  void put(const Object& site);
  void remove(const std::string& name);
  /// With the sites as they now are.
  Value json() const;

 private:
  struct Entry {
    Value route;
    Value policy;
    Value certificate;
  };
  void read_entries();

  Value json_;
  std::map<std::string, Entry> entries_;
  std::string server_;
  std::vector<std::string> listen_;
};

}  // namespace nmx::caddy
