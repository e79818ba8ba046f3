#include <fmt/core.h>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/create.hpp"

namespace nmx::lab::proxmox {
namespace {

using namespace std::chrono_literals;

void audit(const Call& call) { call.need("/vms/" + call.text("vmid"), {"VM.Audit"}); }
void may_power(const Call& call) { call.need("/vms/" + call.text("vmid"), {"VM.PowerMgmt"}); }

int vmid_of(const Call& call) { return static_cast<int>(call.number("vmid")); }

/// Whether the guest runs; one that is not there is the task's to complain of.
bool runs(const Call& call) {
  const auto found = call.world.guests.find(vmid_of(call));
  return found != call.world.guests.end() && found->second.running;
}

void refuse_skiplock(const Call& call) {
  if (call.flag("skiplock") && !call.caller.is_root()) {
    throw Refused{400, "Parameter verification failed.", {{"skiplock", "Only root may use this option."}}};
  }
}

Json current(Call& call) {
  const auto& guest = guest_of(call);
  const auto& options = guest.config.current;
  const auto number = [&](const char* name, std::int64_t fallback) {
    const auto found = options.find(name);
    return found == options.end() ? fallback : std::stoll(found->second);
  };
  Json entry{{"vmid", vmid_of(call)},
             {"status", guest.running ? "running" : "stopped"},
             {"type", "lxc"},
             {"maxmem", number("memory", 512) << 20},
             {"maxswap", number("swap", 512) << 20},
             {"cpus", number("cores", 16)},
             {"uptime", guest.running ? call.world.clock.unix_seconds() - guest.started : 0},
             {"ha", {{"managed", 0}}}};
  for (const auto& [option, shown] :
       {std::pair("hostname", "name"), std::pair("tags", "tags"), std::pair("lock", "lock")}) {
    const auto found = options.find(option);
    if (found != options.end()) entry[shown] = found->second;
  }
  return entry;
}

Json start(Call& call) {
  refuse_skiplock(call);
  if (runs(call)) throw Refused{500, fmt::format("CT {} already running", vmid_of(call))};
  auto task = guest_task(call, "vzstart", 2s);
  task.effect = [&world = call.world, vmid = vmid_of(call)](Task& self) { return start_guest(world, vmid, self); };
  return call.world.start_task(std::move(task));
}

Json end(Call& call, const char* type, std::chrono::milliseconds duration) {
  refuse_skiplock(call);
  if (!runs(call)) throw Refused{500, fmt::format("CT {} not running", vmid_of(call))};
  auto task = guest_task(call, type, duration);
  task.effect = [&world = call.world, vmid = vmid_of(call)](Task&) { return stop_guest(world, vmid); };
  return call.world.start_task(std::move(task));
}

Json stop(Call& call) { return end(call, "vzstop", 1s); }
Json shutdown(Call& call) { return end(call, "vzshutdown", 3s); }

Json reboot(Call& call) {
  if (!runs(call)) throw Refused{500, fmt::format("VM {} not running", vmid_of(call))};
  auto task = guest_task(call, "vzreboot", 5s);
  task.effect = [&world = call.world, vmid = vmid_of(call)](Task& self) {
    stop_guest(world, vmid);
    return start_guest(world, vmid, self);
  };
  return call.world.start_task(std::move(task));
}

/// Freezing is not modelled; what the server refuses is.
Json suspend(Call& call) {
  if (!runs(call)) throw Refused{500, fmt::format("CT {} not running", vmid_of(call))};
  auto task = guest_task(call, "vzsuspend", 1s);
  task.effect = [](Task&) { return std::string("unable to freeze: the lab's containers have no processes"); };
  return call.world.start_task(std::move(task));
}

Json resume(Call& call) {
  if (runs(call)) throw Refused{500, fmt::format("CT {} already running", vmid_of(call))};
  auto task = guest_task(call, "vzresume", 1s);
  task.effect = [](Task&) { return std::string("unable to thaw: the lab's containers have no processes"); };
  return call.world.start_task(std::move(task));
}

/// What a running container's network looks like from inside.
Json interfaces(Call& call) {
  const auto& guest = guest_of(call);
  if (!guest.running) return nullptr;
  auto entries = Json::array({{{"name", "lo"}, {"inet", "127.0.0.1/8"}, {"hwaddr", "00:00:00:00:00:00"}}});
  for (const auto& [option, value] : guest.config.current) {
    if (property_kind(option) != "net") continue;
    const auto parts = parse_property_string("net", option, value).values;
    Json entry{{"name", parts.contains("name") ? parts.at("name") : option}};
    if (parts.contains("hwaddr")) entry["hwaddr"] = parts.at("hwaddr");
    if (parts.contains("ip") && parts.at("ip").find('/') != std::string::npos) entry["inet"] = parts.at("ip");
    if (parts.contains("ip6") && parts.at("ip6").find('/') != std::string::npos) entry["inet6"] = parts.at("ip6");
    entries.push_back(std::move(entry));
  }
  return entries;
}

/// Nothing was measured yet.
Json measurements(Call&) { return Json::array(); }

ParameterSet named() {
  return ParameterSet{{text("node").need().named("pve-node"), integer("vmid").need().named("pve-vmid")}, {}};
}

}  // namespace

std::vector<Route> power_routes() {
  auto starting = named();
  starting.add(boolean("skiplock")).add(boolean("debug"));
  auto stopping = named();
  stopping.add(boolean("skiplock")).add(boolean("overrule-shutdown"));
  auto shutting = named();
  shutting.add(integer("timeout").from(0)).add(boolean("forceStop"));
  auto rebooting = named();
  rebooting.add(integer("timeout").from(0));
  auto measuring = named();
  measuring.add(text("timeframe").need().one_of({"hour", "day", "week", "month", "year"}))
      .add(text("cf").one_of({"AVERAGE", "MAX"}));
  return {
      {"GET", "/nodes/{node}/lxc/{vmid}/interfaces", named(), audit, interfaces},
      {"GET", "/nodes/{node}/lxc/{vmid}/rrddata", measuring, audit, measurements},
      {"GET", "/nodes/{node}/lxc/{vmid}/status/current", named(), audit, current},
      {"POST", "/nodes/{node}/lxc/{vmid}/status/start", starting, may_power, start},
      {"POST", "/nodes/{node}/lxc/{vmid}/status/stop", stopping, may_power, stop},
      {"POST", "/nodes/{node}/lxc/{vmid}/status/shutdown", shutting, may_power, shutdown},
      {"POST", "/nodes/{node}/lxc/{vmid}/status/suspend", named(), may_power, suspend},
      {"POST", "/nodes/{node}/lxc/{vmid}/status/resume", named(), may_power, resume},
      {"POST", "/nodes/{node}/lxc/{vmid}/status/reboot", rebooting, may_power, reboot},
  };
}

}  // namespace nmx::lab::proxmox
