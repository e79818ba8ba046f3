#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "providers/lab/http_server.hpp"
#include "providers/lab/proxmox/world.hpp"

namespace nmx::lab::proxmox {

/// Who sent a request.
struct Caller {
  std::string user;   // `nmx@pve`
  std::string token;  // `nmx@pve!lab`, empty for a ticket
  /// What tasks and messages call it.
  const std::string& name() const { return token.empty() ? user : token; }
  /// Only a login as root@pam is root; its tokens are not.
  bool is_root() const { return user == "root@pam" && token.empty(); }
};

/// The reason of a 401, or who it is.
struct Login {
  std::optional<Caller> caller;
  std::string refused;
};
/// By cookie, then by the Authorization header. `writes`: a ticket then needs its CSRF token.
Login log_in(const World& world, const Request& request, bool writes);

/// `PVEAPIToken=USER@REALM!ID=SECRET` of a header, decoded; nothing where it is something else.
std::optional<std::string> token_of_header(std::string_view header);
std::optional<std::string> ticket_of_cookie(std::string_view header);
/// Token id and secret, split at the last `=`.
std::optional<std::pair<std::string, std::string>> split_token(std::string_view token);
/// The CSRF token that belongs to a ticket.
std::string csrf_of(std::string_view ticket);

/// Every privilege there is.
const std::set<std::string>& all_privileges();
/// The roles that every cluster has.
const std::map<std::string, std::set<std::string>>& builtin_roles();
/// What a role allows; null pointer: there is none of this name.
const std::set<std::string>* role_of(const World& world, const std::string& name);
/// What the caller may do at a path.
std::set<std::string> privileges(const World& world, const Caller& caller, std::string_view path);

}  // namespace nmx::lab::proxmox
