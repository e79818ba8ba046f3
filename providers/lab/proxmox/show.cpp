#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

// What the API shows of guests.
namespace nmx::lab::proxmox {
namespace {

const std::string* option(const Options& options, const char* name) {
  const auto found = options.find(name);
  return found == options.end() ? nullptr : &found->second;
}

}  // namespace

Json show_options(const Options& options) {
  auto shown = Json::object();
  for (const auto& [name, value] : options) {
    const auto* parameter = container_options().find(name);
    const bool is_number = parameter != nullptr &&
                           (parameter->kind == Parameter::Kind::integer || parameter->kind == Parameter::Kind::boolean);
    if (is_number && matches(value, "[+-]?[0-9]+")) {
      shown[name] = std::stoll(value);
    } else {
      shown[name] = value;
    }
  }
  return shown;
}

Json show_guest(const World& world, int vmid, const Guest& guest) {
  const auto& options = guest.config.current;
  Json entry{{"id", fmt::format("lxc/{}", vmid)}, {"vmid", vmid}, {"node", guest.node}, {"type", "lxc"}};
  const auto online = world.nodes.at(guest.node).online;
  entry["status"] = !online ? "unknown" : guest.running ? "running" : "stopped";
  if (const auto* name = option(options, "hostname")) entry["name"] = *name;
  if (const auto* tags = option(options, "tags")) entry["tags"] = *tags;
  if (const auto* lock = option(options, "lock")) entry["lock"] = *lock;
  if (!guest.pool.empty()) entry["pool"] = guest.pool;
  const auto* is_template = option(options, "template");
  entry["template"] = is_template != nullptr && *is_template == "1" ? 1 : 0;
  const auto* memory = option(options, "memory");
  entry["maxmem"] = (memory == nullptr ? 512 : std::stoll(*memory)) << 20;
  const auto* cores = option(options, "cores");
  entry["maxcpu"] = cores == nullptr ? world.nodes.at(guest.node).cpus : std::stoi(*cores);
  if (const auto* rootfs = option(options, "rootfs")) {
    const auto parsed = parse_property_string("rootfs", "rootfs", *rootfs);
    const auto size = parsed.values.find("size");
    if (size != parsed.values.end()) entry["maxdisk"] = parse_size(size->second).value_or(0);
  }
  entry["uptime"] = guest.running ? world.clock.unix_seconds() - guest.started : 0;
  for (const auto* counter : {"cpu", "disk", "diskread", "diskwrite", "memhost", "netin", "netout"}) entry[counter] = 0;
  entry["mem"] = guest.running ? 40 << 20 : 0;
  return entry;
}

}  // namespace nmx::lab::proxmox
