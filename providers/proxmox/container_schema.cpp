#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_options.hpp"

namespace nmx::proxmox {
namespace {

using Tag = Type::Tag;

Type simple(Tag tag) { return Type::simple(tag); }
Field field(std::string name, Type type) { return {std::move(name), std::move(type), true, {}}; }
Field needed(std::string name, Type type) { return {std::move(name), std::move(type), false, {}}; }

std::vector<Field> with_mount_flags(std::vector<Field> fields) {
  for (const auto* name : {"read_only", "acl", "quota", "replicate", "shared", "backup", "keep_attributes"})
    fields.push_back(field(name, simple(Tag::boolean)));
  fields.push_back(field("idmap", simple(Tag::string)));
  fields.push_back(field(
      "options", Type::list_of(Type::enumeration_of({"discard", "lazytime", "noatime", "nodev", "noexec", "nosuid"}))));
  return fields;
}

Type disk_type() {
  return Type::object_of(
      with_mount_flags({needed("storage", simple(Tag::string)), needed("size", simple(Tag::bytes))}));
}

Type mount_type() {
  return Type::object_of(with_mount_flags({needed("path", simple(Tag::path)), field("source", simple(Tag::path)),
                                           field("storage", simple(Tag::string)), field("size", simple(Tag::bytes)),
                                           field("volume", simple(Tag::string))}));
}

Type network_type() {
  return Type::object_of({needed("name", simple(Tag::string)), field("bridge", simple(Tag::string)),
                          field("ip", simple(Tag::string)), field("gateway", simple(Tag::ip)),
                          field("ip6", simple(Tag::string)), field("gateway6", simple(Tag::ip)),
                          field("mac", simple(Tag::mac)), field("tag", simple(Tag::integer)),
                          field("mtu", simple(Tag::integer)), field("rate", simple(Tag::number)),
                          field("trunks", Type::list_of(simple(Tag::integer))), field("firewall", simple(Tag::boolean)),
                          field("link_down", simple(Tag::boolean)), field("host_managed", simple(Tag::boolean))});
}

Type device_type() {
  return Type::object_of({needed("path", simple(Tag::path)), field("mode", simple(Tag::string)),
                          field("uid", simple(Tag::integer)), field("gid", simple(Tag::integer)),
                          field("deny_write", simple(Tag::boolean))});
}

Type features_type() {
  return Type::object_of({field("nesting", simple(Tag::boolean)), field("keyctl", simple(Tag::boolean)),
                          field("fuse", simple(Tag::boolean)), field("mknod", simple(Tag::boolean)),
                          field("force_rw_sys", simple(Tag::boolean)),
                          field("mount", Type::list_of(simple(Tag::string)))});
}

Type startup_type() {
  return Type::object_of(
      {field("order", simple(Tag::integer)), field("up", simple(Tag::duration)), field("down", simple(Tag::duration))});
}

/// Collects attributes with their rules, so that each stands in one place.
class Builder {
 public:
  explicit Builder(Schema& schema) : schema_(&schema) {}

  InterfaceAttribute& add(std::string name, Type type, std::string doc, AttributeRule rule = {}) {
    InterfaceAttribute attribute;
    attribute.name = name;
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    schema_->rules.emplace(std::move(name), std::move(rule));
    return schema_->interface.attributes.emplace_back(std::move(attribute));
  }
  void computed(std::string name, Type type, std::string doc, AttributeRule rule) {
    auto& attribute = add(std::move(name), std::move(type), std::move(doc), std::move(rule));
    attribute.computed = true;
    attribute.settable = false;
  }

 private:
  Schema* schema_;
};

AttributeRule at_start() { return {OnChange::restart}; }
AttributeRule forces() { return {OnChange::replace}; }
/// What an element or object does not say is meant to be absent: whoever writes one writes all of it.
AttributeRule list_by(std::string identity) { return {OnChange::live, false, false, std::move(identity), {}, true}; }
AttributeRule whole(OnChange on_change) { return {on_change, false, false, {}, {}, true}; }
AttributeRule decided(OnChange on_change) { return {on_change, false, true, {}, "nmx"}; }
AttributeRule told_once() { return {OnChange::live, true, false, {}, {}}; }
AttributeRule by_proxmox() { return {OnChange::live, false, false, {}, "Proxmox"}; }

void add_place(Builder& add) {
  auto& node =
      add.add("node", simple(Tag::string), "The node it runs on; left out: nmx chooses. Another one: it moves there.",
              decided(OnChange::restart));
  node.computed = true;
  auto& vmid = add.add("vmid", simple(Tag::integer), "Its number; left out: nmx takes the next free one.",
                       decided(OnChange::replace));
  vmid.computed = true;
  vmid.min = 100;
  vmid.max = 999'999'999;
  add.add("template", simple(Tag::string), "The template volume it is made from: `local:vztmpl/nixos.tar.xz`.",
          told_once())
      .required = true;
  add.add("hostname", simple(Tag::hostname), "Its host name.").required = true;
  add.add("pool", simple(Tag::string), "The resource pool it belongs to.");
  add.add("started", simple(Tag::boolean), "Whether it runs.").fallback = true;
  add.add("unprivileged", simple(Tag::boolean), "Root inside is nobody outside.", forces()).fallback = true;
}

void add_size(Builder& add) {
  auto& cores = add.add("cores", simple(Tag::integer), "CPU cores it sees.");
  cores.min = 1;
  cores.max = 8192;
  auto& limit = add.add("cpu_limit", simple(Tag::number), "CPU time it may use, in cores; 0: no limit.");
  limit.min = 0;
  limit.max = 8192;
  auto& units = add.add("cpu_units", simple(Tag::integer), "Its weight against other guests.");
  units.min = 1;
  units.max = 10'000;
  add.add("memory", simple(Tag::bytes), "Memory, to whole mebibytes.").min = 16.0 * 1024 * 1024;
  add.add("swap", simple(Tag::bytes), "Swap, to whole mebibytes.").min = 0;
  add.add("disk", disk_type(),
          "The root disk: `{ storage, size }`. It can grow, never shrink; another storage moves it.",
          whole(OnChange::restart))
      .required = true;
  add.add(
      "mounts", Type::list_of(mount_type()),
      "More file systems, told apart by `path`: a folder of the node (`source`), a new volume (`storage` and `size`) "
      "or one that exists (`volume`).",
      list_by("path"));
}

void add_content(Builder& add) {
  add.add("holds", Type::list_of(simple(Tag::path)),
          "Folders in it that nothing else holds: deleting it, or making it anew, loses data.", told_once());
}

void add_network(Builder& add) {
  add.add(
      "network", Type::list_of(network_type()),
      "Network interfaces, told apart by `name`. `ip`: an address with prefix, `dhcp` or `manual`; `ip6` also `auto`.",
      list_by("name"));
  add.add("nameservers", Type::list_of(simple(Tag::ip)), "Whom to ask for names; left out: as the node does.",
          at_start())
      .fallback = List{};
  add.add("search_domain", simple(Tag::string), "Search domains, separated by blanks.", at_start()).fallback = "";
}

void add_options(Builder& add) {
  const auto text = simple(Tag::string);
  const auto boolean = simple(Tag::boolean);
  add.add("devices", Type::list_of(device_type()), "Devices of the node, told apart by `path`.", list_by("path"));
  add.add("features", features_type(), "What the container may do; all but `nesting` need the root login.",
          whole(OnChange::restart));
  add.add("tags", Type::list_of(text), "Tags in Proxmox.");
  // With what they are where nobody says: a line that is taken out of a file is taken back in Proxmox.
  add.add("description", text, "Shown in Proxmox's summary.").fallback = "";
  add.add("onboot", boolean, "Started when the node starts.").fallback = false;
  add.add("startup", startup_type(), "The order at the node's start, and how long the next one waits.",
          whole(OnChange::live))
      .fallback = Object{};
  add.add("protection", boolean, "Proxmox then refuses to delete it or its disks.");
  add.add("ostype",
          Type::enumeration_of({"debian", "devuan", "ubuntu", "centos", "fedora", "opensuse", "archlinux", "alpine",
                                "gentoo", "nixos", "unmanaged"}),
          "How Proxmox sets up what is inside.", at_start())
      .fallback = "nixos";
  add.add("arch", Type::enumeration_of({"amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"}), "The architecture.",
          forces())
      .fallback = "amd64";
  add.add("console", boolean, "Whether it has a console device.", at_start());
  auto& tty = add.add("tty", simple(Tag::integer), "How many terminals.", at_start());
  tty.min = 0;
  tty.max = 6;
  add.add("cmode", Type::enumeration_of({"shell", "console", "tty"}), "What the console opens.", at_start());
  add.add("timezone", text, "Its time zone, or `host`. NixOS sets its own.", at_start());
  add.add("entrypoint", text, "What is started as init; Proxmox VE 9.1 and later.", at_start());
  add.add("debug", boolean, "Starts with a detailed log.", at_start());
  add.add("hookscript", text, "A volume with a script that the node runs; needs the root login.");
}

void add_secrets(Builder& add) {
  add.add("ssh_keys", Type::list_of(simple(Tag::string)), "Public keys that may log in as root, set when it is made.",
          told_once());
  add.add("password", Type::secret_of(simple(Tag::string)), "Root's password, set when it is made; NixOS ignores it.",
          told_once());
  add.add(
      "first_boot", simple(Tag::boolean),
      "The template takes its SSH host key on its first boot: then nmx chooses the key while planning, and nobody has "
      "to trust a key on first use. Needs an ed25519 key in `ssh_keys`.",
      told_once());
  add.add("host_key", Type::secret_of(simple(Tag::string)),
          "With `first_boot`: an OpenSSH private host key of your own; left out: nmx derives one.", told_once());
}

void add_computed(Builder& add) {
  const auto text = simple(Tag::string);
  const auto texts = Type::map_of(text);
  add.computed("mark", text, "The tag by which nmx knows it again.", decided(OnChange::live));
  add.computed("macs", texts, "The MAC address of each interface.", decided(OnChange::live));
  add.computed("host_public_key", text, "With `first_boot`: its SSH host key, as in `known_hosts`.",
               {OnChange::live, true, true, {}, "nmx"});
  add.computed("volumes", texts, "The volume behind `rootfs` and each mount.", by_proxmox());
  add.computed("slots", Type::map_of(simple(Tag::integer)),
               "The number Proxmox keeps each interface, mount and device under.", by_proxmox());
  add.computed("pending", Type::list_of(text), "Options that wait for the next start; nmx sees to it that none does.",
               decided(OnChange::restart));
}

}  // namespace

Schema container_schema() {
  Schema schema;
  schema.interface.type = "proxmox_container";
  schema.interface.doc = "An LXC container on Proxmox VE.";
  schema.holds_data = true;
  Builder add(schema);
  add_place(add);
  add_size(add);
  add_content(add);
  add_network(add);
  add_options(add);
  add_secrets(add);
  add_computed(add);
  return schema;
}

}  // namespace nmx::proxmox
