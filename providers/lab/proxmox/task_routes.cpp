#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

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

std::string_view outcome_of(const Task& task) {
  if (task.exit_status == "OK") return "ok";
  if (task.exit_status.rfind("WARNINGS", 0) == 0) return "warning";
  return task.exit_status == "unexpected status" ? "unknown" : "error";
}

/// Whether a list asks for it.
bool is_wanted(const Call& call, const Task& task) {
  if (call.has("vmid") && task.id != call.text("vmid")) return false;
  if (call.has("typefilter") && task.type != call.text("typefilter")) return false;
  if (call.has("userfilter") && task.user.find(call.text("userfilter")) == std::string::npos) return false;
  if (task.starttime < call.number("since", task.starttime) || task.starttime > call.number("until", task.starttime))
    return false;
  const auto source = call.text("source", "archive");
  if ((source == "active" && task.stopped) || (source == "archive" && !task.stopped)) return false;
  if (call.flag("errors") && (!task.stopped || outcome_of(task) == "ok")) return false;
  const auto outcomes = split_list(call.text("statusfilter"));
  return outcomes.empty() || std::find(outcomes.begin(), outcomes.end(), outcome_of(task)) != outcomes.end();
}

Json show(const Task& task) {
  auto entry = describe(task);
  if (task.stopped) entry["status"] = task.exit_status, entry["endtime"] = task.starttime;
  return entry;
}

Json newest_first(std::vector<const Task*> tasks, std::size_t start, std::size_t limit) {
  std::sort(tasks.begin(), tasks.end(), [](const Task* a, const Task* b) { return a->pid > b->pid; });
  auto entries = Json::array();
  for (auto at = start; at < tasks.size() && at < start + limit; ++at) entries.push_back(show(*tasks[at]));
  return entries;
}

Json list(Call& call) {
  std::vector<const Task*> tasks;
  for (const auto& [upid, task] : call.world.tasks) {
    if (task.node == call.text("node") && may_see(call, task) && is_wanted(call, task)) tasks.push_back(&task);
  }
  call.beside["total"] = tasks.size();
  return newest_first(std::move(tasks), static_cast<std::size_t>(call.number("start")),
                      static_cast<std::size_t>(call.number("limit", 50)));
}

/// What happened in the cluster of late.
Json recent(Call& call) {
  std::vector<const Task*> tasks;
  for (const auto& [upid, task] : call.world.tasks) {
    if (may_see(call, task)) tasks.push_back(&task);
  }
  return newest_first(std::move(tasks), 0, 25);
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
      {"GET", "/cluster/tasks", {}, nullptr, recent},
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
