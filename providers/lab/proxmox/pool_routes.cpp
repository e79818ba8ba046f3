#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

void may_change(const Call& call) { call.need("/pool/" + call.text("poolid"), {"Pool.Allocate"}); }

Json list(Call& call) {
  auto entries = Json::array();
  for (const auto& [name, comment] : call.world.pools) {
    if (!call.may("/pool/" + name, "Pool.Audit")) continue;
    Json entry{{"poolid", name}};
    if (!comment.empty()) entry["comment"] = comment;
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json create(Call& call) {
  const auto name = call.text("poolid");
  if (call.world.pools.contains(name))
    throw Refused{500, fmt::format("create pool failed: pool '{}' already exists", name)};
  call.world.pools[name] = call.text("comment");
  call.world.changed = true;
  return nullptr;
}

Json change(Call& call) {
  const auto name = call.text("poolid");
  const auto pool = call.world.pools.find(name);
  if (pool == call.world.pools.end())
    throw Refused{500, fmt::format("update pools failed: pool '{}' does not exist", name)};
  if (call.has("comment")) pool->second = call.text("comment");
  for (const auto& text : split_list(call.text("vms"))) {
    const auto guest = call.world.guests.find(std::stoi(text));
    if (guest == call.world.guests.end())
      throw Refused{500, fmt::format("update pools failed: VM {} does not exist", text)};
    auto& member_of = guest->second.pool;
    if (call.flag("delete")) {
      if (member_of != name) throw Refused{500, fmt::format("update pools failed: VM {} is not a pool member", text)};
      member_of.clear();
      continue;
    }
    if (member_of == name) throw Refused{500, fmt::format("update pools failed: VM {} is already a pool member", text)};
    if (!member_of.empty() && !call.flag("allow-move")) {
      throw Refused{
          500, fmt::format("update pools failed: VM {} belongs already to pool '{}' and 'allow-move' is not set", text,
                           member_of)};
    }
    member_of = name;
  }
  call.world.changed = true;
  return nullptr;
}

Json remove(Call& call) {
  const auto name = call.text("poolid");
  if (!call.world.pools.contains(name))
    throw Refused{500, fmt::format("delete pool failed: pool '{}' does not exist", name)};
  for (const auto& [vmid, guest] : call.world.guests) {
    if (guest.pool == name)
      throw Refused{500, fmt::format("delete pool failed: pool '{}' is not empty (contains VM {})", name, vmid)};
  }
  call.world.pools.erase(name);
  call.world.changed = true;
  return nullptr;
}

}  // namespace

std::vector<Route> pool_routes() {
  const auto id = [] { return text("poolid").need().named("pve-poolid"); };
  return {
      {"GET", "/pools",
       ParameterSet{{text("poolid").named("pve-poolid"), text("type").one_of({"qemu", "lxc", "storage"})}, {}}, nullptr,
       list},
      {"POST", "/pools", ParameterSet{{id(), text("comment")}, {}}, may_change, create},
      {"PUT", "/pools",
       ParameterSet{{id(), text("comment"), text("vms").named("pve-vmid-list"),
                     text("storage").named("pve-storage-id-list"), boolean("delete"), boolean("allow-move")},
                    {}},
       may_change, change},
      {"DELETE", "/pools", ParameterSet{{id()}, {}}, may_change, remove},
  };
}

}  // namespace nmx::lab::proxmox
