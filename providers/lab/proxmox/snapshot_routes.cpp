#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"

// A container as it was: its configuration, and its volumes where the storage can.
namespace nmx::lab::proxmox {
namespace {

void audit(const Call& call) { call.need("/vms/" + call.text("vmid"), {"VM.Audit"}); }
void may_look(const Call& call) {
  call.need_any("/vms/" + call.text("vmid"), {"VM.Snapshot", "VM.Snapshot.Rollback", "VM.Audit"});
}
void may_take(const Call& call) { call.need("/vms/" + call.text("vmid"), {"VM.Snapshot"}); }
void may_return(const Call& call) {
  call.need_any("/vms/" + call.text("vmid"), {"VM.Snapshot", "VM.Snapshot.Rollback"});
}

Refused not_there(const std::string& name) { return {500, fmt::format("snapshot '{}' does not exist", name)}; }

Options& snapshot_of(Guest& guest, const std::string& name) {
  const auto found = guest.config.snapshots.find(name);
  if (found == guest.config.snapshots.end()) throw not_there(name);
  return found->second;
}

/// Whether every volume lies where snapshots can be taken.
bool can_snapshot(const World& world, const Guest& guest) {
  return std::all_of(guest.config.current.begin(), guest.config.current.end(), [&](const auto& one) {
    const auto kind = property_kind(one.first);
    if (kind != "rootfs" && kind != "mp") return true;
    const auto volume = parse_property_string(kind, one.first, one.second).values["volume"];
    const auto storage = world.storages.find(volume.substr(0, volume.find(':')));
    return storage != world.storages.end() && takes_snapshots(storage->second);
  });
}

/// What belongs to the guest rather than to a moment of its life.
bool is_timeless(const std::string& option) {
  return option == "lock" || option == "parent" || option == "template" || property_kind(option) == "unused";
}

Json list(Call& call) {
  const auto& guest = guest_of(call);
  auto entries = Json::array();
  for (const auto& [name, options] : guest.config.snapshots) {
    const auto value = [&](const char* option) {
      const auto found = options.find(option);
      return found == options.end() ? std::string() : found->second;
    };
    Json entry{{"name", name}, {"description", value("description")}};
    if (const auto taken = value("snaptime"); !taken.empty()) entry["snaptime"] = std::stoll(taken);
    if (const auto parent = value("parent"); !parent.empty()) entry["parent"] = parent;
    entries.push_back(std::move(entry));
  }
  Json now{{"name", "current"},
           {"description", "You are here!"},
           {"digest", digest_of(guest.config)},
           {"running", guest.running ? 1 : 0}};
  const auto parent = guest.config.current.find("parent");
  if (parent != guest.config.current.end()) now["parent"] = parent->second;
  entries.push_back(std::move(now));
  return entries;
}

Json take(Call& call) {
  const auto name = call.text("snapname");
  if (name == "current" || name == "vzdump")
    throw Refused{500, fmt::format("unable to use snapshot name '{}' (reserved name)", name)};
  auto description = call.text("description");
  if (!description.empty() && description.back() != '\n') description += '\n';
  return start_locking_task(call, {"vzsnapshot", "snapshot", std::chrono::seconds(2),
                                   [name](const World& world, const Guest& guest) {
                                     if (is_template(guest))
                                       throw Refused{500, "you can't take a snapshot if it's a template"};
                                     if (guest.config.snapshots.contains(name))
                                       throw Refused{500, fmt::format("snapshot name '{}' already used", name)};
                                     if (!can_snapshot(world, guest))
                                       throw Refused{500, "snapshot feature is not available"};
                                   },
                                   [name, description](World& world, Guest& guest, Task&) -> std::string {
                                     Options kept;
                                     for (const auto& [option, value] : guest.config.current) {
                                       if (!is_timeless(option) && option != "description") kept[option] = value;
                                     }
                                     const auto parent = guest.config.current.find("parent");
                                     if (parent != guest.config.current.end()) kept["parent"] = parent->second;
                                     kept["snaptime"] = std::to_string(world.clock.unix_seconds());
                                     if (!description.empty()) kept["description"] = description;
                                     guest.config.snapshots[name] = std::move(kept);
                                     guest.config.current["parent"] = name;
                                     return "OK";
                                   }});
}

Json go_back(Call& call) {
  const auto name = call.text("snapname");
  const bool start = call.flag("start");
  return start_locking_task(call, {"vzrollback", "rollback", std::chrono::seconds(2),
                                   [name](const World&, const Guest& guest) {
                                     if (!guest.config.snapshots.contains(name)) throw not_there(name);
                                     if (is_template(guest))
                                       throw Refused{500, "you can't rollback if CT is a template"};
                                   },
                                   [name, start](World& world, Guest& guest, Task& task) -> std::string {
                                     if (guest.running) stop_guest(world, task.guest);
                                     Options kept;
                                     for (const auto& [option, value] : guest.config.current) {
                                       if (property_kind(option) == "unused" || option == "description")
                                         kept[option] = value;
                                     }
                                     for (const auto& [option, value] : guest.config.snapshots.at(name)) {
                                       if (option != "snaptime" && option != "parent" && option != "description")
                                         kept[option] = value;
                                     }
                                     kept["parent"] = name;
                                     guest.config.current = std::move(kept);
                                     guest.config.pending.clear();
                                     guest.config.pending_delete.clear();
                                     return start ? start_guest(world, task.guest, task) : "OK";
                                   }});
}

Json remove(Call& call) {
  const auto name = call.text("snapname");
  return start_locking_task(call, {"vzdelsnapshot", "snapshot-delete", std::chrono::seconds(2),
                                   [name](const World&, const Guest& guest) {
                                     if (!guest.config.snapshots.contains(name)) throw not_there(name);
                                   },
                                   [name](World&, Guest& guest, Task&) -> std::string {
                                     const auto gone = guest.config.snapshots.extract(name).mapped();
                                     const auto before = gone.find("parent");
                                     // Who came after it comes after what was before it.
                                     const auto mend = [&](Options& options) {
                                       const auto parent = options.find("parent");
                                       if (parent == options.end() || parent->second != name) return;
                                       if (before == gone.end()) {
                                         options.erase(parent);
                                       } else {
                                         parent->second = before->second;
                                       }
                                     };
                                     mend(guest.config.current);
                                     for (auto& [other, options] : guest.config.snapshots) mend(options);
                                     return "OK";
                                   }});
}

Json config(Call& call) {
  auto& guest = guest_of(call);
  auto shown = show_options(snapshot_of(guest, call.text("snapname")));
  if (shown.contains("snaptime")) shown["snaptime"] = std::stoll(shown["snaptime"].get<std::string>());
  return shown;
}

Json describe(Call& call) {
  auto& guest = guest_of(call);
  auto& snapshot = snapshot_of(guest, call.text("snapname"));
  wait_for_lock(call, guest);
  if (call.has("description")) snapshot["description"] = call.text("description") + "\n";
  call.world.changed = true;
  return nullptr;
}

Json feature(Call& call) {
  const auto& guest = guest_of(call);
  const auto feature = call.text("feature");
  const bool has = feature == "copy" || can_snapshot(call.world, guest);
  return {{"hasFeature", has && (feature != "clone" || is_template(guest)) ? 1 : 0}};
}

}  // namespace

std::vector<Route> snapshot_routes() {
  auto one = guest_parameters();
  one.add(text("snapname").need().named("pve-configid").up_to(40));
  auto taking = one;
  taking.add(text("description"));
  auto returning = one;
  returning.add(boolean("start"));
  auto removing = one;
  removing.add(boolean("force"));
  auto question = guest_parameters();
  question.add(text("feature").need().one_of({"snapshot", "clone", "copy"}))
      .add(text("snapname").named("pve-configid").up_to(40));
  return {
      {"GET", "/nodes/{node}/lxc/{vmid}/snapshot", guest_parameters(), audit, list},
      {"POST", "/nodes/{node}/lxc/{vmid}/snapshot", taking, may_take, take},
      {"DELETE", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", removing, may_take, remove},
      {"POST", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback", returning, may_return, go_back},
      {"GET", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config", one, may_look, config},
      {"PUT", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config", taking, may_take, describe},
      {"GET", "/nodes/{node}/lxc/{vmid}/feature", question, audit, feature},
  };
}

}  // namespace nmx::lab::proxmox
