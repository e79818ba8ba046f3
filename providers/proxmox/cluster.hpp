#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner/provider.hpp"

namespace nmx::proxmox {

/// A storage as one node sees it.
struct Storage {
  std::vector<std::string> content;
  std::int64_t free = 0;
  bool active = false;
  bool shared = false;
  bool holds(std::string_view what) const;
};

/// Any guest of the cluster, container or virtual machine.
struct Guest {
  std::int64_t vmid = 0;
  std::string node;
  std::string name;
  std::string type;  // `lxc` or `qemu`
  std::string status;
  std::string pool;
  std::vector<std::string> tags;
  /// `CT 120 "printer" on pve1`
  std::string title() const;
};

/// A reader of what `connect` learned. The facts are an object of:
/// `version` (text), `root` (bool: the root@pam login is at hand), `seed` (secret, for values that look random),
/// `permissions` (path → privilege → whether it goes down to paths below),
/// `nodes` (name → {online, address}), `guests` (VMID → {node, name, type, status, pool, tags}),
/// `storages` (node → name → {content, free, active, shared}),
/// `bridges` (node → names; absent: not known), `templates` (node → volumes; absent: not known).
class Cluster {
 public:
  explicit Cluster(const Facts& facts) : facts_(&facts) {}

  bool known() const { return !facts_->empty(); }
  /// At least this version; true where the version is not known.
  bool at_least(int major, int minor) const;
  std::string version() const;
  bool can_be_root() const;
  std::string seed() const;
  /// Whether the login has a privilege on a path, by the entry that is nearest to it.
  bool may(std::string_view path, std::string_view privilege) const;

  std::vector<std::string> nodes() const;
  bool has_node(std::string_view node) const;
  bool online(std::string_view node) const;
  std::vector<std::string> storages(std::string_view node) const;
  std::optional<Storage> storage(std::string_view node, std::string_view name) const;
  /// Nothing: not known.
  std::optional<std::vector<std::string>> bridges(std::string_view node) const;
  std::optional<std::vector<std::string>> templates(std::string_view node) const;
  std::optional<Guest> guest(std::int64_t vmid) const;
  std::vector<Guest> guests() const;

 private:
  const Object* section(std::string_view name) const;
  std::optional<std::vector<std::string>> names(std::string_view section, std::string_view node) const;
  const Facts* facts_;
};

/// The mark of a container at an address: `nmx-`, 4 hexadecimal digits that all of one state have, and 8 of its own.
/// Kept for life, also when it is renamed.
std::string mark_of(const Address& address, std::string_view seed);
/// Whether a tag is such a mark; those of older versions have the 8 digits alone.
bool is_mark(std::string_view tag);
/// Whether a mark is one of another site, or of another environment.
bool is_mark_elsewhere(std::string_view tag, std::string_view seed);
/// The tag that every container of nmx has beside its mark.
inline constexpr std::string_view common_tag = "nmx";
/// A MAC address in Proxmox's range, always the same for the same container and interface.
std::string mac_of(std::string_view mark, std::string_view interface, std::string_view seed);

}  // namespace nmx::proxmox
