#include <fmt/core.h>

#include <algorithm>
#include <ctime>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/format.hpp"

// Backups of guests: made now, and the jobs that make them.
namespace nmx::lab::proxmox {
namespace {

void audit(const Call& call) { call.need("/", {"Sys.Audit"}); }
void may_manage(const Call& call) { call.need("/", {"Sys.Modify"}); }

/// What it backs up: said by number, by pool, or everything but a few. 400 where it says two of them, or none.
void check_choice(const Call& call) {
  const bool chosen = call.has("vmid");
  if (chosen && (call.flag("all") || call.has("exclude") || call.has("pool"))) {
    throw bad_parameter("vmid", "option conflicts with option 'all', 'exclude' or 'pool'");
  }
  if (!chosen && !call.flag("all") && !call.has("pool") && !call.has("exclude"))
    throw bad_parameter("vmid", "property is missing and it is not optional");
}

std::vector<int> chosen_guests(const Call& call) {
  std::vector<int> chosen;
  for (const auto& one : split_list(call.text("vmid"))) chosen.push_back(std::stoi(one));
  if (!chosen.empty()) return chosen;
  const auto excluded = split_list(call.text("exclude"));
  for (const auto& [vmid, guest] : call.world.guests) {
    const bool is_out = std::find(excluded.begin(), excluded.end(), std::to_string(vmid)) != excluded.end();
    if (guest.node == call.text("node") && !is_out && (!call.has("pool") || guest.pool == call.text("pool")))
      chosen.push_back(vmid);
  }
  return chosen;
}

/// `2026_11_25-22_00_00`, or as a backup server writes it.
std::string moment(std::int64_t seconds, const char* format) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[40];
  return std::string(text, std::strftime(text, sizeof text, format, &parts));
}

/// The name of an archive, one second later where there is one already.
std::string archive_name(const World& world, const std::string& storage, int vmid, const std::string& node,
                         const std::string& compress) {
  const bool server = world.storages.at(storage).type == "pbs";
  const auto suffix = compress == "zstd"                      ? ".zst"
                      : compress == "gzip" || compress == "1" ? ".gz"
                      : compress == "lzo"                     ? ".lzo"
                                                              : "";
  for (auto at = world.clock.unix_seconds();; ++at) {
    const auto id = server ? fmt::format("{}:backup/ct/{}/{}", storage, vmid, moment(at, "%Y-%m-%dT%H:%M:%SZ"))
                           : fmt::format("{}:backup/vzdump-lxc-{}-{}.tar{}", storage, vmid,
                                         moment(at, "%Y_%m_%d-%H_%M_%S"), suffix);
    if (!world.volumes.contains({id, node}) && !world.volumes.contains({id, ""})) return id;
  }
}

/// One guest into an archive; what goes wrong.
std::optional<std::string> back_up(World& world, Task& task, int vmid, const std::string& storage,
                                   const std::string& compress) {
  const auto found = world.guests.find(vmid);
  task.log.push_back(fmt::format("INFO: Starting Backup of VM {} (lxc)", vmid));
  if (found == world.guests.end() || found->second.node != task.node)
    return fmt::format("unable to find VM '{}'", vmid);
  auto& guest = found->second;
  if (const auto lock = guest.config.current.find("lock"); lock != guest.config.current.end())
    return fmt::format("CT is locked ({})", lock->second);
  const auto& target = world.storages.at(storage);
  constexpr std::int64_t size = std::int64_t{200} << 20;
  if (size > world.free_bytes(storage, task.node)) return "No space left on device";
  const auto node = target.shared ? std::string() : task.node;
  const auto id = archive_name(world, storage, vmid, task.node, compress);
  auto config = guest.config;
  config.snapshots.clear();
  const auto format = target.type == "pbs" ? "pbs-ct" : id.substr(id.find(".tar") + 1);
  world.volumes[{id, node}] = Volume{node, storage, "backup", format, size, vmid, write_config(config)};
  task.log.push_back(fmt::format("INFO: creating vzdump archive '{}'", id));
  task.log.push_back(fmt::format("INFO: Finished Backup of VM {} (00:00:03)", vmid));
  return std::nullopt;
}

Json dump(Call& call) {
  check_choice(call);
  for (const auto* roots_own : {"dumpdir", "tmpdir", "script"}) {
    if (call.has(roots_own) && !call.caller.is_root()) throw bad_parameter(roots_own, "Only root may set this option.");
  }
  const auto storage = call.text("storage", "local");
  const auto known = call.world.storages.find(storage);
  if (known == call.world.storages.end()) throw Refused{500, fmt::format("storage '{}' does not exist", storage)};
  if (!known->second.content.contains("backup")) {
    throw Refused{500, fmt::format("could not get storage information for '{}': can't use storage '{}' for backups: "
                                   "wrong content type",
                                   storage, storage)};
  }
  call.need("/storage/" + storage, {"Datastore.AllocateSpace"});
  const auto guests = chosen_guests(call);
  for (const auto vmid : guests) call.need(fmt::format("/vms/{}", vmid), {"VM.Backup"});
  Task task;
  task.node = call.text("node");
  task.type = "vzdump";
  task.id = guests.size() == 1 ? std::to_string(guests.front()) : "";
  task.user = call.caller.name();
  task.duration = std::chrono::seconds(3) * std::max<std::size_t>(guests.size(), 1);
  task.effect = [&world = call.world, guests, storage,
                 compress = call.text("compress", "0")](Task& self) -> std::string {
    bool failed = false;
    for (const auto vmid : guests) {
      const auto why = back_up(world, self, vmid, storage, compress);
      if (why) self.log.push_back(fmt::format("ERROR: Backup of VM {} failed - {}", vmid, *why));
      failed = failed || why;
    }
    if (!failed) self.log.push_back("INFO: Backup job finished successfully");
    return failed ? "job errors" : "OK";
  };
  return call.world.start_task(std::move(task));
}

Json defaults(Call& call) {
  return {{"mode", "snapshot"}, {"compress", "zstd"}, {"storage", call.text("storage", "local")}};
}

Json extract_config(Call& call) {
  const auto id = call.text("volume");
  const auto* archive = call.world.volume(id, call.text("node"));
  if (archive == nullptr || archive->content != "backup")
    throw Refused{500, fmt::format("volume '{}' does not exist", id)};
  return archive->archive;
}

Options& job_of(Call& call) {
  const auto found = call.world.backup_jobs.find(call.text("id"));
  if (found == call.world.backup_jobs.end())
    throw bad_parameter("id", fmt::format("No such job '{}'", call.text("id")));
  return found->second;
}

Json show(const std::string& id, const Options& job) {
  Json entry{{"id", id}, {"type", "vzdump"}};
  for (const auto& [name, value] : job) {
    const bool number = name != "vmid" && name != "exclude" && matches(value, "[0-9]+");
    entry[name] = number ? Json(std::stoll(value)) : Json(value);
  }
  return entry;
}

Json jobs(Call& call) {
  auto entries = Json::array();
  for (const auto& [id, job] : call.world.backup_jobs) entries.push_back(show(id, job));
  return entries;
}

void keep(const Call& call, Options& job) {
  for (const auto& name : split_list(call.text("delete"))) job.erase(name);
  for (const auto& [name, value] : call.params.items()) {
    if (name != "id" && name != "delete") job[name] = call.text(name.c_str());
  }
  call.world.changed = true;
}

void check_time(const Call& call) {
  if (call.has("schedule") && call.has("starttime"))
    throw bad_parameter("starttime", "'starttime' and 'schedule' cannot both be set");
}

Json create_job(Call& call) {
  check_choice(call);
  check_time(call);
  if (!call.has("schedule") && !call.has("starttime"))
    throw bad_parameter("schedule", "neither 'starttime' nor 'schedule' were set");
  auto id = call.text("id");
  if (id.empty())
    id = fmt::format("backup-{:08x}-{:04x}", call.world.clock.unix_seconds(), ++call.world.next_pid & 0xFFFF);
  if (call.world.backup_jobs.contains(id)) throw Refused{500, fmt::format("Job '{}' already exists", id)};
  Options job{{"enabled", "1"}};
  keep(call, job);
  call.world.backup_jobs[id] = std::move(job);
  return nullptr;
}

Json look_at_job(Call& call) { return show(call.text("id"), job_of(call)); }

Json change_job(Call& call) {
  check_time(call);
  keep(call, job_of(call));
  return nullptr;
}

Json remove_job(Call& call) {
  job_of(call);
  call.world.backup_jobs.erase(call.text("id"));
  call.world.changed = true;
  return nullptr;
}

/// What a backup may say, done now or by a job.
ParameterSet dump_options() {
  ParameterSet set;
  for (const auto* name :
       {"dumpdir", "exclude-path", "fleecing", "mailto", "performance", "pool", "prune-backups", "script", "tmpdir"}) {
    set.add(text(name));
  }
  for (const auto* name : {"all", "quiet", "remove", "stdexcludes", "stop"}) set.add(boolean(name));
  for (const auto* name : {"bwlimit", "lockwait", "stopwait"}) set.add(integer(name).from(0));
  return set.add(text("compress").one_of({"0", "1", "gzip", "lzo", "zstd"}))
      .add(text("exclude").named("pve-vmid-list"))
      .add(integer("ionice").from(0).to(8))
      .add(text("mailnotification").one_of({"always", "failure"}))
      .add(text("mode").one_of({"snapshot", "suspend", "stop"}))
      .add(text("node").named("pve-node"))
      .add(text("notes-template").up_to(1024).with("storage"))
      .add(text("notification-mode").one_of({"auto", "legacy-sendmail", "notification-system"}))
      .add(text("pbs-change-detection-mode").one_of({"legacy", "data", "metadata"}))
      .add(integer("pigz"))
      .add(boolean("protected").with("storage"))
      .add(text("storage").named("pve-storage-id"))
      .add(text("vmid").named("pve-vmid-list"))
      .add(integer("zstd"));
}

ParameterSet job_parameters() {
  auto set = dump_options();
  return set.add(text("comment").up_to(512))
      .add(text("dow").with("starttime"))
      .add(boolean("enabled"))
      .add(boolean("repeat-missed"))
      .add(text("schedule").up_to(128))
      .add(text("starttime").like("\\d{1,2}:\\d{1,2}"));
}

}  // namespace

std::vector<Route> backup_routes() {
  auto now = dump_options();
  now.add(boolean("stdout")).add(text("job-id").like("\\S+").up_to(50));
  auto creation = job_parameters();
  creation.add(text("id").named("pve-configid"));
  const ParameterSet one{{text("id").need().like("\\S+").up_to(50)}, {}};
  auto changing = job_parameters();
  changing.add(one).add(text("delete").named("pve-configid-list"));
  const ParameterSet asking{{text("node").need().named("pve-node"), text("storage").named("pve-storage-id")}, {}};
  const ParameterSet extracting{{text("node").need().named("pve-node"), text("volume").need()}, {}};
  return {
      {"POST", "/nodes/{node}/vzdump", now, nullptr, dump},
      {"GET", "/nodes/{node}/vzdump/defaults", asking, nullptr, defaults},
      {"GET", "/nodes/{node}/vzdump/extractconfig", extracting, nullptr, extract_config},
      {"GET", "/cluster/backup", {}, audit, jobs},
      {"POST", "/cluster/backup", creation, may_manage, create_job},
      {"GET", "/cluster/backup/{id}", one, audit, look_at_job},
      {"PUT", "/cluster/backup/{id}", changing, may_manage, change_job},
      {"DELETE", "/cluster/backup/{id}", one, may_manage, remove_job},
  };
}

}  // namespace nmx::lab::proxmox
