#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/parameter.hpp"

// `name=eth0,bridge=vmbr0,ip=dhcp`: options that hold several values in one text.
namespace nmx::lab::proxmox {
namespace {

constexpr const char* mount_options =
    "(discard|lazytime|noatime|nodev|noexec|nosuid)(;(discard|lazytime|noatime|nodev|noexec|nosuid))*";
constexpr const char* id_maps = "passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*";
constexpr const char* device_name = R"([-_.\pL\pN]+)";

using Keys = std::vector<Parameter>;

Keys rootfs_keys() {
  return {text("volume").need().named("pve-lxc-mp-string").by_default(),
          boolean("acl"),
          text("idmap").like(id_maps),
          text("mountoptions").like(mount_options),
          boolean("quota"),
          boolean("replicate"),
          boolean("ro"),
          boolean("shared"),
          text("size").named("disk-size")};
}

Keys mount_keys() {
  return {text("volume").need().named("pve-lxc-mp-string").by_default(),
          text("mp").need().named("pve-lxc-mp-string"),
          boolean("acl"),
          boolean("backup"),
          text("idmap").like(id_maps),
          boolean("keepattrs"),
          text("mountoptions").like(mount_options),
          boolean("quota"),
          boolean("replicate"),
          boolean("ro"),
          boolean("shared"),
          text("size").named("disk-size")};
}

Keys network_keys() {
  return {text("name").need().like(device_name),
          text("bridge").like(device_name),
          boolean("firewall"),
          text("gw").named("ipv4"),
          text("gw6").named("ipv6"),
          boolean("host-managed"),
          text("hwaddr").named("mac-addr"),
          text("ip").named("pve-ipv4-config"),
          text("ip6").named("pve-ipv6-config"),
          boolean("link_down"),
          integer("mtu").from(64).to(65535),
          number("rate"),
          integer("tag").from(1).to(4094),
          text("trunks").like("[0-9]+(;[0-9]+)*"),
          text("type").one_of({"veth"})};
}

const std::map<std::string, Keys, std::less<>>& formats() {
  static const std::map<std::string, Keys, std::less<>> table = {
      {"rootfs", rootfs_keys()},
      {"mp", mount_keys()},
      {"net", network_keys()},
      {"features",
       {boolean("force_rw_sys"), boolean("fuse"), boolean("keyctl"), boolean("mknod"),
        text("mount").like("[a-zA-Z0-9_; ]+"), boolean("nesting")}},
      {"dev",
       {text("path").named("pve-lxc-dev-string").by_default(), boolean("deny-write"), integer("gid").from(0),
        text("mode").like("0[0-7]{3}"), integer("uid").from(0)}},
      {"startup", {integer("order").from(0).by_default(), integer("up").from(0), integer("down").from(0)}},
      {"next-id", {integer("lower").from(100), integer("upper").from(100)}},
      {"unused", {text("volume").need().named("pve-volume-id").by_default()}},
  };
  return table;
}

}  // namespace

PropertyString parse_property_string(std::string_view kind, std::string_view name, std::string_view value) {
  const auto& keys = formats().find(kind)->second;
  const auto default_key = std::find_if(keys.begin(), keys.end(), [](const auto& key) { return key.is_default_key; });
  PropertyString result;
  std::size_t at = 0;
  while (at <= value.size()) {
    const auto comma = std::min(value.find(',', at), value.size());
    const auto part = value.substr(at, comma - at);
    at = comma + 1;
    if (part.find_first_not_of(" \t\n") == std::string_view::npos) continue;
    const auto equals = part.find('=');
    std::string key;
    if (equals != std::string_view::npos && equals > 0 && equals + 1 < part.size()) {
      key = std::string(part.substr(0, equals));
      const bool repeated = !result.values.emplace(key, part.substr(equals + 1)).second;
      if (repeated) result.error = "duplicate key in comma-separated list property: " + key;
    } else if (equals == std::string_view::npos) {
      if (default_key == keys.end()) {
        result.error = "value without key, but schema does not define a default key";
      } else if (!result.values.emplace(default_key->name, part).second) {
        result.error = "duplicate key in comma-separated list property: " + default_key->name;
      }
    } else {
      result.error = "missing key in comma-separated list property";
    }
    if (result.error) return result;
  }
  std::string errors;
  const auto tell = [&](std::string_view key, const std::string& message) {
    errors += fmt::format("{}.{}: {}\n", name, key, message);
  };
  for (const auto& key : keys) {
    if (key.required && !result.values.contains(key.name)) tell(key.name, "property is missing and it is not optional");
  }
  for (auto& [key, text] : result.values) {
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.name == key; });
    if (known == keys.end()) {
      tell(key, "property is not defined in schema and the schema does not allow additional properties");
      continue;
    }
    if (known->kind == Parameter::Kind::boolean) {
      if (const auto flag = parse_boolean(text)) text = *flag ? "1" : "0";
    }
    if (const auto error = value_error(*known, Json(text))) tell(key, *error);
  }
  if (!errors.empty()) result.error = "format error\n" + errors;
  return result;
}

std::string print_property_string(std::string_view kind, const std::map<std::string, std::string>& values) {
  std::string printed;
  for (const auto& key : formats().find(kind)->second) {
    const auto found = values.find(key.name);
    if (found == values.end()) continue;
    if (!printed.empty()) printed += ",";
    const auto size = key.format == "disk-size" ? parse_size(found->second) : std::nullopt;
    const auto& text = size ? format_size(*size) : found->second;
    printed += key.is_default_key ? text : key.name + "=" + text;
  }
  return printed;
}

std::string property_kind(std::string_view option) {
  if (option == "rootfs" || option == "features") return std::string(option);
  const auto letters = option.substr(0, option.find_last_not_of("0123456789") + 1);
  constexpr std::array<std::string_view, 4> kinds{"net", "mp", "dev", "unused"};
  const bool known = std::find(kinds.begin(), kinds.end(), letters) != kinds.end();
  return known && letters.size() < option.size() ? std::string(letters) : std::string();
}

}  // namespace nmx::lab::proxmox
