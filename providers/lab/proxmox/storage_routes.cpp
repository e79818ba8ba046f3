#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

std::string storage_path(const Call& call) { return "/storage/" + call.text("storage"); }
void may_look(const Call& call) { call.need_any(storage_path(call), {"Datastore.Audit", "Datastore.AllocateSpace"}); }
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

Json storages(Call& call) {
  auto entries = Json::array();
  for (const auto& [name, storage] : call.world.storages) {
    if (!call.may("/storage/" + name, "Datastore.Audit") && !call.may("/storage/" + name, "Datastore.AllocateSpace"))
      continue;
    const auto free = call.world.free_bytes(name, call.text("node"));
    entries.push_back({{"storage", name},
                       {"type", storage.type},
                       {"content", joined(storage.content)},
                       {"active", 1},
                       {"enabled", 1},
                       {"shared", storage.shared ? 1 : 0},
                       {"total", storage.total},
                       {"avail", free},
                       {"used", storage.total - free}});
  }
  return entries;
}

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

Json remove(Call& call) {
  auto id = call.text("volume");
  if (id.find(':') == std::string::npos) id = call.text("storage") + ":" + id;
  auto task = Task{};
  task.node = call.text("node");
  task.type = "imgdel";
  task.id = call.text("storage");  // a volume's name does not fit into a UPID
  task.user = call.caller.name();
  task.duration = std::chrono::milliseconds(500);
  task.effect = [&world = call.world, id](Task& self) -> std::string {
    if (world.volume(id, self.node) == nullptr) return fmt::format("volume '{}' does not exist", id);
    world.free_volume(id, self.node);
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
  auto removing = named();
  removing.add(text("volume").need()).add(integer("delay").from(1).to(30));
  return {
      {"GET", "/nodes/{node}/storage",
       ParameterSet{{text("node").need().named("pve-node"), text("content"), text("storage"), boolean("enabled"),
                     text("target"), boolean("format")},
                    {}},
       nullptr, storages},
      {"GET", "/nodes/{node}/storage/{storage}/content", listing, may_look, content},
      {"POST", "/nodes/{node}/storage/{storage}/download-url", fetching, may_fill, download},
      {"POST", "/nodes/{node}/storage/{storage}/upload", uploading, may_fill, upload},
      {"DELETE", "/nodes/{node}/storage/{storage}/content/{volume*}", removing, may_look, remove},
  };
}

}  // namespace nmx::lab::proxmox
