#include "providers/lab/proxmox/access.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "providers/lab/proxmox/form.hpp"

namespace nmx::lab::proxmox {

std::optional<std::string> token_of_header(std::string_view header) {
  constexpr std::string_view name = "PVEAPIToken";
  auto at = header.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  at += name.size();
  if (at >= header.size() || (header[at] != '=' && header[at] != ' ')) return std::nullopt;
  const auto value = header.substr(at + 1);
  return percent_decoded(value.substr(0, value.find(';')), Plus::stays);
}

std::optional<std::string> ticket_of_cookie(std::string_view header) {
  constexpr std::string_view name = "PVEAuthCookie=";
  const auto at = header.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto value = header.substr(at + name.size());
  return percent_decoded(value.substr(0, value.find(';')), Plus::stays);
}

std::optional<std::pair<std::string, std::string>> split_token(std::string_view token) {
  const auto equals = token.rfind('=');
  if (equals == std::string_view::npos) return std::nullopt;
  return std::pair(std::string(token.substr(0, equals)), std::string(token.substr(equals + 1)));
}

std::string csrf_of(std::string_view ticket) {
  return fmt::format("{:08X}:{:016x}", std::hash<std::string_view>{}(ticket)&0xFFFFFFFF,
                     std::hash<std::string>{}("csrf" + std::string(ticket)));
}

Login log_in(const World& world, const Request& request, bool writes) {
  if (const auto* cookie = request.header("Cookie")) {
    if (const auto ticket = ticket_of_cookie(*cookie)) {
      const auto known = world.tickets.find(*ticket);
      if (known == world.tickets.end()) return {std::nullopt, "Authentication failed!"};
      const auto* csrf = request.header("CSRFPreventionToken");
      if (writes && (csrf == nullptr || *csrf != csrf_of(*ticket))) {
        return {std::nullopt, "Permission denied - invalid csrf token"};
      }
      return {Caller{known->second, {}}, {}};
    }
  }
  const auto* authorization = request.header("Authorization");
  const auto token = authorization == nullptr ? std::nullopt : token_of_header(*authorization);
  if (!token) return {std::nullopt, "No ticket"};
  const auto parts = split_token(*token);
  const auto bang = parts ? parts->first.rfind('!') : std::string::npos;
  if (bang != std::string::npos) {
    const auto user = world.users.find(parts->first.substr(0, bang));
    const auto now = world.clock.unix_seconds();
    const auto lives = [&](std::int64_t expires) { return expires == 0 || expires > now; };
    if (user != world.users.end() && user->second.enabled && lives(user->second.expires)) {
      const auto known = user->second.tokens.find(parts->first.substr(bang + 1));
      if (known != user->second.tokens.end() && known->second.secret == parts->second && lives(known->second.expires)) {
        return {Caller{user->first, parts->first}, {}};
      }
    }
  }
  return {std::nullopt, "Authentication failed!"};
}

const std::set<std::string>* role_of(const World& world, const std::string& name) {
  const auto own = world.roles.find(name);
  if (own != world.roles.end()) return &own->second;
  const auto builtin = builtin_roles().find(name);
  return builtin == builtin_roles().end() ? nullptr : &builtin->second;
}

namespace {

/// Roles of one user or token at a path: those given nearest to it.
std::set<std::string> granted(const World& world, std::string_view who, std::string_view path) {
  std::set<std::string> roles;
  for (std::size_t end = 1; end <= path.size(); ++end) {
    if (end != 1 && end != path.size() && path[end] != '/') continue;
    const auto prefix = path.substr(0, end);
    std::set<std::string> here;
    for (const auto& grant : world.grants) {
      if (grant.who == who && grant.path == prefix && (grant.propagate || prefix == path)) here.insert(grant.role);
    }
    if (!here.empty()) roles = std::move(here);
  }
  std::set<std::string> all;
  for (const auto& role : roles) {
    if (const auto* known = role_of(world, role)) all.insert(known->begin(), known->end());
  }
  return all;
}

}  // namespace

std::set<std::string> privileges(const World& world, const Caller& caller, std::string_view path) {
  const auto of_user = caller.user == "root@pam" ? all_privileges() : granted(world, caller.user, path);
  if (caller.token.empty()) return of_user;
  const auto& token = world.users.at(caller.user).tokens.at(caller.token.substr(caller.user.size() + 1));
  if (!token.separated) return of_user;
  const auto own = granted(world, caller.token, path);
  std::set<std::string> both;
  std::set_intersection(own.begin(), own.end(), of_user.begin(), of_user.end(), std::inserter(both, both.begin()));
  return both;
}

}  // namespace nmx::lab::proxmox
