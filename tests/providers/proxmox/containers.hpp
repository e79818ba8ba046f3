#pragma once

#include <string>

#include "planner/diff.hpp"
#include "planner/provider.hpp"
#include "providers/proxmox/cluster.hpp"
#include "providers/proxmox/container.hpp"

namespace nmx::test {

inline constexpr std::int64_t gibibyte = std::int64_t{1} << 30;

inline Address address(std::string name) { return Address{}.child("container").child(std::move(name)).child("lxc"); }

inline Object network(std::string name, std::string ip) {
  return Object{{"name", std::move(name)}, {"bridge", "vmbr0"}, {"ip", std::move(ip)}, {"gateway", "192.168.50.1"}};
}

/// What a user writes at least, with the fallbacks of the schema.
inline Object small_container() {
  return Object{{"hostname", "media"},
                {"template", "local:vztmpl/nmx-base.tar.xz"},
                {"disk", Object{{"storage", "local-lvm"}, {"size", Bytes{8 * gibibyte}}}},
                {"memory", Bytes{gibibyte}},
                {"cores", 2},
                {"unprivileged", true},
                {"started", true},
                {"ostype", "nixos"},
                {"arch", "amd64"},
                {"features", Object{{"nesting", true}}},
                {"network", List{network("eth0", "192.168.50.20/24")}}};
}

/// A cluster of two nodes as `connect` tells it; everything is allowed.
inline Facts facts() {
  const auto storage = [](List content, std::int64_t free) {
    return Object{{"content", std::move(content)}, {"free", free}, {"active", true}, {"shared", false}};
  };
  const Object storages{{"local", storage({"vztmpl", "backup"}, 50 * gibibyte)},
                        {"local-lvm", storage({"rootdir", "images"}, 100 * gibibyte)},
                        {"tank", storage({"rootdir"}, 10 * gibibyte)}};
  const Object all{{"VM.Allocate", 1},
                   {"VM.Audit", 1},
                   {"VM.Config.CPU", 1},
                   {"VM.Config.Memory", 1},
                   {"VM.Config.Disk", 1},
                   {"VM.Config.Network", 1},
                   {"VM.Config.Options", 1},
                   {"VM.PowerMgmt", 1},
                   {"VM.Migrate", 1},
                   {"Datastore.AllocateSpace", 1},
                   {"Datastore.AllocateTemplate", 1},
                   {"SDN.Use", 1},
                   {"Sys.Audit", 1},
                   {"Sys.Modify", 1}};
  return Facts{{"version", "9.2.3"},
               {"root", false},
               {"seed", Value("a seed").as_secret()},
               {"permissions", Object{{"/", all}}},
               {"nodes", Object{{"pve1", Object{{"online", true}, {"address", "10.0.0.1"}}},
                                {"pve2", Object{{"online", true}, {"address", "10.0.0.2"}}},
                                {"pve3", Object{{"online", false}, {"address", "10.0.0.3"}}}}},
               {"guests", Object{{"100", Object{{"node", "pve1"},
                                                {"name", "printer"},
                                                {"type", "lxc"},
                                                {"status", "running"},
                                                {"tags", List{"office"}}}}}},
               {"storages", Object{{"pve1", storages}, {"pve2", storages}}},
               {"bridges", Object{{"pve1", List{"vmbr0", "vmbr1"}}, {"pve2", List{"vmbr0"}}}},
               {"templates", Object{{"pve1", List{"local:vztmpl/nmx-base.tar.xz"}},
                                    {"pve2", List{"local:vztmpl/nmx-base.tar.xz"}}}}};
}

/// The wanted object complete with what nmx decides.
inline Object decided(Object wanted, const Facts& known, const Object* applied = nullptr) {
  const proxmox::Container type;
  wanted = type.normalise(wanted, known);
  Allocator allocator({}, 1);
  const auto owner = address("media");
  const auto values = type.decide({owner, wanted, applied, known, allocator});
  if (!values) return Object{{"error", values.error().message}};
  for (const auto& [name, value] : *values) wanted.set(name, value);
  return wanted;
}

/// The object as it would be read back once it is made.
inline Object made(const Object& wanted) {
  auto real = wanted;
  real.set("slots", Object{{"net:eth0", 0}});
  real.set("volumes", Object{{"rootfs", "local-lvm:vm-101-disk-0"}});
  return real;
}

inline Change update(const Object& before, const Object& after) {
  Change change;
  change.address = address("media");
  change.type = "proxmox_container";
  change.provider = "proxmox";
  change.action = Action::update;
  change.before = before;
  change.after = after;
  change.applied = before;
  change.id = "pve1/101";
  const ResourceConfiguration configuration;
  change.attributes = differences(proxmox::Container(), {&before, &before, &after}, configuration);
  return change;
}

}  // namespace nmx::test
