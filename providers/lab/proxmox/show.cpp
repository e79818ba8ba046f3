#include <fmt/core.h>

#include <algorithm>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

// What the API shows of guests.
namespace nmx::lab::proxmox {

Guest& guest_of(Call& call) {
  const auto vmid = static_cast<int>(call.number("vmid"));
  const auto found = call.world.guests.find(vmid);
  if (found == call.world.guests.end() || found->second.node != call.text("node")) {
    throw Refused{500,
                  fmt::format("Configuration file 'nodes/{}/lxc/{}.conf' does not exist", call.text("node"), vmid)};
  }
  return found->second;
}

Json show_options(const Options& options) {
  auto shown = Json::object();
  for (const auto& [name, value] : options) {
    const auto* parameter = container_options().find(name);
    const bool is_number = parameter != nullptr &&
                           (parameter->kind == Parameter::Kind::integer || parameter->kind == Parameter::Kind::boolean);
    if (is_number && matches(value, "[+-]?[0-9]+")) {
      shown[name] = std::stoll(value);
    } else {
      shown[name] = value;
    }
  }
  return shown;
}

}  // namespace nmx::lab::proxmox
