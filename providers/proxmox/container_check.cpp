#include <fmt/core.h>

#include <algorithm>

#include "lang/diagnostics/suggest.hpp"
#include "providers/proxmox/cluster.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/proxmox/first_boot.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += fmt::format("{}`{}`", text.empty() ? "" : ", ", word);
  return text;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string gibibytes_left(std::int64_t bytes) {
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / 1073741824.0);
}

/// The checks of one container that is made or changed.
class Check {
 public:
  Check(const Checking& checking, Diagnostics& diagnostics)
      : checking_(checking),
        diagnostics_(diagnostics),
        cluster_(checking.facts),
        before_(checking.change.before),
        after_(checking.change.after),
        creates_(checking.change.action == Action::create || checking.change.action == Action::replace),
        node_(Fields(checking.change.after).text_or("node", "")),
        vmid_(Fields(checking.change.after).integer_or("vmid", 0)) {}

  void run() {
    if (!check_node()) return;
    check_number();
    check_disks();
    check_template();
    check_network();
    check_rights();
    check_root();
    check_first_boot();
    check_versions();
    check_told_once();
  }

 private:
  Diagnostic& error(Code code, std::string_view attribute, std::string message) {
    return diagnostics_.error(code, checking_.place(attribute), std::move(message));
  }
  bool changed(std::string_view attribute) const {
    const auto* wanted = after_.find(attribute);
    return wanted && (creates_ || !(before_.at_or_null(attribute) == *wanted));
  }

  bool check_node() {
    if (node_.empty()) return false;
    if (!cluster_.has_node(node_)) {
      error(Code::unknown_node, "node", fmt::format("the cluster has no node `{}`", node_))
          .with_help("its nodes are " + joined(cluster_.nodes()));
      return false;
    }
    if (!cluster_.online(node_)) {
      error(Code::node_offline, "node", fmt::format("node `{}` is offline", node_));
      return false;
    }
    return true;
  }

  void check_number() {
    if (checking_.change.action != Action::create) return;
    const auto guest = cluster_.guest(vmid_);
    if (!guest || has(guest->tags, Fields(after_).text_or("mark", ""))) return;
    error(Code::id_taken, "vmid", fmt::format("number {} is taken by {}", vmid_, guest->title()))
        .with_help("leave `vmid` out and nmx takes the next free one");
  }

  void check_storage(std::string_view attribute, std::string_view name, std::int64_t needed) {
    const auto storage = cluster_.storage(node_, name);
    if (!storage) {
      const auto names = cluster_.storages(node_);
      if (names.empty()) return;  // the login sees none
      error(Code::unknown_storage, attribute, fmt::format("node `{}` has no storage `{}`", node_, name))
          .with_help("it has " + joined(names));
      return;
    }
    if (!storage->holds("rootdir")) {
      error(Code::unknown_storage, attribute, fmt::format("storage `{}` does not take containers", name))
          .with_help("switch on `Container` among its contents, or use another one");
      return;
    }
    if (!storage->active) {
      error(Code::unknown_storage, attribute, fmt::format("storage `{}` is not available on node `{}`", name, node_));
      return;
    }
    if (needed > storage->free)
      error(Code::storage_full, attribute,
            fmt::format("storage `{}` on `{}` has {} left, {} are asked for", name, node_,
                        gibibytes_left(storage->free), gibibytes_left(needed)));
    if (!cluster_.may(fmt::format("/storage/{}", name), "Datastore.AllocateSpace"))
      error(Code::missing_right, attribute, fmt::format("the login may not use storage `{}`", name))
          .with_help(fmt::format("it needs Datastore.AllocateSpace on /storage/{}", name));
  }

  static std::int64_t size_of(const Value& element) {
    const auto* bytes = std::get_if<Bytes>(&Fields(element).at("size").held);
    return bytes ? bytes->count : 0;
  }

  void check_volume(std::string_view attribute, std::string_view what, const Value& before, const Value& after) {
    const Fields fields(after);
    const auto storage = fields.text("storage");
    if (!storage) return;
    const bool exists = before.is_object();
    const auto old_size = exists ? size_of(before) : 0;
    const auto new_size = size_of(after);
    if (exists && new_size < old_size) {
      error(Code::shrink_refused, attribute,
            fmt::format("{} cannot shrink from {} to {}", what, size_text(old_size), size_text(new_size)))
          .with_help(fmt::format("Proxmox cannot make a disk smaller: write {}, or move what is on it to a new one",
                                 size_text(old_size)));
      return;
    }
    const bool moves = exists && !(Fields(before).at("storage") == fields.at("storage"));
    const auto grows = exists && !moves ? new_size - old_size : new_size;
    if (grows > 0 || moves) check_storage(attribute, *storage, grows);
  }

  const Value& former(std::string_view list, std::string_view path) const {
    static const Value nothing;
    if (creates_) return nothing;
    for (const auto& element : elements(before_.at_or_null(list))) {
      if (Fields(element).text_or("path", "") == path) return element;
    }
    return nothing;
  }

  void check_disks() {
    static const Value nothing;
    check_volume("disk", "the root disk", creates_ ? nothing : before_.at_or_null("disk"), after_.at_or_null("disk"));
    std::vector<std::string> paths;
    for (const auto& mount : elements(after_.at_or_null("mounts"))) {
      const Fields fields(mount);
      const auto path = fields.text_or("path", "");
      if (has(paths, path)) error(Code::bad_option, "mounts", fmt::format("two mounts have the path `{}`", path));
      paths.push_back(path);
      const int ways = int(mount.object() && mount.object()->contains("source")) +
                       int(mount.object() && mount.object()->contains("volume")) +
                       int(mount.object() && mount.object()->contains("storage"));
      if (ways != 1)
        error(Code::bad_option, "mounts",
              fmt::format("mount `{}` needs one of `source`, `volume`, or `storage` with `size`", path));
      if (fields.text("volume") && storage_of(fields.text_or("volume", "")).empty())
        error(Code::bad_option, "mounts", fmt::format("`{}` is not the name of a volume", fields.text_or("volume", "")))
            .with_help("volumes are named `storage:name`");
      check_volume("mounts", fmt::format("mount `{}`", path), former("mounts", path), mount);
    }
  }

  void check_template() {
    if (!creates_) return;
    if (checking_.configuration && checking_.configuration->linked.contains("template"))
      return;  // brought by this plan
    const auto volume = Fields(after_).text("template");
    if (!volume) return;
    const auto storage = storage_of(*volume);
    if (storage.empty()) {
      error(Code::unknown_template, "template", fmt::format("`{}` is not the name of a volume", *volume))
          .with_help("templates are named `storage:vztmpl/file.tar.xz`");
      return;
    }
    const auto templates = cluster_.templates(node_);
    if (!templates || has(*templates, *volume)) return;
    const auto near = nearest(*volume, *templates);
    error(Code::unknown_template, "template", fmt::format("node `{}` has no template `{}`", node_, *volume))
        .with_help(near ? fmt::format("did you mean `{}`?", *near) : "bring it there with a `proxmox_template`");
  }

  void check_network() {
    std::vector<std::string> names;
    const auto bridges = cluster_.bridges(node_);
    for (const auto& element : elements(after_.at_or_null("network"))) {
      const Fields fields(element);
      const auto name = fields.text_or("name", "");
      if (has(names, name)) error(Code::bad_option, "network", fmt::format("two interfaces are named `{}`", name));
      names.push_back(name);
      if (fields.text("gateway") && fields.text_or("ip", "").find('/') == std::string::npos)
        error(Code::bad_option, "network", fmt::format("interface `{}` has a gateway and no address", name));
      const auto bridge = fields.text("bridge");
      if (!bridge || !changed("network")) continue;
      if (bridges && !has(*bridges, *bridge))
        error(Code::unknown_bridge, "network", fmt::format("node `{}` has no bridge `{}`", node_, *bridge))
            .with_help("it has " + joined(*bridges));
      auto path = fmt::format("/sdn/zones/localnetwork/{}", *bridge);
      if (const auto tag = fields.integer("tag")) path += fmt::format("/{}", *tag);
      if (!cluster_.may(path, "SDN.Use"))
        error(Code::missing_right, "network", fmt::format("the login may not use bridge `{}`", *bridge))
            .with_help("it needs SDN.Use on " + path);
    }
  }

  bool may(std::string_view privilege) const {
    if (cluster_.may(fmt::format("/vms/{}", vmid_), privilege)) return true;
    const auto pool = Fields(after_).text_or("pool", "");
    return !pool.empty() && cluster_.may("/pool/" + pool, privilege);
  }

  void need(std::string_view privilege, std::string_view attribute) {
    if (may(privilege)) return;
    error(Code::missing_right, attribute, fmt::format("the login lacks {} on /vms/{}", privilege, vmid_))
        .with_help(
            "give its role this privilege under Datacenter > Permissions; a token with privilege separation "
            "needs its own entry");
  }

  void check_rights() {
    if (creates_) need("VM.Allocate", "hostname");
    // clang-format off
    constexpr std::pair<std::string_view, std::string_view> needed[] = {
        {"cores", "VM.Config.CPU"},       {"cpu_limit", "VM.Config.CPU"},  {"cpu_units", "VM.Config.CPU"},
        {"memory", "VM.Config.Memory"},   {"swap", "VM.Config.Memory"},    {"disk", "VM.Config.Disk"},
        {"mounts", "VM.Config.Disk"},     {"network", "VM.Config.Network"}, {"hostname", "VM.Config.Network"},
        {"nameservers", "VM.Config.Network"}, {"search_domain", "VM.Config.Network"},
        {"description", "VM.Config.Options"}, {"onboot", "VM.Config.Options"}, {"tags", "VM.Config.Options"},
        {"started", "VM.PowerMgmt"},
    };
    // clang-format on
    std::vector<std::string> told;
    for (const auto& [attribute, privilege] : needed) {
      if (!changed(attribute) || has(told, privilege)) continue;
      if (!may(privilege)) told.emplace_back(privilege);
      need(privilege, attribute);
    }
    if (changed("node") && !creates_) need("VM.Migrate", "node");
    if (creates_ && !Fields(after_).boolean_or("unprivileged", true) && cluster_.at_least(9, 0) &&
        !cluster_.may("/", "Sys.Modify"))
      error(Code::missing_right, "unprivileged", "the login may not make a privileged container")
          .with_help("it needs Sys.Modify on /");
  }

  void check_root() {
    if (cluster_.can_be_root()) return;
    static const Object nothing;
    for (const auto& what : root_only(creates_ ? nothing : before_, after_)) {
      error(Code::root_needed, what.substr(0, what.find_first_of("[.")),
            fmt::format("Proxmox allows `{}` to no token, only to root@pam itself", what))
          .with_help(
              "add `root = { user = \"root@pam\", password = … }` to the provider block; it is used for this alone");
    }
  }

  void check_first_boot() {
    if (!creates_ || !Fields(after_).boolean_or("first_boot", false) || has_operator_key(after_)) return;
    error(Code::no_host_key_way, "first_boot", "there is no ed25519 key in `ssh_keys` to bring the host key with")
        .with_help("add the public key of an operator: `ssh_keys = [file(\"~/.ssh/id_ed25519.pub\")]`");
  }

  void check_versions() {
    if (!Fields(after_).text_or("entrypoint", "").empty() && !cluster_.at_least(9, 1))
      error(Code::bad_option, "entrypoint", fmt::format("Proxmox VE {} has no `entrypoint`", cluster_.version()))
          .with_help("it came with 9.1");
  }

  void check_told_once() {
    if (creates_) return;
    for (const std::string_view attribute : {"template", "ssh_keys", "password", "first_boot", "host_key"}) {
      const auto* applied = checking_.change.applied.find(attribute);
      const auto* wanted = after_.find(attribute);
      if (!applied || !wanted || *applied == *wanted) continue;
      diagnostics_
          .warning(Code::bad_option, checking_.place(attribute),
                   fmt::format("`{}` is used when a container is made; this one stays as it is", attribute))
          .with_help("plan with `-replace` to make it anew");
    }
  }

  const Checking& checking_;
  Diagnostics& diagnostics_;
  Cluster cluster_;
  const Object& before_;
  const Object& after_;
  bool creates_;
  std::string node_;
  std::int64_t vmid_;
};

}  // namespace

void Container::check(const Checking& checking, Diagnostics& diagnostics) const {
  const auto& change = checking.change;
  if (change.action == Action::forget) return;
  const bool goes = change.action == Action::destroy || change.action == Action::replace;
  if (goes && Fields(change.before).boolean_or("protection", false)) {
    diagnostics
        .error(Code::protected_object, checking.block,
               fmt::format("CT {} is protected in Proxmox", Fields(change.before).integer_or("vmid", 0)))
        .with_help("set `protection = false` and apply that first");
  }
  if (change.action == Action::destroy) return;
  check_values(checking, diagnostics);
  if (checking.facts.empty()) return;  // the cluster is not there yet
  Check(checking, diagnostics).run();
}

Container::Container() : schema_(container_schema()) {}

}  // namespace nmx::proxmox
