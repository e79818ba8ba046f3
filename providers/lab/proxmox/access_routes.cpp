#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {
namespace {

Json version(Call& call) {
  const auto& full = call.world.version;
  return {{"version", full}, {"release", full.substr(0, full.rfind('.'))}, {"repoid", "14a22df35955d97d"}};
}

Json ticket(Call& call) {
  auto user = call.text("username");
  if (user.find('@') == std::string::npos) user += "@" + call.text("realm", "pam");
  const auto known = call.world.users.find(user);
  if (known == call.world.users.end() || known->second.password.empty() ||
      known->second.password != call.text("password")) {
    throw Refused{401, "authentication failure"};
  }
  const auto text = fmt::format("PVE:{}:{:08X}::{:016x}{:016x}", user, call.world.clock.unix_seconds(),
                                std::hash<std::string>{}(user), ++call.world.next_pid);
  call.world.tickets[text] = user;
  call.world.changed = true;
  return {{"username", user},
          {"ticket", text},
          {"CSRFPreventionToken", csrf_of(text)},
          {"clustername", "lab"},
          {"cap", Json::object()}};
}

Json permissions(Call& call) {
  const auto describe = [&](const std::string& path) {
    auto found = Json::object();
    for (const auto& privilege : privileges(call.world, call.caller, path)) found[privilege] = 1;
    return found;
  };
  auto answer = Json::object();
  if (call.has("path")) {
    answer[call.text("path")] = describe(call.text("path"));
    return answer;
  }
  std::set<std::string> paths{"/",     "/access", "/access/groups", "/mapping", "/nodes",
                              "/pool", "/sdn",    "/storage",       "/vms"};
  for (const auto& grant : call.world.grants) paths.insert(grant.path);
  for (const auto& path : paths) {
    auto found = describe(path);
    if (!found.empty()) answer[path] = std::move(found);
  }
  return answer;
}

}  // namespace

std::vector<Route> access_routes() {
  return {
      {"GET", "/version", {}, nullptr, version},
      {"POST", "/access/ticket",
       ParameterSet{{text("username").need().up_to(64), text("password").need(), text("realm").named("pve-realm"),
                     text("otp"), text("path"), text("privs"), text("tfa-challenge"), boolean("new-format")},
                    {}},
       nullptr, ticket, false},
      {"GET", "/access/permissions", ParameterSet{{text("path"), text("userid")}, {}}, nullptr, permissions},
  };
}

}  // namespace nmx::lab::proxmox
