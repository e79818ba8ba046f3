#include "providers/proxmox/examine.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "providers/proxmox/cluster.hpp"

namespace nmx::proxmox {
namespace {

struct Right {
  std::string_view privilege;
  /// Below which the login has it for everything of a kind.
  std::string_view path;
  /// What cannot be done without.
  std::string_view purpose;
};

/// Privileges that the calls of this folder ask for. Source: the API's own schema, `permissions` of each method.
// clang-format off
constexpr Right rights[] = {
    {"VM.Allocate", "/vms", "make and delete containers"},
    {"VM.Audit", "/vms", "see containers"},
    {"VM.Config.CPU", "/vms", "change cores"},
    {"VM.Config.Disk", "/vms", "change disks and mounts"},
    {"VM.Config.Memory", "/vms", "change memory"},
    {"VM.Config.Network", "/vms", "change network interfaces and names"},
    {"VM.Config.Options", "/vms", "change tags, descriptions and other options"},
    {"VM.PowerMgmt", "/vms", "start and stop containers"},
    {"VM.Migrate", "/vms", "move containers to another node"},
    {"VM.Snapshot", "/vms", "take snapshots and go back to them"},
    {"VM.Backup", "/vms", "make full copies with `nmx vzdump`"},
    {"Datastore.AllocateSpace", "/storage", "make disks"},
    {"Datastore.AllocateTemplate", "/storage", "bring templates"},
    {"Datastore.Audit", "/storage", "see storages"},
    {"Pool.Audit", "/pool", "see pools"},
    {"Pool.Allocate", "/pool", "put containers into pools"},
    {"SDN.Use", "/sdn", "use bridges"},
    {"Sys.Audit", "/nodes", "see bridges and the cluster's state"},
};
// clang-format on

/// Whether some path below has a privilege that the whole does not: a login that is meant for a part of a cluster.
bool somewhere(const Facts& facts, std::string_view path, std::string_view privilege) {
  const auto* permissions = facts.at_or_null("permissions").object();
  if (permissions == nullptr) return false;
  return std::any_of(permissions->begin(), permissions->end(), [&](const auto& entry) {
    const bool below = entry.first.rfind(std::string(path) + "/", 0) == 0;
    const auto* granted = entry.second.object();
    return below && granted != nullptr && granted->contains(privilege);
  });
}

/// `nmx@pve` of `nmx@pve!nmx=…`, or the login's own name.
std::string user_of(const Access& access) {
  return access.token.empty() ? access.login.user : access.token.substr(0, access.token.find('!'));
}

std::vector<std::string> commands_granting(const Access& access, const std::vector<std::string>& privileges) {
  std::vector<std::string> commands = {
      fmt::format("pveum role add nmx-more --privs \"{}\"", fmt::join(privileges, " ")),
      fmt::format("pveum acl modify / --users {} --roles nmx-more", user_of(access))};
  // Where its privileges are separated, a token has those that both have.
  if (!access.token.empty()) {
    commands.push_back(fmt::format("pveum acl modify / --tokens '{}' --roles nmx-more",
                                   access.token.substr(0, access.token.find('='))));
  }
  return commands;
}

void examine_rights(const Client& client, const Facts& facts, std::vector<Finding>& findings) {
  const Cluster cluster(facts);
  if (!facts.contains("permissions")) {
    findings.push_back({Finding::Kind::note, "the login cannot be asked for its rights; the server will tell"});
    return;
  }
  std::vector<std::string> lacking;
  for (const auto& right : rights) {
    if (cluster.may(right.path, right.privilege) || cluster.may("/", right.privilege)) continue;
    const bool in_part = somewhere(facts, right.path, right.privilege);
    findings.push_back(
        {in_part ? Finding::Kind::note : Finding::Kind::missing,
         fmt::format("{}{}: without it nmx cannot {}", right.privilege,
                     in_part ? fmt::format(" holds for a part of {} only", right.path) : "", right.purpose)});
    if (!in_part) lacking.emplace_back(right.privilege);
  }
  if (lacking.empty()) {
    findings.push_back({Finding::Kind::well, "the login has the rights that nmx uses"});
  } else {
    findings.push_back({Finding::Kind::missing, "on a node, as root, this gives what is missing:",
                        commands_granting(client.access(), lacking)});
  }
}

void examine_nodes(const Facts& facts, std::vector<Finding>& findings) {
  const Cluster cluster(facts);
  const auto nodes = cluster.nodes();
  std::vector<std::string> down;
  for (const auto& node : nodes) {
    if (!cluster.online(node)) down.push_back(node);
  }
  const bool new_enough = cluster.at_least(8, 4);
  findings.push_back({new_enough ? Finding::Kind::well : Finding::Kind::missing,
                      fmt::format("Proxmox VE {}, nodes {}", cluster.version(), fmt::join(nodes, ", ")),
                      new_enough ? std::vector<std::string>{} : std::vector<std::string>{"nmx knows 8.4 and later"}});
  if (!down.empty()) {
    findings.push_back({Finding::Kind::note, fmt::format("{} {} not answer; nothing is planned for what lies there",
                                                         fmt::join(down, ", "), down.size() == 1 ? "does" : "do")});
  }
}

/// `local, tank on pve1 and pve2`: where something may lie; a storage without nodes has it on all of them.
std::string places_for(const Cluster& cluster, std::string_view content) {
  std::map<std::string, std::vector<std::string>> found;
  for (const auto& node : cluster.nodes()) {
    for (const auto& name : cluster.storages(node)) {
      const auto storage = cluster.storage(node, name);
      if (storage && storage->active && storage->holds(content)) found[name].push_back(node);
    }
  }
  std::string text;
  for (const auto& [name, nodes] : found)
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", name,
                        nodes.size() == cluster.nodes().size() ? "" : fmt::format(" on {}", fmt::join(nodes, " and ")));
  return text;
}

void examine_storages(const Facts& facts, std::vector<Finding>& findings) {
  const Cluster cluster(facts);
  for (const auto& [content, what] : {std::pair{"rootdir", "containers' disks"}, std::pair{"vztmpl", "templates"}}) {
    const auto places = places_for(cluster, content);
    if (!places.empty()) {
      findings.push_back({Finding::Kind::well, fmt::format("{} may lie in {}", what, places)});
    } else {
      findings.push_back({Finding::Kind::missing,
                          fmt::format("no storage that the login sees may hold {}", what),
                          {fmt::format("pvesm set STORAGE --content {},…", content)}});
    }
  }
}

}  // namespace

Task<std::vector<Finding>> examine(Client* client, const Facts* facts) {
  std::vector<Finding> findings;
  examine_nodes(*facts, findings);
  examine_rights(*client, *facts, findings);
  examine_storages(*facts, findings);
  if (!client->access().can_be_root()) {
    findings.push_back({Finding::Kind::note,
                        "without `root` beside the token no folder of a node can be mounted, no device passed on, and "
                        "no feature but nesting switched on"});
    co_return findings;
  }
  Call call;
  call.method = "GET";
  call.path = "/version";
  call.elevated = true;
  auto asking = client->call(std::move(call));
  const auto reply = co_await asking;
  if (reply.ok()) {
    findings.push_back({Finding::Kind::well, "root@pam can log in"});
  } else {
    findings.push_back({Finding::Kind::missing,
                        "root@pam cannot log in: " + to_error(reply).message,
                        {"look at `root` in the provider block"}});
  }
  co_return findings;
}

}  // namespace nmx::proxmox
