#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

// Who has which role where, and what the roles are.
namespace nmx::lab::proxmox {
namespace {

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

bool is_acl_path(std::string_view path) {
  return matches(path,
                 R"(/|/access(/(groups|realm)(/[^/]+)?)?|/nodes(/[[:alnum:].\-]+)?|/pool(/[A-Za-z0-9.\-_]+){0,3}|)"
                 R"(/sdn(/(controllers|dns|fabrics|ipams|zones|vnets)?(/[[:alnum:]_.\-]+){0,3})?|)"
                 R"(/storage(/[[:alnum:]\-_.]+)?|/vms(/[1-9][0-9]{2,})?|/mapping(/(dir|pci|usb)(/[^/]+)?)?)");
}

/// Slashes that stand for nothing are left out.
std::string normal_path(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  for (auto at = path.find("//"); at != std::string::npos; at = path.find("//")) path.erase(at, 1);
  return path;
}

void may_change(const Call& call) { call.need(normal_path(call.text("path", "/")), {"Permissions.Modify"}); }
void may_shape(const Call& call) { call.need("/access", {"Sys.Modify"}); }

Json list(Call& call) {
  auto entries = Json::array();
  for (const auto& grant : call.world.grants) {
    if (!call.may(grant.path, "Permissions.Modify") && !call.may("/access", "Sys.Audit")) continue;
    entries.push_back({{"path", grant.path},
                       {"roleid", grant.role},
                       {"ugid", grant.who},
                       {"type", grant.who.find('!') == std::string::npos ? "user" : "token"},
                       {"propagate", grant.propagate ? 1 : 0}});
  }
  return entries;
}

/// The users and tokens that a change is about, known ones.
std::vector<std::string> holders(const Call& call) {
  std::vector<std::string> all;
  const auto failed = [](const std::string& why) { return Refused{500, "ACL update failed: " + why}; };
  if (const auto groups = split_list(call.text("groups")); !groups.empty())
    throw failed(fmt::format("group '{}' does not exist", groups.front()));
  for (auto& user : split_list(call.text("users"))) {
    if (!call.world.users.contains(user)) throw failed(fmt::format("user '{}' does not exist", user));
    all.push_back(std::move(user));
  }
  for (auto& token : split_list(call.text("tokens"))) {
    const auto bang = token.rfind('!');
    const auto user = call.world.users.find(token.substr(0, bang));
    if (bang == std::string::npos || user == call.world.users.end() ||
        !user->second.tokens.contains(token.substr(bang + 1))) {
      throw failed(fmt::format("no such token '{}'", token));
    }
    all.push_back(std::move(token));
  }
  return all;
}

Json change(Call& call) {
  const std::string named[] = {"groups", "tokens", "users"};
  if (std::none_of(std::begin(named), std::end(named), [&](const auto& name) { return call.has(name.c_str()); })) {
    const std::string missing = "either 'users', 'groups' or 'tokens' is required.";
    throw Refused{
        400, "Parameter verification failed.", {{"users", missing}, {"groups", missing}, {"tokens", missing}}};
  }
  if (!is_acl_path(normal_path(call.text("path")))) {
    throw Refused{
        400, "Parameter verification failed.", {{"path", fmt::format("invalid ACL path '{}'", call.text("path"))}}};
  }
  const auto path = normal_path(call.text("path"));
  for (const auto& role : split_list(call.text("roles"))) {
    if (role_of(call.world, role) == nullptr)
      throw Refused{500, fmt::format("ACL update failed: role '{}' does not exist", role)};
    for (const auto& who : holders(call)) {
      auto& grants = call.world.grants;
      std::erase_if(grants, [&](const auto& one) { return one.path == path && one.who == who && one.role == role; });
      if (!call.flag("delete")) grants.push_back({path, who, role, call.flag("propagate", true)});
    }
  }
  call.world.changed = true;
  return nullptr;
}

Json roles(Call& call) {
  auto entries = Json::array();
  const auto add = [&](const auto& roles, int special) {
    for (const auto& [name, allowed] : roles)
      entries.push_back({{"roleid", name}, {"privs", joined(allowed)}, {"special", special}});
  };
  add(builtin_roles(), 1);
  add(call.world.roles, 0);
  return entries;
}

Json role(Call& call) {
  const auto* allowed = role_of(call.world, call.text("roleid"));
  if (allowed == nullptr) throw Refused{500, fmt::format("role '{}' does not exist", call.text("roleid"))};
  auto shown = Json::object();
  for (const auto& privilege : *allowed) shown[privilege] = 1;
  return shown;
}

std::set<std::string> wanted_privileges(const Call& call) {
  std::set<std::string> wanted;
  for (auto& privilege : split_list(call.text("privs"))) {
    if (!all_privileges().contains(privilege)) {
      throw Refused{400,
                    "Parameter verification failed.",
                    {{"privs", fmt::format("invalid format - invalid privilege '{}'\n", privilege)}}};
    }
    wanted.insert(std::move(privilege));
  }
  return wanted;
}

/// A role of one's own; those that every cluster has stay as they are.
std::set<std::string>& own_role(const Call& call, const std::string& doing) {
  const auto name = call.text("roleid");
  if (builtin_roles().contains(name))
    throw Refused{500, fmt::format("{} failed: auto-generated role '{}' cannot be modified", doing, name)};
  const auto found = call.world.roles.find(name);
  if (found == call.world.roles.end())
    throw Refused{500, fmt::format("{} failed: role '{}' does not exist", doing, name)};
  return found->second;
}

Json create_role(Call& call) {
  const auto name = call.text("roleid");
  if (role_of(call.world, name) != nullptr)
    throw Refused{500, fmt::format("create role failed: role '{}' already exists", name)};
  call.world.roles[name] = wanted_privileges(call);
  call.world.changed = true;
  return nullptr;
}

Json change_role(Call& call) {
  auto wanted = wanted_privileges(call);
  auto& role = own_role(call, "update role");
  if (!call.flag("append")) role.clear();
  role.merge(wanted);
  call.world.changed = true;
  return nullptr;
}

Json remove_role(Call& call) {
  own_role(call, "delete role");
  call.world.roles.erase(call.text("roleid"));
  call.world.changed = true;
  return nullptr;
}

ParameterSet named() { return ParameterSet{{text("roleid").need().named("pve-roleid")}, {}}; }

}  // namespace

std::vector<Route> acl_routes() {
  auto creation = named();
  creation.add(text("privs"));
  auto changing = creation;
  changing.add(boolean("append").with("privs"));
  return {
      {"GET", "/access/acl", {}, nullptr, list},
      {"PUT", "/access/acl",
       ParameterSet{
           {text("path").need(), text("roles").need().named("pve-roleid-list"), text("users").named("pve-userid-list"),
            text("tokens"), text("groups").named("pve-groupid-list"), boolean("propagate"), boolean("delete")},
           {}},
       may_change, change},
      {"GET", "/access/roles", {}, nullptr, roles},
      {"POST", "/access/roles", creation, may_shape, create_role},
      {"GET", "/access/roles/{roleid}", named(), nullptr, role},
      {"PUT", "/access/roles/{roleid}", changing, may_shape, change_role},
      {"DELETE", "/access/roles/{roleid}", named(), may_shape, remove_role},
  };
}

}  // namespace nmx::lab::proxmox
