#include <algorithm>
#include <set>

#include "providers/proxmox/cluster.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_options.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

std::string changed_case(std::string text, char from, char to) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [&](char c) { return c >= from && c <= from + 25 ? static_cast<char>(c - from + to) : c; });
  return text;
}

/// Takes away what only says what holds anyway.
void drop_usual(Object& object, std::string_view name, bool usual) {
  const auto* value = object.find(name);
  const auto* flag = value ? value->boolean() : nullptr;
  if (flag && *flag == usual) object.erase(name);
}

void round_size(Object& object, std::string_view name) {
  auto* value = object.find(name);
  const auto* bytes = value ? std::get_if<Bytes>(&value->held) : nullptr;
  if (bytes) *value = Value(Bytes{whole_mebibytes(bytes->count)});
}

void sort_words(Object& object, std::string_view name) {
  auto* value = object.find(name);
  const auto* list = value ? value->list() : nullptr;
  if (!list || contains_hole(*value)) return;
  std::set<std::string> words;
  for (const auto& word : *list) words.insert(tolerant_text(word).value_or(""));
  if (words.empty()) {
    object.erase(name);
  } else {
    *value = Value(List(words.begin(), words.end()));
  }
}

void change_case(Object& object, std::string_view name, char from, char to) {
  auto* value = object.find(name);
  if (value && value->string()) *value = Value(changed_case(*value->string(), from, to));
}

void normalise_mount_flags(Object& mount) {
  for (const std::string_view flag : {"quota", "read_only", "shared", "backup", "keep_attributes"})
    drop_usual(mount, flag, false);
  drop_usual(mount, "replicate", true);
  sort_words(mount, "options");
  round_size(mount, "size");
}

Object normal_mount(const Object& written) {
  auto mount = without_nulls(written);
  normalise_mount_flags(mount);
  // Of a volume that has a name, storage and size are the server's to tell.
  if (mount.contains("volume") || mount.contains("source")) {
    mount.erase("storage");
    mount.erase("size");
  }
  return mount;
}

Object normal_network(const Object& written) {
  auto network = without_nulls(written);
  for (const std::string_view flag : {"firewall", "link_down", "host_managed"}) drop_usual(network, flag, false);
  change_case(network, "mac", 'a', 'A');
  for (const std::string_view address : {"ip6", "gateway6"}) change_case(network, address, 'A', 'a');
  return network;
}

Object normal_device(const Object& written) {
  auto device = without_nulls(written);
  drop_usual(device, "deny_write", false);
  return device;
}

/// Elements in the order of their identity: a list of them is a set to Proxmox.
void normalise_elements(Object& object, std::string_view name, std::string_view identity,
                        Object (*normal)(const Object&)) {
  auto* value = object.find(name);
  const auto* list = value ? value->list() : nullptr;
  if (!list) return;
  List elements;
  for (const auto& element : *list) elements.push_back(element.object() ? Value(normal(*element.object())) : element);
  std::stable_sort(elements.begin(), elements.end(), [&](const Value& a, const Value& b) {
    return Fields(a).text_or(identity, "") < Fields(b).text_or(identity, "");
  });
  *value = Value(std::move(elements));
}

void normalise_tags(Object& object) {
  auto* value = object.find("tags");
  const auto* list = value ? value->list() : nullptr;
  if (!list || contains_hole(*value)) return;
  std::set<std::string> tags;
  for (const auto& word : *list) {
    auto tag = changed_case(tolerant_text(word).value_or(""), 'A', 'a');
    if (!tag.empty() && tag != common_tag && !is_mark(tag)) tags.insert(std::move(tag));
  }
  *value = Value(List(tags.begin(), tags.end()));
}

void normalise_inner(Object& object, std::string_view name, void (*normalise)(Object&)) {
  auto* value = object.find(name);
  if (!value || !value->object()) return;
  auto inner = without_nulls(*value->object());
  normalise(inner);
  *value = Value(std::move(inner));
}

void normalise_features(Object& features) {
  for (const std::string_view flag : {"nesting", "keyctl", "fuse", "mknod", "force_rw_sys"})
    drop_usual(features, flag, false);
  sort_words(features, "mount");
}

void normalise_startup(Object& startup) {
  for (const std::string_view name : {"up", "down"}) {
    auto* value = startup.find(name);
    const auto* wait = value ? std::get_if<Duration>(&value->held) : nullptr;
    if (wait) *value = Value(Duration{(wait->milliseconds + 999) / 1000 * 1000});
  }
}

void normalise_text(Object& object) {
  if (auto* value = object.find("description"); value && value->string()) {
    auto text = *value->string();
    while (!text.empty() && text.back() == '\n') text.pop_back();
    *value = Value(std::move(text));
  }
  if (auto* value = object.find("search_domain"); value && value->string()) {
    std::string text;
    for (const auto& word : split_list(*value->string(), " ,;")) text += (text.empty() ? "" : " ") + word;
    *value = Value(std::move(text));
  }
}

}  // namespace

Object Container::normalise(const Object& written, const Facts&) const {
  auto object = without_nulls(written);
  round_size(object, "memory");
  round_size(object, "swap");
  normalise_text(object);
  normalise_tags(object);
  normalise_elements(object, "mounts", "path", normal_mount);
  normalise_elements(object, "network", "name", normal_network);
  normalise_elements(object, "devices", "path", normal_device);
  normalise_inner(object, "disk", normalise_mount_flags);
  normalise_inner(object, "features", normalise_features);
  normalise_inner(object, "startup", normalise_startup);
  return object;
}

}  // namespace nmx::proxmox
