#include "planner/foresee.hpp"

#include <algorithm>

#include "planner/runtime/gather.hpp"

namespace nmx {
namespace {

/// Whoever builds may have much to say; at least one line.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (end > at || lines.empty()) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

Task<Done> foresee(const PlanPorts* ports, const std::vector<Address>* targets,
                   const std::map<Address, Desired>* desired, std::map<Address, Observed>* observed) {
  const auto needed = needed_by(*targets, *desired);
  std::map<std::string, std::vector<Wanted>> by_provider;
  for (const auto& [address, one] : *desired) {
    const auto* provider = ports->connections.find(one.instance->provider);
    if (provider == nullptr || !provider->foresees()) continue;
    if (!targets->empty() && !needed.contains(address)) continue;
    by_provider[one.instance->provider].push_back({address, one.instance->type, *one.wanted});
  }
  std::vector<Task<std::vector<Foreseen>>> tasks;
  for (const auto& [provider, wanted] : by_provider)
    tasks.push_back(ports->connections.find(provider)->foresee(wanted));
  auto all = gather(std::move(tasks));
  const auto answers = co_await all;
  std::size_t at = 0;
  for (const auto& [provider, wanted] : by_provider) {
    const auto& foreseen = answers[at++];
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto& address = wanted[i].address;
      const auto& instance = *desired->at(address).instance;
      ports->host.add_foreseen(address, foreseen[i].attributes);
      if (const auto& refused = foreseen[i].refused) {
        const auto lines = lines_of(refused->message);
        auto& told = ports->diagnostics.error(Code::not_buildable, instance.owner_span, lines.front());
        for (std::size_t line = 1; line < lines.size(); ++line) told.note(lines[line]);
        if (instance.block != instance.owner_span) told.label(instance.block, "asked for here");
        told.with_help(refused->help);
      }
      if (foreseen[i].out_of_reach.empty()) continue;
      auto& real = (*observed)[address];
      real.status = Observed::Status::unreachable;
      real.why = foreseen[i].out_of_reach;
    }
  }
  co_return Done{};
}

}  // namespace nmx
