#include <algorithm>
#include <limits>
#include <set>

#include "providers/proxmox/cluster.hpp"
#include "providers/proxmox/container_options.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

constexpr std::int64_t most_mebibytes = std::numeric_limits<std::int64_t>::max() / mebibyte;
constexpr std::int64_t most_seconds = std::numeric_limits<std::int64_t>::max() / 1000;

Value scalar_value(Shape shape, std::string_view text) {
  const Value raw(text);
  switch (shape) {
    case Shape::text: {
      // A description comes back with a line break at its end, whatever was sent.
      auto end = text.find_last_not_of('\n');
      return Value(end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1));
    }
    case Shape::integer:
      if (const auto integer = tolerant_integer(raw)) return *integer;
      return {};
    case Shape::number:
      if (const auto integer = tolerant_integer(raw)) return *integer;
      return std::strtod(std::string(text).c_str(), nullptr);
    case Shape::boolean:
      if (const auto boolean = tolerant_boolean(raw)) return *boolean;
      return {};
    case Shape::mebibytes:
      // More than there can be is no number of a server that is well.
      if (const auto integer = tolerant_integer(raw); integer && *integer >= 0 && *integer <= most_mebibytes)
        return Bytes{*integer * mebibyte};
      return {};
    case Shape::words: {
      List words;
      for (auto& word : split_list(text, " ,;")) words.emplace_back(std::move(word));
      return words;
    }
  }
  return {};
}

void take_text(Object& element, std::string_view attribute, const PropertyString& text, std::string_view part) {
  if (const auto* found = text.find(part)) element.set(std::string(attribute), *found);
}
void take_integer(Object& element, std::string_view attribute, const PropertyString& text, std::string_view part) {
  if (const auto found = text.integer(part)) element.set(std::string(attribute), *found);
}
/// Only where it is not what the server takes anyway.
void take_flag(Object& element, std::string_view attribute, const PropertyString& text, std::string_view part,
               std::optional<bool> usual) {
  const auto found = text.boolean(part);
  if (found && found != usual) element.set(std::string(attribute), *found);
}
void take_list(Object& element, std::string_view attribute, const PropertyString& text, std::string_view part) {
  const auto* found = text.find(part);
  if (!found) return;
  auto words = split_list(*found, ";");
  std::sort(words.begin(), words.end());
  List list;
  for (auto& word : words) list.emplace_back(std::move(word));
  element.set(std::string(attribute), std::move(list));
}

void take_mount_flags(Object& element, const PropertyString& text) {
  take_flag(element, "acl", text, "acl", std::nullopt);
  take_flag(element, "quota", text, "quota", false);
  take_flag(element, "replicate", text, "replicate", true);
  take_flag(element, "read_only", text, "ro", false);
  take_flag(element, "shared", text, "shared", false);
  take_flag(element, "backup", text, "backup", false);
  take_flag(element, "keep_attributes", text, "keepattrs", false);
  take_text(element, "idmap", text, "idmap");
  take_list(element, "options", text, "mountoptions");
}

void take_volume(Object& element, const PropertyString& text) {
  element.set("storage", storage_of(text.text_or("volume", "")));
  if (const auto size = parse_size(text.text_or("size", ""))) element.set("size", Bytes{*size});
}

Object read_network(const PropertyString& text) {
  Object element;
  take_text(element, "name", text, "name");
  take_text(element, "bridge", text, "bridge");
  take_flag(element, "firewall", text, "firewall", false);
  take_text(element, "gateway", text, "gw");
  take_text(element, "gateway6", text, "gw6");
  take_flag(element, "host_managed", text, "host-managed", false);
  take_text(element, "ip", text, "ip");
  take_text(element, "ip6", text, "ip6");
  take_flag(element, "link_down", text, "link_down", false);
  take_integer(element, "mtu", text, "mtu");
  take_integer(element, "tag", text, "tag");
  if (const auto* rate = text.find("rate")) element.set("rate", scalar_value(Shape::number, *rate));
  if (const auto* trunks = text.find("trunks")) {
    List tags;
    for (const auto& part : split_list(*trunks, ";")) {
      if (const auto tag = tolerant_integer(Value(part))) tags.emplace_back(*tag);
    }
    element.set("trunks", std::move(tags));
  }
  return element;
}

Object read_device(const PropertyString& text) {
  Object element;
  take_text(element, "path", text, "path");
  take_text(element, "mode", text, "mode");
  take_integer(element, "uid", text, "uid");
  take_integer(element, "gid", text, "gid");
  take_flag(element, "deny_write", text, "deny-write", false);
  return element;
}

/// The identities of the elements that say something about `field`.
std::set<std::string> that_say(const Object& like, std::string_view list, std::string_view identity,
                               std::string_view field) {
  std::set<std::string> found;
  for (const auto& element : elements(like.at_or_null(list))) {
    const Fields fields(element);
    if (fields.text(field)) found.insert(fields.text_or(identity, ""));
  }
  return found;
}

Object read_features(std::string_view text) {
  Object features;
  const auto parts = parse_property_string(text, "");
  for (const std::string_view name : {"nesting", "keyctl", "fuse", "mknod", "force_rw_sys"})
    take_flag(features, name, parts, name, false);
  take_list(features, "mount", parts, "mount");
  return features;
}

Object read_startup(std::string_view text) {
  Object startup;
  const auto parts = parse_property_string(text, "order");
  take_integer(startup, "order", parts, "order");
  for (const std::string_view name : {"up", "down"}) {
    if (const auto seconds = parts.integer(name); seconds && *seconds >= 0 && *seconds <= most_seconds)
      startup.set(std::string(name), Duration{*seconds * 1000});
  }
  return startup;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

const std::string& option_or_empty(const Options& options, std::string_view name) {
  static const std::string nothing;
  const auto found = options.find(name);
  return found == options.end() ? nothing : found->second;
}

void read_tags(Object& object, std::string_view text) {
  std::set<std::string> tags;
  for (auto& word : split_list(text, ";, ")) {
    auto tag = lower(std::move(word));
    if (is_mark(tag)) {
      object.set("mark", tag);
    } else if (tag != common_tag) {
      tags.insert(std::move(tag));
    }
  }
  object.set("tags", List(tags.begin(), tags.end()));
}

/// What stands in numbered options: interfaces, mounts, devices.
struct Numbered {
  List network, mounts, devices;
  Object macs, volumes, slots;
};

Numbered read_numbered(const Options& options, const Object& like) {
  Numbered found;
  const auto named_volumes = that_say(like, "mounts", "path", "volume");
  const auto written_macs = that_say(like, "network", "name", "mac");
  std::map<std::pair<std::string, int>, std::string> ordered;
  for (const auto& [name, text] : options) {
    const auto slot = slot_of(name);
    if (slot.name == "net" || slot.name == "mp" || slot.name == "dev") ordered[{slot.name, slot.number}] = text;
  }
  for (const auto& [slot, option] : ordered) {
    const auto& [kind, number] = slot;
    if (kind == "net") {
      const auto text = parse_property_string(option, "");
      const auto name = text.text_or("name", "");
      auto element = read_network(text);
      if (const auto* mac = text.find("hwaddr")) {
        found.macs.set(name, upper(*mac));
        if (written_macs.count(name)) element.set("mac", upper(*mac));
      }
      found.network.emplace_back(std::move(element));
      found.slots.set("net:" + name, number);
    } else if (kind == "mp") {
      const auto text = parse_property_string(option, "volume");
      const auto path = text.text_or("mp", "");
      const auto volume = text.text_or("volume", "");
      Object element;
      element.set("path", path);
      if (storage_of(volume).empty()) {
        element.set("source", volume);
      } else if (named_volumes.count(path)) {
        element.set("volume", volume);
      } else {
        take_volume(element, text);
      }
      take_mount_flags(element, text);
      found.mounts.emplace_back(std::move(element));
      found.volumes.set(path, volume);
      found.slots.set("mp:" + path, number);
    } else {
      const auto text = parse_property_string(option, "path");
      found.devices.emplace_back(read_device(text));
      found.slots.set("dev:" + text.text_or("path", ""), number);
    }
  }
  return found;
}

}  // namespace

Object from_options(const Options& options, const Object& like) {
  Object object;
  for (const auto& scalar : scalar_options()) {
    const auto found = options.find(scalar.option);
    if (found == options.end() && !scalar.absent) continue;
    auto value = scalar_value(scalar.shape, found == options.end() ? *scalar.absent : std::string_view(found->second));
    if (!value.is_null()) object.set(std::string(scalar.attribute), std::move(value));
  }
  object.set("features", read_features(option_or_empty(options, "features")));
  object.set("startup", read_startup(option_or_empty(options, "startup")));
  object.set("unprivileged", tolerant_boolean(Value(option_or_empty(options, "unprivileged"))).value_or(false));
  read_tags(object, option_or_empty(options, "tags"));

  auto numbered = read_numbered(options, like);
  const auto root = parse_property_string(option_or_empty(options, "rootfs"), "volume");
  Object disk;
  take_volume(disk, root);
  take_mount_flags(disk, root);
  object.set("disk", std::move(disk));
  numbered.volumes.set("rootfs", root.text_or("volume", ""));
  object.set("network", std::move(numbered.network));
  object.set("mounts", std::move(numbered.mounts));
  object.set("devices", std::move(numbered.devices));
  object.set("macs", std::move(numbered.macs));
  object.set("volumes", std::move(numbered.volumes));
  object.set("slots", std::move(numbered.slots));
  return object;
}

}  // namespace nmx::proxmox
