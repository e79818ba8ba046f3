#include "providers/lab/proxmox/create.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/releases.hpp"
#include "providers/lab/proxmox/update.hpp"

namespace nmx::lab::proxmox {
namespace {

/// Never stored, never shown.
bool only_for_creation(const std::string& name) {
  static const std::set<std::string> names{
      "node", "vmid",  "ostemplate", "storage", "password", "ssh-public-keys", "start",
      "pool", "force", "restore",    "unique",  "bwlimit",  "ha-managed",      "ignore-unpack-errors"};
  return names.contains(name);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

constexpr const char* only_root_passes_paths =
    "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.";

/// The storages that volumes are asked from: they exist and hold containers.
void check_storages(const Call& call, const Options& options) {
  for (const auto& [option, value] : options) {
    const auto kind = property_kind(option);
    if (kind != "rootfs" && kind != "mp") continue;
    const auto volume = parse_property_string(kind, option, value).values["volume"];
    if (volume.empty() || volume.front() == '/') continue;
    const auto colon = volume.find(':');
    if (colon == std::string::npos) throw Refused{500, only_root_passes_paths};
    const auto storage = call.world.storages.find(volume.substr(0, colon));
    if (storage == call.world.storages.end())
      throw Refused{500, fmt::format("storage '{}' does not exist", volume.substr(0, colon))};
    if (!storage->second.content.contains("rootdir")) {
      throw Refused{400,
                    "Parameter verification failed.",
                    {{"storage", fmt::format("storage '{}' does not support container directories", storage->first)}}};
    }
  }
}

void check_template(Call& call) {
  const auto volume = call.text("ostemplate");
  const auto colon = volume.find(':');
  if (volume.front() == '/' || colon == std::string::npos) {
    if (!call.caller.is_root()) throw Refused{500, only_root_passes_paths};
    return;
  }
  if (volume.find(":vztmpl/") == std::string::npos) {
    throw Refused{500, fmt::format("unable to use volume {} - content type needs to be 'vztmpl'", volume)};
  }
  const auto storage = volume.substr(0, colon);
  if (!call.world.storages.contains(storage)) throw Refused{500, fmt::format("storage '{}' does not exist", storage)};
  call.need_any("/storage/" + storage, {"Datastore.AllocateSpace", "Datastore.Audit"});
}

void check_ssh_keys(const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    if (!matches(key, R"((ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp\d+|sk-[a-z0-9@.-]+)\s+[A-Za-z0-9+/=]+(\s.*)?)")) {
      throw Refused{500, "SSH public key validation error"};
    }
  }
}

/// The options that are stored, with defaults, before volumes exist.
Options initial_options(Call& call, int vmid) {
  Options options;
  for (const auto& [name, value] : call.params.items()) {
    if (!only_for_creation(name) && !value.is_null()) options[name] = call.text(name.c_str());
  }
  options.try_emplace("hostname", fmt::format("CT{}", vmid));
  options.try_emplace("memory", "512");
  options.try_emplace("swap", "512");
  options.try_emplace("arch", "amd64");
  if (unprivileged_by_default(call.world.version)) options.try_emplace("unprivileged", "1");
  const auto name = call.text("ostemplate");
  const auto guess = name.find("debian") != std::string::npos   ? "debian"
                     : name.find("alpine") != std::string::npos ? "alpine"
                                                                : "nixos";
  options.try_emplace("ostype", guess);
  options.try_emplace("rootfs", call.text("storage", "local") + ":4");
  for (auto& [option, value] : options) {
    const bool bare = (option == "rootfs" || property_kind(option) == "mp") &&
                      matches(value.substr(0, value.find(',')), "[0-9]+(\\.[0-9]+)?");
    if (bare) value = call.text("storage", "local") + ":" + value;
  }
  return options;
}

enum class UnpackErrors { fail, ignored };

/// The template is there, and an archive: what is too small to be one is none.
void unpack(World& world, int vmid, const Guest& guest, const std::string& templated, UnpackErrors errors) {
  if (templated.front() == '/') return;
  const auto* volume = world.volume(templated, guest.node);
  if (volume == nullptr)
    throw Refused{500, fmt::format("unable to create CT {} - volume '{}' does not exist", vmid, templated)};
  constexpr std::int64_t smallest_archive = 512;
  if (volume->size < smallest_archive && errors == UnpackErrors::fail) {
    throw Refused{500, fmt::format("unable to create CT {} - command 'tar xpf - --totals --one-file-system -p -C "
                                   "/var/lib/lxc/{}/rootfs' failed: exit code 2",
                                   vmid, vmid)};
  }
}

/// Makes the volumes and completes the options; throws Refused, and then nothing is left behind.
void furnish(World& world, int vmid, Guest& guest, Options options) {
  std::erase_if(options, [](const auto& one) { return property_kind(one.first) == "unused"; });
  for (auto& [option, value] : options) {
    const auto kind = property_kind(option);
    if (kind == "rootfs" || kind == "mp") value = place_volume(world, vmid, guest.node, option, value);
    if (kind == "net") value = complete_network(world, option, value);
    if (option == "tags") value = normalise_tags(value);
    if (option == "description" && value.back() != '\n') value += "\n";
    if (option == "nameserver" || option == "searchdomain") {
      std::string joined;
      for (const auto& part : split_list(value)) joined += (joined.empty() ? "" : " ") + part;
      value = joined;
    }
  }
  guest.config.current = std::move(options);
}

}  // namespace

namespace {

/// What a start finds missing: a bridge, a volume.
std::optional<std::string> missing_part(World& world, const Guest& guest) {
  for (const auto& [option, value] : guest.config.current) {
    const auto kind = property_kind(option);
    if (kind == "net") {
      const auto parsed = parse_property_string("net", option, value).values;
      const auto bridge = parsed.find("bridge");
      if (bridge != parsed.end() && !world.nodes.at(guest.node).bridges.contains(bridge->second)) {
        return fmt::format("bridge '{}' does not exist", bridge->second);
      }
    }
    if (kind != "rootfs" && kind != "mp") continue;
    const auto volume = parse_property_string(kind, option, value).values["volume"];
    if (!volume.empty() && volume.front() != '/' && world.volume(volume, guest.node) == nullptr) {
      return fmt::format("volume '{}' does not exist", volume);
    }
  }
  return std::nullopt;
}

}  // namespace

GuestView view_of(int vmid, const Guest& guest) { return {vmid, guest.node, guest.config.current, guest.ssh_keys}; }

std::string start_guest(World& world, int vmid, Task& task) {
  const auto found = world.guests.find(vmid);
  if (found == world.guests.end())
    return fmt::format("Configuration file 'nodes/{}/lxc/{}.conf' does not exist", task.node, vmid);
  auto& guest = found->second;
  if (is_template(guest)) return "you can't start a CT if it's a template";
  if (const auto lock = guest.config.current.find("lock"); lock != guest.config.current.end()) {
    return fmt::format("CT is locked ({})", lock->second);
  }
  try {
    apply_pending(world, vmid);
  } catch (const Refused& refused) {
    task.log.push_back("WARN: " + refused.message);
  }
  if (auto missing = missing_part(world, guest)) return *missing;
  guest.running = true;
  guest.started = world.clock.unix_seconds();
  if (world.observer != nullptr) world.observer->started(view_of(vmid, guest));
  return "OK";
}

std::string stop_guest(World& world, int vmid) {
  const auto found = world.guests.find(vmid);
  if (found == world.guests.end()) return fmt::format("CT {} does not exist", vmid);
  found->second.running = false;
  if (world.observer != nullptr) world.observer->stopped(vmid);
  return "OK";
}

Json create_container(Call& call) {
  if (call.flag("restore")) return restore_container(call);
  auto& world = call.world;
  const auto vmid = static_cast<int>(call.number("vmid"));
  const auto node = call.text("node");
  if (const auto taken = world.guests.find(vmid); taken != world.guests.end()) {
    throw Refused{500, fmt::format("CT {} already exists on node '{}'", vmid, taken->second.node)};
  }
  const bool by_default = unprivileged_by_default(world.version);
  const bool unprivileged = call.flag("unprivileged", by_default);
  if (!unprivileged && by_default) call.need("/", {"Sys.Modify"});
  const auto keys = lines_of(call.text("ssh-public-keys"));
  check_ssh_keys(keys);
  const auto pool = call.text("pool");
  if (!pool.empty() && !world.pools.contains(pool))
    throw Refused{403, fmt::format("Permission check failed (pool '{}' does not exist)", pool)};
  const auto guest_path = fmt::format("/vms/{}", vmid);
  if (!call.may(guest_path, "VM.Allocate") && (pool.empty() || !call.may("/pool/" + pool, "VM.Allocate"))) {
    throw Refused{403, "Permission check failed"};
  }
  bool has_mounts = false;
  for (const auto& [name, value] : call.params.items()) has_mounts = has_mounts || property_kind(name) == "mp";
  if (has_mounts && !call.has("rootfs")) throw Refused{500, "mount points configured, but 'rootfs' not set - aborting"};
  const auto options = initial_options(call, vmid);
  auto given = Json::object();
  for (const auto& [name, value] : call.params.items()) {
    if (!only_for_creation(name) && name != "unprivileged") given[name] = value;
  }
  check_option_rights(call, vmid, given, {}, nullptr, unprivileged);
  check_template(call);
  check_storages(call, options);
  const auto storage = call.text("storage", "local");
  if (!world.storages.contains(storage)) throw Refused{500, fmt::format("storage '{}' does not exist", storage)};

  Guest guest;
  guest.node = node;
  guest.pool = pool;
  guest.ssh_keys = keys;
  guest.config.current["lock"] = "create";
  world.guests[vmid] = guest;

  auto task = guest_task(call, "vzcreate", std::chrono::seconds(4));
  const auto templated = call.text("ostemplate");
  const bool start = call.flag("start");
  const auto unpack_errors = call.flag("ignore-unpack-errors") ? UnpackErrors::ignored : UnpackErrors::fail;
  auto starting = guest_task(call, "vzstart", std::chrono::seconds(2));
  task.effect = [&world, vmid, options, templated, unpack_errors, start, starting](Task& self) -> std::string {
    auto& made = world.guests.at(vmid);
    try {
      unpack(world, vmid, made, templated, unpack_errors);
      furnish(world, vmid, made, options);
    } catch (const Refused& refused) {
      std::erase_if(world.volumes,
                    [&](const auto& one) { return one.second.vmid == vmid && one.second.content != "backup"; });
      world.guests.erase(vmid);
      return refused.message;
    }
    self.log.push_back(fmt::format("extracting archive '{}'", templated));
    if (world.observer != nullptr) world.observer->created(view_of(vmid, made));
    // From here on they are inside the container, and Proxmox knows them no more; one may carry its host key.
    made.ssh_keys.clear();
    if (start) {
      auto next = starting;
      next.effect = [&world, vmid](Task& its) { return start_guest(world, vmid, its); };
      world.start_task(std::move(next));
    }
    return "OK";
  };
  return world.start_task(std::move(task));
}

}  // namespace nmx::lab::proxmox
