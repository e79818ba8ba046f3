#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "planner/provider.hpp"
#include "providers/dns/backend.hpp"

namespace nmx::dns {

/// What a connection knows of its server, packed into facts and read back from them.
class Served {
 public:
  /// Of no connection: everything is possible, no zone is known.
  explicit Served(const Facts& facts);

  bool known() const { return known_; }
  std::string kind() const;
  /// Stands in the marks of this site.
  std::string owner() const;
  bool takes(std::string_view type) const;
  bool has_ttl() const { return flag("ttl"); }
  bool has_reverse() const { return flag("reverse"); }
  bool has_proxy() const { return flag("proxied"); }
  bool has_marks() const { return flag("marks"); }
  const std::vector<std::string>& zones() const { return zones_; }
  bool serves(std::string_view zone) const;
  /// Types that a name has, with their marks.
  std::map<std::string, std::string> at(std::string_view zone, std::string_view name) const;

 private:
  bool flag(std::string_view name) const;

  const Facts* facts_;
  bool known_;
  std::vector<std::string> zones_;
};

Facts facts_of(std::string kind, std::string owner, const Abilities& abilities,
               const std::map<std::string, Zone>& zones);

}  // namespace nmx::dns
