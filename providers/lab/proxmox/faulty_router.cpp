#include "providers/lab/proxmox/faulty_router.hpp"

#include <algorithm>

#include "providers/lab/proxmox/create.hpp"
#include "providers/lab/proxmox/form.hpp"

namespace nmx::lab::proxmox {
namespace {

/// The path of the API that a request is about: `/nodes/pve1/lxc`.
std::string path_of(const Request& request) {
  constexpr std::string_view base = "/api2/json";
  const std::string_view target = request.target;
  auto path = percent_decoded(target.substr(0, target.find('?')), Plus::stays);
  return path.rfind(base, 0) == 0 ? path.substr(base.size()) : path;
}

}  // namespace

std::optional<Response> FaultyRouter::answer(const Request& request) {
  auto entry = struck_.find(&request);
  if (entry == struck_.end()) entry = struck_.emplace(&request, faults_.strike(request.method, path_of(request))).first;
  const auto fault = entry->second;
  using Kind = Fault::Kind;
  if (fault && fault->moment == Fault::Moment::before) {
    if (auto response = instead(*fault)) {
      struck_.erase(&request);
      return response;
    }
    if (fault->kind == Kind::full_storage && world_.storages.contains(fault->text))
      world_.storages[fault->text].taken = world_.storages[fault->text].total;
    const bool known_node = world_.nodes.contains(fault->text);
    if (fault->kind == Kind::node_down && known_node) world_.nodes[fault->text].online = false;
    if (fault->kind == Kind::node_up && known_node) world_.nodes[fault->text].online = true;
  }
  auto response = router_.answer(request);
  if (!response) return response;  // asked again
  struck_.erase(&request);
  if (!fault) return response;
  if (fault->kind == Kind::slow_task || fault->kind == Kind::fail_task) spoil_task(*response, *fault);
  if (fault->moment == Fault::Moment::after) {
    if (auto other = instead(*fault)) return other;
  }
  return response;
}

std::optional<Response> FaultyRouter::instead(const Fault& fault) const {
  Response response;
  response.close = true;
  switch (fault.kind) {
    case Fault::Kind::reset: response.lost = true; return response;
    case Fault::Kind::hang:
      response.lost = true;
      response.delay = world_.clock.scaled(fault.duration);
      return response;
    case Fault::Kind::status:
      response.status = fault.status;
      response.reason = fault.text;
      return response;
    case Fault::Kind::slow_task:
    case Fault::Kind::fail_task:
    case Fault::Kind::full_storage:
    case Fault::Kind::node_down:
    case Fault::Kind::node_up: break;
  }
  return std::nullopt;
}

void FaultyRouter::spoil_task(const Response& response, const Fault& fault) {
  const auto answer = Json::parse(response.body, nullptr, false);
  if (!answer.is_object() || !answer.contains("data") || !answer["data"].is_string()) return;
  const auto found = world_.tasks.find(answer["data"].get<std::string>());
  if (found == world_.tasks.end() || found->second.stopped) return;
  auto& task = found->second;
  if (fault.kind == Fault::Kind::slow_task) {
    task.duration = fault.duration;
    if (task.due) task.due = world_.clock.now() + world_.clock.scaled(fault.duration);
    return;
  }
  const bool takes_effect = fault.moment == Fault::Moment::after;
  task.effect = [this, effect = std::move(task.effect), why = fault.text, takes_effect](Task& self) {
    if (takes_effect && effect) effect(self);
    if (!takes_effect && self.type == "vzcreate") {
      // What a creation began is taken back where it fails.
      const int vmid = std::stoi(self.id);
      std::erase_if(world_.volumes, [&](const auto& one) { return one.second.vmid == vmid; });
      forget_guest(world_, vmid, Forget::rights);
    }
    return why;
  };
}

}  // namespace nmx::lab::proxmox
