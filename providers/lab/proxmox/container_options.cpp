#include "providers/lab/proxmox/parameter.hpp"

// The options of an LXC container. Source: pve-container, as of Proxmox VE 9.2.
namespace nmx::lab::proxmox {

const ParameterSet& container_options() {
  static const ParameterSet set = [] {
    ParameterSet made;
    made.add(text("arch").one_of({"amd64", "i386", "arm64", "armhf", "riscv32", "riscv64"}))
        .add(text("cmode").one_of({"shell", "console", "tty"}))
        .add(boolean("console"))
        .add(integer("cores").from(1).to(8192))
        .add(number("cpulimit").from(0).to(8192))
        .add(integer("cpuunits").from(0).to(500000))
        .add(boolean("debug"))
        .add(text("description").up_to(8192))
        .add(text("entrypoint").like(R"([^\x00-\x08\x0a-\x1F\x7F]+)"))
        .add(text("env").like(R"(\w+=[^\x00-\x08\x0a-\x1F\x7F]*(\x00\w+=[^\x00-\x08\x0a-\x1F\x7F]*)*)"))
        .add(text("features").named("property:features"))
        .add(text("hookscript").named("pve-volume-id"))
        .add(text("hostname").named("dns-name").up_to(255))
        .add(text("lock").one_of({"backup", "create", "destroyed", "disk", "fstrim", "migrate", "mounted", "rollback",
                                  "snapshot", "snapshot-delete"}))
        .add(integer("memory").from(16))
        .add(text("nameserver").named("lxc-ip-with-ll-iface-list"))
        .add(boolean("onboot"))
        .add(text("ostype").one_of({"debian", "devuan", "ubuntu", "centos", "fedora", "opensuse", "archlinux", "alpine",
                                    "gentoo", "nixos", "unmanaged"}))
        .add(boolean("protection"))
        .add(text("rootfs").named("property:rootfs"))
        .add(text("searchdomain").named("dns-name-list"))
        .add(text("startup").named("pve-startup-order"))
        .add(integer("swap").from(0))
        .add(text("tags").named("pve-tag-list"))
        .add(boolean("template"))
        .add(text("timezone").named("pve-ct-timezone"))
        .add(integer("tty").from(0).to(6))
        .add(boolean("unprivileged"))
        .add_indexed(text("net").named("property:net"), 32)
        .add_indexed(text("mp").named("property:mp"), 256)
        .add_indexed(text("dev").named("property:dev"), 256)
        .add_indexed(text("unused").named("property:unused"), 256);
    return made;
  }();
  return set;
}

const ParameterSet& creation_options() {
  static const ParameterSet set = [] {
    ParameterSet made = container_options();
    made.add(text("node").need().named("pve-node"))
        .add(integer("vmid").need().named("pve-vmid"))
        .add(text("ostemplate").need().up_to(255))
        .add(number("bwlimit").from(0))
        .add(boolean("force"))
        .add(boolean("ha-managed"))
        .add(boolean("ignore-unpack-errors"))
        .add(text("password").at_least(5))
        .add(text("pool").named("pve-poolid"))
        .add(boolean("restore"))
        .add(text("ssh-public-keys"))
        .add(boolean("start"))
        .add(text("storage").named("pve-storage-id"))
        .add(boolean("unique").with("restore"));
    return made;
  }();
  return set;
}

}  // namespace nmx::lab::proxmox
