#include "providers/proxmox/container_options.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/proxmox/property_string.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

// clang-format off
const std::vector<ScalarOption> table = {
    // attribute       option          shape             at start  absent
    {"hostname",      "hostname",     Shape::text,      false,    {}},
    {"cores",         "cores",        Shape::integer,   false,    {}},
    {"cpu_limit",     "cpulimit",     Shape::number,    false,    "0"},
    {"cpu_units",     "cpuunits",     Shape::integer,   false,    {}},
    {"memory",        "memory",       Shape::mebibytes, false,    "512"},
    {"swap",          "swap",         Shape::mebibytes, false,    "512"},
    {"description",   "description",  Shape::text,      false,    ""},
    {"onboot",        "onboot",       Shape::boolean,   false,    "0"},
    {"protection",    "protection",   Shape::boolean,   false,    "0"},
    {"hookscript",    "hookscript",   Shape::text,      false,    ""},
    {"nameservers",   "nameserver",   Shape::words,     true,     ""},
    {"search_domain", "searchdomain", Shape::text,      true,     ""},
    {"ostype",        "ostype",       Shape::text,      true,     {}},
    {"arch",          "arch",         Shape::text,      true,     {}},
    {"console",       "console",      Shape::boolean,   true,     "1"},
    {"tty",           "tty",          Shape::integer,   true,     "2"},
    {"cmode",         "cmode",        Shape::text,      true,     "tty"},
    {"timezone",      "timezone",     Shape::text,      true,     ""},
    {"entrypoint",    "entrypoint",   Shape::text,      true,     ""},
    {"debug",         "debug",        Shape::boolean,   true,     "0"},
};
// clang-format on

void put(PropertyString& text, const Object& element, std::string_view attribute, std::string_view part) {
  if (auto value = tolerant_text(element.at_or_null(attribute))) text.parts[std::string(part)] = *std::move(value);
}

std::string joined(const Value& list, std::string_view separator) {
  std::string text;
  for (const auto& element : elements(list)) {
    if (const auto word = tolerant_text(element)) text += (text.empty() ? "" : std::string(separator)) + *word;
  }
  return text;
}

void put_mount_flags(PropertyString& text, const Object& element) {
  put(text, element, "acl", "acl");
  put(text, element, "quota", "quota");
  put(text, element, "replicate", "replicate");
  put(text, element, "read_only", "ro");
  put(text, element, "shared", "shared");
  put(text, element, "backup", "backup");
  put(text, element, "keep_attributes", "keepattrs");
  put(text, element, "idmap", "idmap");
  if (auto options = joined(element.at_or_null("options"), ";"); !options.empty())
    text.parts["mountoptions"] = std::move(options);
}

/// The volume of an existing mount with its size, or what makes a new one.
std::string volume_text(const Object& element, std::string_view volume, PropertyString& text) {
  const Fields fields(element);
  const auto* size = std::get_if<Bytes>(&element.at_or_null("size").held);
  if (!volume.empty()) {
    if (size) text.parts["size"] = size_text(size->count);
    return std::string(volume);
  }
  if (auto source = fields.text("source")) return *std::move(source);
  if (auto named = fields.text("volume")) return *std::move(named);
  return fmt::format("{}:{}", fields.text_or("storage", ""), gibibytes(size ? size->count : 0));
}

}  // namespace

const std::vector<ScalarOption>& scalar_options() { return table; }

const ScalarOption* scalar_option(std::string_view attribute) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const ScalarOption& o) { return o.attribute == attribute; });
  return found == table.end() ? nullptr : &*found;
}

std::string scalar_text(const ScalarOption& option, const Value& value) {
  switch (option.shape) {
    case Shape::text:
    case Shape::integer:
    case Shape::boolean:
    case Shape::number: return tolerant_text(value).value_or("");
    case Shape::mebibytes: {
      const auto* bytes = std::get_if<Bytes>(&value.held);
      return bytes ? std::to_string(whole_mebibytes(bytes->count) / mebibyte) : "";
    }
    case Shape::words: return joined(value, " ");
  }
  return {};
}

std::string features_text(const Object& features) {
  PropertyString text;
  for (const std::string_view name : {"nesting", "keyctl", "fuse", "mknod", "force_rw_sys"}) {
    if (Fields(features).boolean_or(name, false)) text.parts[std::string(name)] = "1";
  }
  if (auto mounts = joined(features.at_or_null("mount"), ";"); !mounts.empty()) text.parts["mount"] = std::move(mounts);
  return print_property_string(text, "", false);
}

std::string startup_text(const Object& startup) {
  std::string text;
  if (const auto order = Fields(startup).integer("order")) text += fmt::format("order={}", *order);
  for (const std::string_view name : {"up", "down"}) {
    if (const auto* wait = std::get_if<Duration>(&startup.at_or_null(name).held))
      text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, wait->milliseconds / 1000);
  }
  return text;
}

std::string tags_text(const List& tags, std::string_view mark) {
  std::string text;
  for (const auto& tag : tags) {
    if (const auto* word = tag.string()) text += *word + ';';
  }
  return fmt::format("{}nmx;{}", text, mark);
}

std::string network_text(const Object& element, std::string_view mac) {
  PropertyString text;
  put(text, element, "name", "name");
  put(text, element, "bridge", "bridge");
  put(text, element, "firewall", "firewall");
  put(text, element, "gateway", "gw");
  put(text, element, "gateway6", "gw6");
  put(text, element, "host_managed", "host-managed");
  put(text, element, "ip", "ip");
  put(text, element, "ip6", "ip6");
  put(text, element, "link_down", "link_down");
  put(text, element, "mtu", "mtu");
  put(text, element, "rate", "rate");
  put(text, element, "tag", "tag");
  if (auto trunks = joined(element.at_or_null("trunks"), ";"); !trunks.empty())
    text.parts["trunks"] = std::move(trunks);
  if (!mac.empty()) text.parts["hwaddr"] = std::string(mac);
  text.parts["type"] = "veth";
  return print_property_string(text, "name", false);
}

std::string mount_text(const Object& element, std::string_view volume) {
  PropertyString text;
  text.parts["volume"] = volume_text(element, volume, text);
  put(text, element, "path", "mp");
  put_mount_flags(text, element);
  return print_property_string(text, "volume", true);
}

std::string disk_text(const Object& disk, std::string_view volume) {
  PropertyString text;
  text.parts["volume"] = volume_text(disk, volume, text);
  put_mount_flags(text, disk);
  return print_property_string(text, "volume", true);
}

std::string device_text(const Object& element) {
  PropertyString text;
  put(text, element, "path", "path");
  put(text, element, "mode", "mode");
  put(text, element, "uid", "uid");
  put(text, element, "gid", "gid");
  put(text, element, "deny_write", "deny-write");
  return print_property_string(text, "path", true);
}

Slot slot_of(std::string_view option) {
  const auto digits = option.find_first_of("0123456789");
  if (digits == std::string_view::npos || digits == 0) return {};
  const auto number = tolerant_integer(Value(option.substr(digits)));
  if (!number || *number > 100'000) return {};
  return {std::string(option.substr(0, digits)), static_cast<int>(*number)};
}

}  // namespace nmx::proxmox
