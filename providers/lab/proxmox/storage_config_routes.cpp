#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

// Which storages the cluster has: `storage.cfg`.
namespace nmx::lab::proxmox {
namespace {

void may_allocate(const Call& call) { call.need("/storage", {"Datastore.Allocate"}); }
void may_allocate_one(const Call& call) { call.need("/storage/" + call.text("storage"), {"Datastore.Allocate"}); }

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// What a storage of a type cannot be without.
std::vector<std::string> required_options(const std::string& type) {
  static const std::map<std::string, std::vector<std::string>> table{{"btrfs", {"path"}},
                                                                     {"cephfs", {}},
                                                                     {"cifs", {"server", "share"}},
                                                                     {"dir", {"path"}},
                                                                     {"esxi", {"server"}},
                                                                     {"iscsi", {"portal"}},
                                                                     {"iscsidirect", {"portal"}},
                                                                     {"lvm", {"vgname"}},
                                                                     {"lvmthin", {"vgname"}},
                                                                     {"nfs", {"server", "export"}},
                                                                     {"pbs", {"server", "datastore"}},
                                                                     {"rbd", {}},
                                                                     {"zfs", {"portal"}},
                                                                     {"zfspool", {"pool"}}};
  return table.at(type);
}

/// What a type holds when nothing is said.
std::set<std::string> usual_content(const std::string& type) {
  if (type == "dir" || type == "nfs" || type == "cifs" || type == "btrfs")
    return {"images", "rootdir", "vztmpl", "iso", "backup", "snippets"};
  if (type == "pbs" || type == "cephfs") return {"backup"};
  return {"images", "rootdir"};
}

bool is_shared(const std::string& type, const Options& options) {
  static const std::set<std::string> always{"cephfs", "cifs", "esxi", "iscsi", "iscsidirect",
                                            "nfs",    "pbs",  "rbd",  "zfs"};
  const auto marked = options.find("shared");
  return always.contains(type) || (marked != options.end() && marked->second == "1");
}

/// The file as a whole, for its digest.
std::string file_digest(const World& world) {
  std::string text;
  for (const auto& [name, storage] : world.storages) {
    text += fmt::format("{}: {}\n\tcontent {}\n", storage.type, name, joined(storage.content));
    for (const auto& [option, value] : storage.options) text += fmt::format("\t{} {}\n", option, value);
    text += "\n";
  }
  return sha1_of(text);
}

Json show(const World& world, const std::string& name) {
  const auto& storage = world.storages.at(name);
  Json entry{{"storage", name}, {"type", storage.type}, {"content", joined(storage.content)}};
  for (const auto& [option, value] : storage.options) {
    const bool flag = option == "disable" || option == "shared";
    entry[option] = flag ? Json(value == "1" ? 1 : 0) : Json(value);
  }
  entry["digest"] = file_digest(world);
  return entry;
}

Json list(Call& call) {
  auto entries = Json::array();
  for (const auto& [name, storage] : call.world.storages) {
    if (call.has("type") && call.text("type") != storage.type) continue;
    const auto path = "/storage/" + name;
    if (call.may(path, "Datastore.Audit") || call.may(path, "Datastore.AllocateSpace"))
      entries.push_back(show(call.world, name));
  }
  return entries;
}

/// The options of a request, those apart that a storage has anyway.
void keep(const Call& call, Storage& storage) {
  static const std::set<std::string> elsewhere{"storage", "type", "content", "delete", "digest", "password"};
  for (const auto& [name, value] : call.params.items()) {
    if (!elsewhere.contains(name)) storage.options[name] = call.text(name.c_str());
  }
  if (call.has("content")) {
    storage.content.clear();
    for (auto& kind : split_list(call.text("content"))) storage.content.insert(std::move(kind));
  }
  storage.shared = is_shared(storage.type, storage.options);
}

Json create(Call& call) {
  const auto name = call.text("storage");
  const auto type = call.text("type");
  for (const auto& option : required_options(type)) {
    if (!call.has(option.c_str())) throw Refused{500, fmt::format("missing value for required option '{}'", option)};
  }
  if (call.world.storages.contains(name))
    throw Refused{500, fmt::format("create storage failed: storage ID '{}' already defined", name)};
  Storage storage{type, usual_content(type)};
  keep(call, storage);
  call.world.storages[name] = std::move(storage);
  call.world.changed = true;
  return {{"storage", name}, {"type", type}};
}

Storage& storage_of(const Call& call, const std::string& doing) {
  const auto name = call.text("storage");
  const auto found = call.world.storages.find(name);
  if (found == call.world.storages.end()) throw Refused{500, fmt::format("{}storage '{}' does not exist", doing, name)};
  return found->second;
}

Json look(Call& call) {
  storage_of(call, "");
  return show(call.world, call.text("storage"));
}

Json change(Call& call) {
  auto& storage = storage_of(call, "update storage failed: ");
  if (call.has("digest") && call.text("digest") != file_digest(call.world))
    throw Refused{500,
                  "update storage failed: detected modified configuration - file changed by other user? Try again."};
  for (const auto& option : split_list(call.text("delete"))) storage.options.erase(option);
  keep(call, storage);
  call.world.changed = true;
  return {{"storage", call.text("storage")}, {"type", storage.type}};
}

Json remove(Call& call) {
  storage_of(call, "delete storage failed: ");
  const auto name = call.text("storage");
  call.world.storages.erase(name);
  const auto path = "/storage/" + name;
  std::erase_if(call.world.grants, [&](const auto& one) { return one.path == path; });
  call.world.changed = true;
  return nullptr;
}

ParameterSet named() { return ParameterSet{{text("storage").need().named("pve-storage-id")}, {}}; }

/// Those that may be changed later.
ParameterSet changeable() {
  auto set = named();
  for (const auto* name : {"bwlimit", "comstar_hg", "comstar_tg", "data-pool", "encryption-key", "is_mountpoint",
                           "keyring", "lio_tpg", "master-pubkey", "monhost", "mountpoint", "namespace", "options",
                           "pool", "prune-backups", "server", "saferemove_throughput", "subdir", "username"}) {
    set.add(text(name));
  }
  for (const auto* name :
       {"create-base-path", "create-subdirs", "disable", "fuse", "krbd", "mkdir", "nocow", "nowritecache", "saferemove",
        "shared", "skip-cert-verification", "snapshot-as-volume-chain", "sparse", "tagged_only"}) {
    set.add(boolean(name));
  }
  return set.add(text("content").named("pve-storage-content-list"))
      .add(text("content-dirs"))
      .add(text("domain").up_to(256))
      .add(text("fingerprint").like("([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}"))
      .add(text("format").one_of({"raw", "qcow2", "subvol", "vmdk"}))
      .add(text("fs-name").named("pve-configid"))
      .add(integer("max-protected-backups").from(-1))
      .add(text("nodes").named("pve-node-list"))
      .add(text("password").up_to(256))
      .add(integer("port").from(1).to(65535))
      .add(text("preallocation").one_of({"off", "metadata", "falloc", "full"}))
      .add(text("smbversion").one_of({"default", "2.0", "2.1", "3", "3.0", "3.11"}));
}

}  // namespace

std::vector<Route> storage_config_routes() {
  const std::vector<std::string> types{"btrfs", "cephfs",  "cifs", "dir", "esxi", "iscsi", "iscsidirect",
                                       "lvm",   "lvmthin", "nfs",  "pbs", "rbd",  "zfs",   "zfspool"};
  auto creation = changeable();
  creation.add(text("type").need().one_of(types));
  for (const auto* path : {"export", "path", "zfs-base-path"}) creation.add(text(path).named("pve-storage-path"));
  for (const auto* name : {"authsupported", "base", "blocksize", "datastore", "iscsiprovider", "portal", "share",
                           "target", "thinpool", "vgname"}) {
    creation.add(text(name));
  }
  auto changing = changeable();
  changing.add(text("blocksize")).add(text("zfs-base-path").named("pve-storage-path"));
  changing.add(text("delete").named("pve-configid-list").up_to(4096)).add(text("digest").up_to(64));
  return {
      {"GET", "/storage", ParameterSet{{text("type").one_of(types)}, {}}, nullptr, list},
      {"POST", "/storage", creation, may_allocate, create},
      {"GET", "/storage/{storage}", named(), may_allocate_one, look},
      {"PUT", "/storage/{storage}", changing, may_allocate, change},
      {"DELETE", "/storage/{storage}", named(), may_allocate, remove},
  };
}

}  // namespace nmx::lab::proxmox
