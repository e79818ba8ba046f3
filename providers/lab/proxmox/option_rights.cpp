#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/update.hpp"

// Who may change which option of a container.
namespace nmx::lab::proxmox {
namespace {

constexpr std::string_view root_alone = "is only allowed for root@pam";

[[noreturn]] void refuse(const std::string& what) {
  throw Refused{403, fmt::format("Permission check failed ({} {})", what, root_alone)};
}

std::string text_of(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The features that are on, but for nesting, which anybody may change.
std::map<std::string, std::string> guarded_features(const std::string& text) {
  auto features = parse_property_string("features", "features", text).values;
  features.erase("nesting");
  std::erase_if(features, [](const auto& one) { return one.second == "0"; });
  return features;
}

void check_features(const Call& call, const std::string& before, const std::string& after, bool unprivileged) {
  if (call.caller.is_root()) return;
  if (!unprivileged) refuse("changing feature flags for privileged container");
  if (guarded_features(before) != guarded_features(after)) refuse("changing feature flags (except nesting)");
}

void check_volume(const Call& call, int vmid, const std::string& option, const std::string& text) {
  const auto parsed = parse_property_string(property_kind(option), option, text).values;
  const auto found = parsed.find("volume");
  if (found == parsed.end()) return;
  const auto& volume = found->second;
  if (volume.rfind("/dev/", 0) == 0) {
    if (!call.caller.is_root()) refuse("mount point type device");
    return;
  }
  if (!volume.empty() && volume.front() == '/') {
    if (!call.caller.is_root()) refuse("mount point type bind");
    return;
  }
  const auto colon = volume.find(':');
  if (colon == std::string::npos) return;
  const auto name = volume.substr(colon + 1);
  if (matches(name, "[0-9]+(\\.[0-9]+)?")) {
    call.need("/storage/" + volume.substr(0, colon), {"Datastore.AllocateSpace"});
    return;
  }
  // A volume that is there: its owner's disks are the caller's to change, or they are not.
  const auto begin = name.find_first_of("0123456789");
  const int owner = begin == std::string::npos ? 0 : std::atoi(name.c_str() + begin);
  if (owner != 0 && owner != vmid) call.need(fmt::format("/vms/{}", owner), {"VM.Config.Disk"});
}

void check_bridge(const Call& call, const std::string& option, const std::string& text) {
  const auto parsed = parse_property_string("net", option, text).values;
  const auto bridge = parsed.find("bridge");
  if (bridge == parsed.end()) return;
  auto path = "/sdn/zones/localnetwork/" + bridge->second;
  if (const auto tag = parsed.find("tag"); tag != parsed.end()) path += "/" + tag->second;
  call.need(path, {"SDN.Use"});
}

}  // namespace

void check_option_rights(const Call& call, int vmid, const Json& set, const std::vector<std::string>& remove,
                         const Options* old, bool unprivileged) {
  const auto guest = fmt::format("/vms/{}", vmid);
  const auto was = [&](const std::string& option) {
    if (old == nullptr) return std::string();
    const auto found = old->find(option);
    return found == old->end() ? std::string() : found->second;
  };
  const auto check = [&](const std::string& option, const std::optional<std::string>& value) {
    const auto kind = property_kind(option);
    if (option == "cores" || option == "cpulimit" || option == "cpuunits" || option == "cpus") {
      call.need(guest, {"VM.Config.CPU"});
    } else if (kind == "rootfs" || kind == "mp") {
      call.need(guest, {"VM.Config.Disk"});
      if (value) check_volume(call, vmid, option, *value);
    } else if (option == "memory" || option == "swap") {
      call.need(guest, {"VM.Config.Memory"});
    } else if (kind == "net" || option == "nameserver" || option == "searchdomain" || option == "hostname") {
      call.need(guest, {"VM.Config.Network"});
      if (kind == "net" && value) check_bridge(call, option, *value);
    } else if (kind == "dev") {
      if (!call.caller.is_root()) refuse("configuring device passthrough");
    } else if (option == "features") {
      check_features(call, was(option), value.value_or(""), unprivileged);
    } else if (option == "hookscript") {
      if (!call.caller.is_root()) refuse("changing the hookscript");
    } else {
      call.need(guest, {"VM.Config.Options"});
    }
  };
  for (const auto& option : remove) check(option, std::nullopt);
  for (const auto& [option, value] : set.items()) check(option, text_of(value));
}

}  // namespace nmx::lab::proxmox
