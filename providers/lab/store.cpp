#include "providers/lab/store.hpp"

#include <fmt/core.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "providers/lab/store_cluster.hpp"

namespace nmx::lab {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using proxmox::World;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  auto beside = path;
  beside += ".new";
  std::ofstream(beside, std::ios::binary) << text;
  fs::rename(beside, path);
}

fs::path config_path(const fs::path& folder, const std::string& node, int vmid) {
  return folder / "nodes" / node / "lxc" / fmt::format("{}.conf", vmid);
}

Json describe(const World& world) {
  auto all = Json::object();
  for (const auto& [name, node] : world.nodes) all["nodes"][name] = node.online;
  all["cluster"] = describe_cluster(world);
  auto& guests = all["guests"] = Json::array();
  for (const auto& [vmid, guest] : world.guests) {
    guests.push_back({{"vmid", vmid},
                      {"node", guest.node},
                      {"running", guest.running},
                      {"started", guest.started},
                      {"pool", guest.pool},
                      {"ssh_keys", guest.ssh_keys}});
  }
  auto& volumes = all["volumes"] = Json::array();
  for (const auto& [key, volume] : world.volumes) {
    volumes.push_back({{"id", key.first},
                       {"node", volume.node},
                       {"storage", volume.storage},
                       {"content", volume.content},
                       {"format", volume.format},
                       {"size", volume.size},
                       {"vmid", volume.vmid},
                       {"archive", volume.archive}});
  }
  auto& tasks = all["tasks"] = Json::array();
  for (const auto& [upid, task] : world.tasks) {
    tasks.push_back({{"node", task.node},
                     {"type", task.type},
                     {"id", task.id},
                     {"user", task.user},
                     {"pid", task.pid},
                     {"pstart", task.pstart},
                     {"starttime", task.starttime},
                     {"stopped", task.stopped},
                     {"exit_status", task.exit_status},
                     {"log", task.log}});
  }
  all["pools"] = world.pools;
  all["tickets"] = world.tickets;
  all["next_pid"] = world.next_pid;
  return all;
}

void restore_guests(World& world, const Json& all, const fs::path& folder) {
  for (const auto& entry : all.at("guests")) {
    proxmox::Guest guest;
    const auto vmid = entry.at("vmid").get<int>();
    guest.node = entry.at("node");
    guest.running = entry.at("running");
    guest.started = entry.at("started");
    guest.pool = entry.at("pool");
    guest.ssh_keys = entry.at("ssh_keys").get<std::vector<std::string>>();
    guest.config = proxmox::read_config(read(config_path(folder, guest.node, vmid)));
    const auto lock = guest.config.current.find("lock");
    const bool half_made = lock != guest.config.current.end() && lock->second == "create";
    if (!half_made) world.guests.emplace(vmid, std::move(guest));
  }
}

void restore_tasks(World& world, const Json& all) {
  for (const auto& entry : all.at("tasks")) {
    proxmox::Task task;
    task.node = entry.at("node");
    task.type = entry.at("type");
    task.id = entry.at("id");
    task.user = entry.at("user");
    task.pid = entry.at("pid");
    task.pstart = entry.at("pstart");
    task.starttime = entry.at("starttime");
    task.log = entry.at("log").get<std::vector<std::string>>();
    task.stopped = true;
    task.exit_status =
        entry.at("stopped").get<bool>() ? entry.at("exit_status").get<std::string>() : "unexpected status";
    auto upid = task.upid();
    world.tasks.emplace(std::move(upid), std::move(task));
  }
}

}  // namespace

void save(const World& world, const fs::path& folder) {
  std::set<fs::path> written;
  for (const auto& [vmid, guest] : world.guests) {
    const auto path = config_path(folder, guest.node, vmid);
    const auto text = proxmox::write_config(guest.config);
    if (!fs::exists(path) || read(path) != text) write(path, text);
    written.insert(path);
  }
  for (const auto& [name, node] : world.nodes) {
    const auto guests = folder / "nodes" / name / "lxc";
    if (!fs::exists(guests)) continue;
    std::vector<fs::path> gone;
    for (const auto& entry : fs::directory_iterator(guests)) {
      if (!written.contains(entry.path())) gone.push_back(entry.path());
    }
    for (const auto& path : gone) fs::remove(path);
  }
  write(folder / "lab.json", describe(world).dump(1) + "\n");
}

bool load(World& world, const fs::path& folder) {
  if (!fs::exists(folder / "lab.json")) return false;
  const auto all = Json::parse(read(folder / "lab.json"));
  for (const auto& [name, online] : all.at("nodes").items()) world.nodes[name].online = online;
  // A folder of an earlier lab has no cluster of its own: it is set up as a new one.
  if (all.contains("cluster")) restore_cluster(world, all.at("cluster"));
  restore_guests(world, all, folder);
  world.volumes.clear();
  for (const auto& entry : all.at("volumes")) {
    proxmox::Volume volume{entry.at("node"), entry.at("storage"), entry.at("content"),       entry.at("format"),
                           entry.at("size"), entry.at("vmid"),    entry.value("archive", "")};
    const bool orphan = volume.vmid != 0 && volume.content != "backup" && !world.guests.contains(volume.vmid);
    const auto key = std::pair(entry.at("id").get<std::string>(), volume.node);
    if (!orphan) world.volumes.emplace(key, std::move(volume));
  }
  restore_tasks(world, all);
  world.pools = all.at("pools").get<std::map<std::string, std::string>>();
  world.tickets = all.at("tickets").get<std::map<std::string, std::string>>();
  world.next_pid = all.at("next_pid");
  return true;
}

}  // namespace nmx::lab
