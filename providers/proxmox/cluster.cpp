#include "providers/proxmox/cluster.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> found;
  for (const auto& element : elements(list)) {
    if (auto text = tolerant_text(element)) found.push_back(*std::move(text));
  }
  return found;
}

Guest read_guest(std::string_view vmid, const Value& json) {
  const Fields fields(json);
  Guest guest;
  guest.vmid = tolerant_integer(Value(vmid)).value_or(0);
  guest.node = fields.text_or("node", "");
  guest.name = fields.text_or("name", "");
  guest.type = fields.text_or("type", "");
  guest.status = fields.text_or("status", "");
  guest.pool = fields.text_or("pool", "");
  guest.tags = texts(fields.at("tags"));
  return guest;
}

}  // namespace

bool Storage::holds(std::string_view what) const {
  return std::find(content.begin(), content.end(), what) != content.end();
}

std::string Guest::title() const {
  const std::string_view kind = type == "qemu" ? "VM" : "CT";
  return name.empty() ? fmt::format("{} {} on {}", kind, vmid, node)
                      : fmt::format("{} {} \"{}\" on {}", kind, vmid, name, node);
}

const Object* Cluster::section(std::string_view name) const { return facts_->at_or_null(name).object(); }

std::string Cluster::version() const { return Fields(*facts_).text_or("version", ""); }

bool Cluster::at_least(int major, int minor) const {
  const auto parts = split_list(version(), ".-~");
  if (parts.empty()) return true;
  const auto here_major = tolerant_integer(Value(parts[0])).value_or(major);
  const auto here_minor = parts.size() > 1 ? tolerant_integer(Value(parts[1])).value_or(0) : 0;
  return here_major > major || (here_major == major && here_minor >= minor);
}

bool Cluster::can_be_root() const { return Fields(*facts_).boolean_or("root", false); }

std::string Cluster::seed() const { return Fields(*facts_).text_or("seed", ""); }

bool Cluster::may(std::string_view path, std::string_view privilege) const {
  const auto* permissions = section("permissions");
  if (!permissions) return true;  // not known: the server will tell
  std::string at(path);
  for (;;) {
    if (const auto* entry = permissions->at_or_null(at).object()) {
      const auto* granted = entry->find(privilege);
      if (!granted) return false;
      return at == path || tolerant_boolean(*granted).value_or(false);
    }
    if (at == "/") return false;
    const auto slash = at.rfind('/');
    at = slash == 0 || slash == std::string::npos ? "/" : at.substr(0, slash);
  }
}

std::vector<std::string> Cluster::nodes() const {
  std::vector<std::string> found;
  if (const auto* all = section("nodes")) {
    for (const auto& [name, node] : *all) found.push_back(name);
  }
  return found;
}

bool Cluster::has_node(std::string_view node) const {
  const auto* all = section("nodes");
  return !all || all->contains(node);
}

bool Cluster::online(std::string_view node) const {
  const auto* all = section("nodes");
  return !all || Fields(all->at_or_null(node)).boolean_or("online", false);
}

std::vector<std::string> Cluster::storages(std::string_view node) const {
  std::vector<std::string> found;
  const auto* all = section("storages");
  const auto* here = all ? all->at_or_null(node).object() : nullptr;
  if (!here) return found;
  for (const auto& [name, storage] : *here) found.push_back(name);
  return found;
}

std::optional<Storage> Cluster::storage(std::string_view node, std::string_view name) const {
  const auto* all = section("storages");
  const auto* here = all ? all->at_or_null(node).object() : nullptr;
  const auto* entry = here ? here->at_or_null(name).object() : nullptr;
  if (!entry) return std::nullopt;
  const Fields fields(*entry);
  return Storage{texts(fields.at("content")), fields.integer_or("free", 0), fields.boolean_or("active", false),
                 fields.boolean_or("shared", false)};
}

std::optional<std::vector<std::string>> Cluster::names(std::string_view name, std::string_view node) const {
  const auto* all = section(name);
  const auto* list = all ? all->find(node) : nullptr;
  if (!list || !list->is_list()) return std::nullopt;
  return texts(*list);
}

std::optional<std::vector<std::string>> Cluster::bridges(std::string_view node) const { return names("bridges", node); }

std::optional<std::vector<std::string>> Cluster::templates(std::string_view node) const {
  return names("templates", node);
}

std::optional<Guest> Cluster::guest(std::int64_t vmid) const {
  const auto* all = section("guests");
  const auto key = std::to_string(vmid);
  const auto* entry = all ? all->find(key) : nullptr;
  if (!entry) return std::nullopt;
  return read_guest(key, *entry);
}

std::vector<Guest> Cluster::guests() const {
  std::vector<Guest> found;
  if (const auto* all = section("guests")) {
    for (const auto& [vmid, entry] : *all) found.push_back(read_guest(vmid, entry));
  }
  return found;
}

namespace {

constexpr std::string_view mark_start = "nmx-";

/// How all marks of one state begin.
std::string site_mark(std::string_view seed) {
  return std::string(mark_start) + to_hex(hmac_sha256(seed, "site").substr(0, 2));
}

}  // namespace

std::string mark_of(const Address& address, std::string_view seed) {
  return site_mark(seed) + to_hex(hmac_sha256(seed, "mark " + to_string(address)).substr(0, 4));
}

bool is_mark(std::string_view tag) {
  if (tag.substr(0, mark_start.size()) != mark_start) return false;
  const auto digits = tag.substr(mark_start.size());
  if (digits.size() != 12 && digits.size() != 8) return false;
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_mark_elsewhere(std::string_view tag, std::string_view seed) {
  return is_mark(tag) && tag.size() == mark_start.size() + 12 && tag.rfind(site_mark(seed), 0) != 0;
}

std::string mac_of(std::string_view mark, std::string_view interface, std::string_view seed) {
  const auto bytes = hmac_sha256(seed, fmt::format("mac {} {}", mark, interface));
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])); };
  return fmt::format("BC:24:11:{:02X}:{:02X}:{:02X}", byte(0), byte(1), byte(2));
}

}  // namespace nmx::proxmox
