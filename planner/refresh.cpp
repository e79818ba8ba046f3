#include "planner/refresh.hpp"

#include "planner/outcome.hpp"
#include "planner/runtime/gather.hpp"

namespace nmx {
namespace {

Task<std::vector<Observed>> read_all(Connections& connections, std::string provider, std::vector<ObjectId> ids) {
  auto opening = connections.provider(provider);
  const auto opened = co_await opening;
  if (!opened) {
    Observed unreachable;
    unreachable.status = Observed::Status::unreachable;
    unreachable.why = opened.error().message;
    co_return std::vector<Observed>(ids.size(), unreachable);
  }
  const auto asked = ids.size();
  auto reading = (*opened)->read(std::move(ids));
  auto observed = co_await reading;
  if (observed.size() == asked) co_return observed;
  Observed unreachable;
  unreachable.status = Observed::Status::unreachable;
  unreachable.why = "`" + provider + "` tells of other objects than it was asked for";
  co_return std::vector<Observed>(asked, unreachable);
}

}  // namespace

Task<std::map<Address, Observed>> refresh(const State& state, Connections& connections) {
  std::map<std::string, std::vector<ObjectId>> wanted;
  for (const auto& [address, object] : state.objects) {
    wanted[object.provider].push_back({address, object.type, object.id, object.attributes});
  }
  std::vector<Task<std::vector<Observed>>> tasks;
  for (const auto& [provider, ids] : wanted) tasks.push_back(read_all(connections, provider, ids));
  auto all = gather(std::move(tasks));
  auto answers = co_await all;
  std::map<Address, Observed> result;
  std::size_t at = 0;
  for (const auto& [provider, ids] : wanted) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      auto& observed = answers[at][i];
      observed.attributes = secret_like(std::move(observed.attributes), ids[i].applied);
      result.emplace(ids[i].address, std::move(observed));
    }
    ++at;
  }
  co_return result;
}

std::map<Address, Observed> as_recorded(const State& state) {
  std::map<Address, Observed> result;
  for (const auto& [address, object] : state.objects) {
    result.emplace(address, Observed{Observed::Status::present, object.attributes, object.id, {}, {}});
  }
  return result;
}

Task<std::vector<Occupied>> survey(Connections& connections, std::vector<std::string> providers) {
  std::vector<Occupied> all;
  for (const auto& name : providers) {
    auto* provider = connections.find(name);
    if (provider == nullptr) continue;
    auto asking = provider->survey();
    auto told = co_await asking;
    if (!told) continue;
    all.insert(all.end(), told->begin(), told->end());
  }
  co_return all;
}

}  // namespace nmx
