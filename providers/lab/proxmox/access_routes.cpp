#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {
namespace {

/// What the user may do at all, by what it is about; the web interface shows and hides by it.
Json abilities(const World& world, const std::string& user) {
  struct Subject {
    const char* name;
    const char* path;
    std::vector<std::string> kinds;
  };
  static const std::vector<Subject> subjects{{"vms", "/vms", {"VM.", "Permissions."}},
                                             {"storage", "/storage", {"Datastore.", "Permissions."}},
                                             {"access", "/access", {"User.", "Group.", "Permissions."}},
                                             {"nodes", "/nodes", {"Sys.", "Permissions."}},
                                             {"sdn", "/sdn", {"SDN.", "Permissions."}},
                                             {"mapping", "/mapping", {"Mapping.", "Permissions."}},
                                             {"dc", "/", {"Sys.Audit", "Sys.Modify", "SDN."}}};
  auto all = Json::object();
  const Caller caller{user, {}};
  for (const auto& subject : subjects) {
    auto& found = all[subject.name] = Json::object();
    for (const auto& privilege : privileges(world, caller, subject.path)) {
      for (const auto& kind : subject.kinds) {
        if (privilege.rfind(kind, 0) == 0) found[privilege] = 1;
      }
    }
  }
  return all;
}

Json ticket(Call& call) {
  auto user = call.text("username");
  if (user.find('@') == std::string::npos) user += "@" + call.text("realm", "pam");
  const auto known = call.world.users.find(user);
  if (known == call.world.users.end() || !known->second.enabled || known->second.password.empty() ||
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
          {"cap", abilities(call.world, user)}};
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

Json domains(Call&) {
  return Json::array({{{"realm", "pam"}, {"type", "pam"}, {"comment", "Linux PAM standard authentication"}},
                      {{"realm", "pve"}, {"type", "pve"}, {"comment", "Proxmox VE authentication server"}}});
}

}  // namespace

std::vector<Route> access_routes() {
  return {
      {"POST", "/access/ticket",
       ParameterSet{{text("username").need().up_to(64), text("password").need(), text("realm").named("pve-realm"),
                     text("otp"), text("path"), text("privs"), text("tfa-challenge"), boolean("new-format")},
                    {}},
       nullptr, ticket, false},
      {"GET", "/access/domains", {}, nullptr, domains},
      {"GET", "/access/permissions", ParameterSet{{text("path"), text("userid")}, {}}, nullptr, permissions},
  };
}

}  // namespace nmx::lab::proxmox
