#include <fmt/core.h>

#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/update.hpp"

// Volumes of containers: where they come from and what they are called.
namespace nmx::lab::proxmox {

std::string allocate_volume(World& world, int vmid, const std::string& node, const std::string& storage,
                            std::int64_t size) {
  const auto known = world.storages.find(storage);
  if (known == world.storages.end()) throw Refused{500, fmt::format("storage '{}' does not exist", storage)};
  if (!known->second.usable_on(node)) {
    throw Refused{500,
                  fmt::format("storage '{}' is {}", storage,
                              known->second.enabled() ? fmt::format("not available on node '{}'", node) : "disabled")};
  }
  if (!known->second.content.contains("rootdir")) {
    throw Refused{500, fmt::format("storage '{}' does not allow content type 'rootdir' (Container)", storage)};
  }
  Volume made{known->second.shared ? "" : node, storage, "rootdir", "raw", size, vmid};
  if (made.written(known->second) > world.free_bytes(storage, node)) {
    throw Refused{500, fmt::format("unable to create CT {} - not enough space on storage '{}'", vmid, storage)};
  }
  const auto& type = known->second.type;
  for (int number = 0;; ++number) {
    const auto subvolume = fmt::format("subvol-{}-disk-{}", vmid, number);
    const auto disk = fmt::format("vm-{}-disk-{}", vmid, number);
    std::string name = disk;
    if (type == "zfspool") name = subvolume, made.format = "subvol";
    if (known->second.has_files()) name = fmt::format("{}/{}.raw", vmid, disk);
    const auto id = storage + ":" + name;
    if (world.volume(id, node) != nullptr) continue;
    world.volumes[{id, made.node}] = made;
    return id;
  }
}

std::string place_volume(World& world, int vmid, const std::string& node, const std::string& option,
                         const std::string& text) {
  const auto kind = property_kind(option);
  auto parsed = parse_property_string(kind, option, text);
  if (parsed.error) throw Refused{500, *parsed.error};
  auto& volume = parsed.values["volume"];
  if (!volume.empty() && volume.front() == '/') return print_property_string(kind, parsed.values);
  const auto colon = volume.find(':');
  const auto storage = volume.substr(0, colon);
  const auto amount = colon == std::string::npos ? std::string() : volume.substr(colon + 1);
  if (matches(amount, "[0-9]+(\\.[0-9]+)?")) {
    const auto size = static_cast<std::int64_t>(std::stod(amount) * static_cast<double>(std::int64_t{1} << 30));
    volume = allocate_volume(world, vmid, node, storage, size);
    parsed.values["size"] = format_size(size);
  } else {
    if (!world.storages.contains(storage)) throw Refused{500, fmt::format("storage '{}' does not exist", storage)};
    if (const auto* known = world.volume(volume, node)) parsed.values["size"] = format_size(known->size);
  }
  return print_property_string(kind, parsed.values);
}

std::string generate_mac(World& world) {
  const auto number = static_cast<unsigned>(++world.next_pid * 2654435761u);
  return fmt::format("BC:24:11:{:02X}:{:02X}:{:02X}", (number >> 16) & 0xFF, (number >> 8) & 0xFF, number & 0xFF);
}

std::string complete_network(World& world, const std::string& option, const std::string& text) {
  auto parsed = parse_property_string("net", option, text);
  if (parsed.error) throw Refused{500, *parsed.error};
  if (!parsed.values.contains("hwaddr")) parsed.values["hwaddr"] = generate_mac(world);
  parsed.values["type"] = "veth";
  return print_property_string("net", parsed.values);
}

}  // namespace nmx::lab::proxmox
