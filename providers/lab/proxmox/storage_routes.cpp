#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

std::string storage_path(const Call& call) { return "/storage/" + call.text("storage"); }
void may_look(const Call& call) { call.need_any(storage_path(call), {"Datastore.Audit", "Datastore.AllocateSpace"}); }
void may_allocate(const Call& call) { call.need(storage_path(call), {"Datastore.AllocateSpace"}); }
void may_fill(const Call& call) { call.need(storage_path(call), {"Datastore.AllocateTemplate"}); }

const Storage& storage_of(const Call& call) {
  const auto found = call.world.storages.find(call.text("storage"));
  if (found == call.world.storages.end())
    throw Refused{500, fmt::format("storage '{}' does not exist", call.text("storage"))};
  return found->second;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Json describe(const Call& call, const std::string& name, const Storage& storage) {
  const auto node = call.text("node");
  const auto free = call.world.free_bytes(name, node);
  Json entry{{"type", storage.type},
             {"content", joined(storage.content)},
             {"active", storage.usable_on(node) ? 1 : 0},
             {"enabled", storage.enabled() ? 1 : 0},
             {"shared", storage.shared ? 1 : 0}};
  if (storage.usable_on(node))
    entry.update({{"total", storage.total}, {"avail", free}, {"used", storage.total - free}});
  return entry;
}

bool holds_one_of(const Storage& storage, const std::vector<std::string>& kinds) {
  return kinds.empty() ||
         std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return storage.content.contains(kind); });
}

Json storages(Call& call) {
  auto entries = Json::array();
  const auto kinds = split_list(call.text("content"));
  for (const auto& [name, storage] : call.world.storages) {
    const auto path = "/storage/" + name;
    if (!call.may(path, "Datastore.Audit") && !call.may(path, "Datastore.AllocateSpace")) continue;
    if (call.has("storage") && call.text("storage") != name) continue;
    if (call.flag("enabled") && !storage.enabled()) continue;
    if (!holds_one_of(storage, kinds)) continue;
    auto entry = describe(call, name, storage);
    entry["storage"] = name;
    if (entry.contains("total") && storage.total > 0) {
      entry["used_fraction"] =
          static_cast<double>(entry["used"].get<std::int64_t>()) / static_cast<double>(storage.total);
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json status(Call& call) { return describe(call, call.text("storage"), storage_of(call)); }

Json content(Call& call) {
  const auto& storage = storage_of(call);
  auto entries = Json::array();
  for (const auto& [key, volume] : call.world.volumes) {
    if (volume.storage != call.text("storage")) continue;
    if (!storage.shared && volume.node != call.text("node")) continue;
    if (call.has("content") && volume.content != call.text("content")) continue;
    if (call.has("vmid") && volume.vmid != call.number("vmid")) continue;
    Json entry{{"volid", key.first}, {"content", volume.content}, {"format", volume.format}, {"size", volume.size}};
    if (volume.vmid != 0) entry["vmid"] = volume.vmid;
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// Characters that file names must not have become `_`.
std::string safe_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !matches(std::string_view(&c, 1), "[a-zA-Z0-9_.-]"); }, '_');
  return name;
}

void check_target(const Call& call, const std::string& kind, const std::string& name) {
  const auto& storage = storage_of(call);
  if (storage.type != "dir" && storage.type != "nfs" && storage.type != "btrfs") {
    throw Refused{500, fmt::format("can't upload to storage type '{}', not a file based storage!", storage.type)};
  }
  if (!storage.content.contains(kind)) {
    throw Refused{500, fmt::format("storage '{}' is not configured for content-type '{}'", call.text("storage"), kind)};
  }
  if (kind == "vztmpl" && !matches(name, R"(.+\.tar(\.(gz|xz|zst|bz2))?)")) {
    throw Refused{400, "Parameter verification failed.", {{"filename", "wrong file extension"}}};
  }
}

Json fetch(Call& call, const char* type, const std::string& name, std::int64_t size) {
  const auto kind = call.text("content");
  check_target(call, kind, name);
  const bool shared = storage_of(call).shared;
  Task task;
  task.node = call.text("node");
  task.type = type;
  task.id = safe_name(name);
  task.user = call.caller.name();
  task.duration = std::chrono::seconds(3);
  const auto id = fmt::format("{}:{}/{}", call.text("storage"), kind, safe_name(name));
  task.effect = [&world = call.world, id, kind, size, shared, storage = call.text("storage"),
                 url = call.text("url")](Task& self) -> std::string {
    if (url.find("/missing") != std::string::npos) return "download failed: 404 Not Found";
    const auto node = shared ? std::string() : self.node;
    world.volumes[{id, node}] = Volume{node, storage, kind, "txz", size, 0};
    return "OK";
  };
  return call.world.start_task(std::move(task));
}

Json download(Call& call) {
  if (!call.may("/nodes/" + call.text("node"), "Sys.AccessNetwork")) call.need("/", {"Sys.Audit", "Sys.Modify"});
  return fetch(call, "download", call.text("filename"), 180 << 20);
}

Json upload(Call& call) { return fetch(call, "imgcopy", call.text("filename"), call.number("\x01size", 1 << 20)); }

/// `STORAGE:NAME`, whether the storage was said in the path alone or in the volume too.
std::string volume_id(const Call& call) {
  const auto id = call.text("volume");
  return id.find(':') == std::string::npos ? call.text("storage") + ":" + id : id;
}

Json allocate(Call& call) {
  const auto& storage = storage_of(call);
  const auto vmid = static_cast<int>(call.number("vmid"));
  const auto file = call.text("filename");
  const auto node = call.text("node");
  const auto id =
      fmt::format("{}:{}", call.text("storage"), storage.has_files() ? fmt::format("{}/{}", vmid, file) : file);
  if (call.world.volume(id, node) != nullptr) throw Refused{500, fmt::format("volume '{}' already exists", id)};
  const auto text = call.text("size");
  // Without a unit the size counts kibibytes.
  const auto size = matches(text, "[0-9]+") ? std::stoll(text) << 10 : parse_size(text).value_or(0);
  const auto where = storage.shared ? std::string() : node;
  call.world.volumes[{id, where}] =
      Volume{where, call.text("storage"), "images", call.text("format", "raw"), size, vmid};
  call.world.changed = true;
  return id;
}

Json volume(Call& call) {
  const auto id = volume_id(call);
  const auto* known = call.world.volume(id, call.text("node"));
  if (known == nullptr) throw Refused{500, fmt::format("volume '{}' does not exist", id)};
  return {{"path", "/var/lib/vz/" + id.substr(id.find(':') + 1)},
          {"size", known->size},
          {"used", known->written(storage_of(call))},
          {"format", known->format}};
}

/// A backup goes with the right to back its guest up; everything else with the storage.
void check_removal(const Call& call, const std::string& id) {
  const auto path = storage_path(call);
  const auto* known = call.world.volume(id, call.text("node"));
  if (known != nullptr && known->vmid != 0 && known->content == "backup" && call.may(path, "Datastore.AllocateSpace")) {
    return call.need(fmt::format("/vms/{}", known->vmid), {"VM.Backup"});
  }
  call.need(path, {"Datastore.Allocate"});
}

Json remove(Call& call) {
  const auto id = volume_id(call);
  storage_of(call);
  check_removal(call, id);
  const auto* known = call.world.volume(id, call.text("node"));
  auto task = Task{};
  task.node = call.text("node");
  task.type = "imgdel";
  // A volume's name does not fit into a UPID.
  task.id = (known != nullptr && known->vmid != 0 ? fmt::format("{}@", known->vmid) : "") + call.text("storage");
  task.user = call.caller.name();
  task.duration = std::chrono::milliseconds(500);
  task.effect = [&world = call.world, id](Task& self) -> std::string {
    if (world.volume(id, self.node) == nullptr) self.log.push_back(fmt::format("disk image '{}' does not exist", id));
    world.free_volume(id, self.node);
    self.log.push_back(fmt::format("Removed volume '{}'", id));
    return "OK";
  };
  return call.world.start_task(std::move(task));
}

ParameterSet named() {
  return ParameterSet{{text("node").need().named("pve-node"), text("storage").need().named("pve-storage-id")}, {}};
}

}  // namespace

std::vector<Route> storage_routes() {
  auto listing = named();
  listing.add(text("content").named("pve-storage-content")).add(integer("vmid").named("pve-vmid"));
  const std::vector<std::string> algorithms{"md5", "sha1", "sha224", "sha256", "sha384", "sha512"};
  auto fetching = named();
  fetching.add(text("url").need().like("https?://.*"))
      .add(text("content").need().one_of({"iso", "vztmpl", "import"}))
      .add(text("filename").need().up_to(255))
      .add(text("checksum").with("checksum-algorithm"))
      .add(text("checksum-algorithm").one_of(algorithms).with("checksum"))
      .add(text("compression"))
      .add(boolean("verify-certificates"));
  auto uploading = named();
  uploading.add(text("content").need().one_of({"iso", "vztmpl", "import"}))
      .add(text("filename").need().up_to(255))
      .add(text("checksum").with("checksum-algorithm"))
      .add(text("checksum-algorithm").one_of(algorithms).with("checksum"))
      .add(text("tmpfilename"));
  auto allocating = named();
  allocating.add(text("filename").need())
      .add(integer("vmid").need().named("pve-vmid"))
      .add(text("size").need().like("\\d+[MG]?"))
      .add(text("format").one_of({"raw", "qcow2", "subvol", "vmdk"}).with("size"));
  auto one_volume = named();
  one_volume.add(text("volume").need());
  auto removing = one_volume;
  removing.add(integer("delay").from(1).to(30));
  return {
      {"GET", "/nodes/{node}/storage",
       ParameterSet{{text("node").need().named("pve-node"), text("content").named("pve-storage-content-list"),
                     text("storage").named("pve-storage-id"), boolean("enabled"), text("target").named("pve-node"),
                     boolean("format")},
                    {}},
       nullptr, storages},
      {"GET", "/nodes/{node}/storage/{storage}/content", listing, may_look, content},
      {"POST", "/nodes/{node}/storage/{storage}/download-url", fetching, may_fill, download},
      {"POST", "/nodes/{node}/storage/{storage}/upload", uploading, may_fill, upload},
      {"GET", "/nodes/{node}/storage/{storage}/status", named(), may_look, status},
      {"POST", "/nodes/{node}/storage/{storage}/content", allocating, may_allocate, allocate},
      {"GET", "/nodes/{node}/storage/{storage}/content/{volume*}", one_volume, may_look, volume},
      {"DELETE", "/nodes/{node}/storage/{storage}/content/{volume*}", removing, nullptr, remove},
  };
}

}  // namespace nmx::lab::proxmox
