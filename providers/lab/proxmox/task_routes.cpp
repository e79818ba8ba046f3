#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"

namespace nmx::lab::proxmox {
namespace {

bool may_see(const Call& call, const Task& task) {
  if (task.user == call.caller.name() || call.may("/nodes/" + task.node, "Sys.Audit")) return true;
  // A user sees the tasks of its tokens.
  return call.caller.token.empty() && task.user.rfind(call.caller.user + "!", 0) == 0;
}

const Task* task_of(const Call& call) {
  const auto upid = call.text("upid");
  if (upid.rfind("UPID:", 0) != 0 || std::count(upid.begin(), upid.end(), ':') < 8) {
    throw Refused{400, "Parameter verification failed.", {{"upid", "unable to parse worker upid"}}};
  }
  const auto found = call.world.tasks.find(upid);
  if (found == call.world.tasks.end()) return nullptr;
  if (!may_see(call, found->second))
    throw Refused{403, fmt::format("Permission check failed (/nodes/{}, Sys.Audit)", found->second.node)};
  return &found->second;
}

Json describe(const Task& task) {
  const auto bang = task.user.find('!');
  Json entry{
      {"upid", task.upid()},         {"node", task.node}, {"pid", task.pid}, {"pstart", task.pstart},
      {"starttime", task.starttime}, {"type", task.type}, {"id", task.id},   {"user", task.user.substr(0, bang)}};
  if (bang != std::string::npos) entry["tokenid"] = task.user.substr(bang + 1);
  return entry;
}

Json status(Call& call) {
  const auto* task = task_of(call);
  if (task == nullptr) throw Refused{400, "Parameter verification failed.", {{"upid", "no such task"}}};
  auto entry = describe(*task);
  entry["status"] = task->stopped ? "stopped" : "running";
  if (task->stopped) entry["exitstatus"] = task->exit_status;
  return entry;
}

Json log(Call& call) {
  const auto* task = task_of(call);
  const auto lines =
      task == nullptr ? std::vector<std::string>{"unable to open file - No such file or directory"} : task->log;
  const auto start = static_cast<std::size_t>(call.number("start"));
  const auto limit = static_cast<std::size_t>(call.number("limit", 50));
  auto list = Json::array();
  for (auto at = start; at < lines.size() && (limit == 0 || at < start + limit); ++at) {
    list.push_back({{"n", at + 1}, {"t", lines[at]}});
  }
  call.beside["total"] = lines.size();
  return list;
}

Json list(Call& call) {
  auto entries = Json::array();
  for (const auto& [upid, task] : call.world.tasks) {
    if (task.node != call.text("node") || !may_see(call, task)) continue;
    if (call.has("vmid") && task.id != call.text("vmid")) continue;
    if (call.has("typefilter") && task.type != call.text("typefilter")) continue;
    if (call.text("source", "archive") == "active" && task.stopped) continue;
    auto entry = describe(task);
    if (task.stopped) entry["status"] = task.exit_status, entry["endtime"] = task.starttime;
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const Json& a, const Json& b) { return a["pid"] > b["pid"]; });
  call.beside["total"] = entries.size();
  return entries;
}

Json stop(Call& call) {
  auto found = call.world.tasks.find(call.text("upid"));
  if (found != call.world.tasks.end() && !found->second.stopped) {
    found->second.effect = [](Task&) { return std::string("interrupted by signal"); };
    found->second.due = call.world.clock.now();
  }
  return nullptr;
}

ParameterSet named() { return ParameterSet{{text("node").need().named("pve-node"), text("upid").need()}, {}}; }

}  // namespace

std::vector<Route> task_routes() {
  auto log_parameters = named();
  log_parameters.add(integer("start").from(0)).add(integer("limit").from(0)).add(boolean("download"));
  return {
      {"GET", "/nodes/{node}/tasks/{upid}/status", named(), nullptr, status},
      {"GET", "/nodes/{node}/tasks/{upid}/log", log_parameters, nullptr, log},
      {"DELETE", "/nodes/{node}/tasks/{upid}", named(), nullptr, stop},
      {"GET", "/nodes/{node}/tasks",
       ParameterSet{{text("node").need().named("pve-node"), integer("start").from(0), integer("limit").from(0),
                     text("userfilter"), text("typefilter"), integer("vmid").named("pve-vmid"), boolean("errors"),
                     text("source").one_of({"archive", "active", "all"}), integer("since"), integer("until"),
                     text("statusfilter").named("pve-task-status-type-list")},
                    {}},
       nullptr, list},
  };
}

}  // namespace nmx::lab::proxmox
