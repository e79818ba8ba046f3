#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

void may_look(const Call& call) { call.need("/pool/" + call.text("poolid"), {"Pool.Audit"}); }
void may_change(const Call& call) { call.need("/pool/" + call.text("poolid"), {"Pool.Allocate"}); }

Json members(const World& world, const std::string& pool, const std::string& type) {
  auto entries = Json::array();
  for (const auto& [vmid, guest] : world.guests) {
    if (guest.pool == pool && type != "storage" && type != "qemu") entries.push_back(show_guest(world, vmid, guest));
  }
  const auto storages = world.pool_storages.find(pool);
  if (storages == world.pool_storages.end() || (!type.empty() && type != "storage")) return entries;
  for (const auto& storage : storages->second) {
    for (const auto& [node, described] : world.nodes) {
      entries.push_back({{"id", fmt::format("storage/{}/{}", node, storage)},
                         {"node", node},
                         {"storage", storage},
                         {"type", "storage"},
                         {"status", described.online ? "available" : "unknown"}});
    }
  }
  return entries;
}

Json show(const Call& call, const std::string& name) {
  const auto pool = call.world.pools.find(name);
  if (pool == call.world.pools.end()) throw Refused{500, fmt::format("pool '{}' does not exist", name)};
  Json entry{{"poolid", name}, {"members", members(call.world, name, call.text("type"))}};
  if (!pool->second.empty()) entry["comment"] = pool->second;
  return entry;
}

Json list(Call& call) {
  auto entries = Json::array();
  if (call.has("poolid")) {
    call.need("/pool/" + call.text("poolid"), {"Pool.Audit"});
    entries.push_back(show(call, call.text("poolid")));
    return entries;
  }
  for (const auto& [name, comment] : call.world.pools) {
    if (!call.may("/pool/" + name, "Pool.Audit")) continue;
    Json entry{{"poolid", name}};
    if (!comment.empty()) entry["comment"] = comment;
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json look(Call& call) { return show(call, call.text("poolid")); }

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
    // The server writes down whatever number it is given.
    if (guest == call.world.guests.end()) continue;
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
  auto& storages = call.world.pool_storages[name];
  for (const auto& storage : split_list(call.text("storage"))) {
    const bool is_member = storages.contains(storage);
    if (is_member != call.flag("delete")) {
      throw Refused{500, fmt::format("update pools failed: Storage '{}' is {} a pool member", storage,
                                     is_member ? "already" : "not")};
    }
    is_member ? static_cast<void>(storages.erase(storage)) : static_cast<void>(storages.insert(storage));
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
  if (const auto& storages = call.world.pool_storages[name]; !storages.empty()) {
    throw Refused{500, fmt::format("delete pool failed: pool '{}' is not empty (contains storage '{}')", name,
                                   *storages.begin())};
  }
  call.world.pools.erase(name);
  call.world.changed = true;
  return nullptr;
}

}  // namespace

std::vector<Route> pool_routes() {
  const auto id = [] { return text("poolid").need().named("pve-poolid"); };
  const std::vector<std::string> types{"qemu", "lxc", "storage"};
  const ParameterSet change_parameters{
      {id(), text("comment"), text("vms").named("pve-vmid-list"), text("storage").named("pve-storage-id-list"),
       boolean("delete"), boolean("allow-move")},
      {}};
  return {
      {"GET", "/pools",
       ParameterSet{{text("poolid").named("pve-poolid"), text("type").one_of(types).with("poolid")}, {}}, nullptr,
       list},
      {"POST", "/pools", ParameterSet{{id(), text("comment")}, {}}, may_change, create},
      {"PUT", "/pools", change_parameters, may_change, change},
      {"DELETE", "/pools", ParameterSet{{id()}, {}}, may_change, remove},
      {"GET", "/pools/{poolid}", ParameterSet{{id(), text("type").one_of(types)}, {}}, may_look, look},
      {"PUT", "/pools/{poolid}", change_parameters, may_change, change},
      {"DELETE", "/pools/{poolid}", ParameterSet{{id()}, {}}, may_change, remove},
  };
}

}  // namespace nmx::lab::proxmox
