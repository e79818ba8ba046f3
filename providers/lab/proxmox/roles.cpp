#include <algorithm>

#include "providers/lab/proxmox/access.hpp"

// What there is to be allowed, and the roles that every cluster has. Source: pve-access-control, as of Proxmox VE 9.2.
namespace nmx::lab::proxmox {
namespace {

/// How far a privilege goes: to whoever uses it, to administrators of its kind, to administrators, to root alone.
enum class Rank { user, audit, admin, root };

struct Privilege {
  const char* name;
  Rank rank;
};

struct Kind {
  /// `VM`: `PVEVMUser`, `PVEVMAdmin`.
  const char* role;
  std::vector<Privilege> privileges;
};

const std::vector<Kind>& kinds() {
  using enum Rank;
  static const std::vector<Kind> all{
      {"VM",
       {{"VM.Allocate", admin},
        {"VM.Audit", audit},
        {"VM.Backup", user},
        {"VM.Clone", admin},
        {"VM.Config.CDROM", user},
        {"VM.Config.CPU", admin},
        {"VM.Config.Cloudinit", user},
        {"VM.Config.Disk", admin},
        {"VM.Config.HWType", admin},
        {"VM.Config.Memory", admin},
        {"VM.Config.Network", admin},
        {"VM.Config.Options", admin},
        {"VM.Console", user},
        {"VM.GuestAgent.Audit", audit},
        {"VM.GuestAgent.FileRead", user},
        {"VM.GuestAgent.FileSystemMgmt", user},
        {"VM.GuestAgent.FileWrite", user},
        {"VM.GuestAgent.Unrestricted", admin},
        {"VM.Migrate", admin},
        {"VM.PowerMgmt", user},
        {"VM.Replicate", admin},
        {"VM.Snapshot", admin},
        {"VM.Snapshot.Rollback", admin}}},
      {"Sys",
       {{"Sys.AccessNetwork", root},
        {"Sys.Audit", audit},
        {"Sys.Console", admin},
        {"Sys.Incoming", root},
        {"Sys.Modify", root},
        {"Sys.PowerMgmt", root},
        {"Sys.Syslog", admin}}},
      {"Datastore",
       {{"Datastore.Allocate", admin},
        {"Datastore.AllocateSpace", user},
        {"Datastore.AllocateTemplate", admin},
        {"Datastore.Audit", audit}}},
      {"SDN", {{"SDN.Allocate", admin}, {"SDN.Audit", audit}, {"SDN.Use", user}}},
      {"User",
       {{"Group.Allocate", admin},
        {"Permissions.Modify", root},
        {"Realm.Allocate", root},
        {"Realm.AllocateUser", admin},
        {"User.Modify", admin}}},
      {"Pool", {{"Pool.Allocate", admin}, {"Pool.Audit", audit}}},
      {"Mapping", {{"Mapping.Audit", audit}, {"Mapping.Modify", admin}, {"Mapping.Use", user}}}};
  return all;
}

}  // namespace

const std::set<std::string>& all_privileges() {
  static const std::set<std::string> all = [] {
    std::set<std::string> names;
    for (const auto& kind : kinds()) {
      for (const auto& privilege : kind.privileges) names.insert(privilege.name);
    }
    return names;
  }();
  return all;
}

const std::map<std::string, std::set<std::string>>& builtin_roles() {
  static const std::map<std::string, std::set<std::string>> roles = [] {
    std::map<std::string, std::set<std::string>> made;
    made["NoAccess"] = {};
    made["Administrator"] = all_privileges();
    made["PVETemplateUser"] = {"VM.Audit", "VM.Clone"};
    for (const auto& kind : kinds()) {
      const auto name = std::string("PVE") + kind.role;
      for (const auto& [privilege, rank] : kind.privileges) {
        if (rank == Rank::root) continue;
        made[name + "Admin"].insert(privilege);
        // Whoever administers everything gives no mapping away.
        if (std::string_view(privilege) != "Mapping.Modify") made["PVEAdmin"].insert(privilege);
        if (rank == Rank::audit) made["PVEAuditor"].insert(privilege);
        if (rank == Rank::audit || rank == Rank::user) made[name + "User"].insert(privilege);
      }
    }
    // Nobody is a mere user of the system, or of its users.
    made.erase("PVESysUser");
    made.erase("PVEUserUser");
    return made;
  }();
  return roles;
}

}  // namespace nmx::lab::proxmox
