#include "planner/connections.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/operators.hpp"
#include "planner/runtime/gather.hpp"

namespace nmx {
namespace {

/// A service that was just installed needs a while until it answers.
constexpr Milliseconds patience_with_the_new{300'000};
constexpr Milliseconds first_wait{500};
constexpr Milliseconds longest_wait{5'000};

}  // namespace

Connections::Connections(const Registry& registry, Env& env, std::function<std::string(std::string_view)> derive,
                         std::filesystem::path folder)
    : registry_(registry), env_(env), derive_(std::move(derive)), folder_(std::move(folder)) {}

void Connections::add(const ProviderInstance& instance) { connections_[instance.name].instance = &instance; }

void Connections::defer(const std::string& name, std::string why) { connections_[name].deferred = std::move(why); }

bool Connections::deferred(const std::string& name) const {
  const auto found = connections_.find(name);
  return found != connections_.end() && found->second.deferred.has_value();
}

Task<Status> Connections::resume(std::string name) {
  auto& connection = connections_[name];
  connection.deferred.reset();
  auto opening = open(name);
  auto opened = co_await opening;
  if (!opened) connection.deferred = opened.error().message;
  co_return opened;
}

Status Connections::settle(const std::string& name, const HoleSource& answers) {
  auto& connection = connections_[name];
  if (connection.connected || connection.opening || connection.instance == nullptr) return Done{};
  if (connection.instance->dependencies.empty()) return Done{};
  connection.deferred.reset();
  connection.error.reset();
  connection.provider.reset();
  connection.patience = patience_with_the_new;
  auto known = fill(Value(connection.instance->settings), answers);
  if (const auto* error = std::get_if<OperationError>(&known)) {
    return Error{fmt::format("the settings of `provider {}` are not known: {}", name, error->message), error->help};
  }
  connection.settings = *std::get<Value>(known).object();
  return Done{};
}

Status Connections::make(const std::string& name, Connection& connection) {
  const auto type_name =
      connection.instance != nullptr ? connection.instance->provider : name.substr(0, name.find('.'));
  const auto* type = registry_.provider(type_name);
  if (type == nullptr) return Error{fmt::format("there is no provider `{}`", type_name)};
  Object settings;
  if (connection.settings) {
    settings = *connection.settings;
  } else if (connection.instance != nullptr) {
    settings = connection.instance->settings;
  } else {
    for (const auto& attribute : type->settings.attributes) {
      if (attribute.required) {
        return Error{fmt::format("the configuration has no `provider {}` any more", name),
                     "keep the block until everything that it made is gone"};
      }
    }
  }
  if (contains_hole(Value(settings))) {
    return Error{"its settings are known only after apply"};
  }
  const bool assumed = connection.instance == nullptr || connection.instance->assumed;
  auto made = type->make(ProviderSettings{name, std::move(settings), derive_, folder_, assumed}, env_);
  if (!made) return made.error();
  connection.provider = *std::move(made);
  return Done{};
}

Task<Status> Connections::open(std::string name) {
  auto& connection = connections_[name];
  if (connection.opening) {
    Suspend until_opened{[&](Waiter waiter) { connection.waiting.push_back(std::move(waiter)); }};
    co_await until_opened;
  }
  if (connection.deferred) co_return Error{*connection.deferred};
  if (connection.error) co_return *connection.error;
  if (connection.connected) co_return Done{};
  connection.opening = true;
  auto opening = open_alone(name);
  auto opened = co_await opening;
  connection.opening = false;
  for (const auto& waiter : connection.waiting) waiter.wake();
  connection.waiting.clear();
  co_return opened;
}

Task<Status> Connections::open_alone(std::string name) {
  auto& connection = connections_[name];
  if (auto made = make(name, connection); !made) {
    connection.error = made.error();
    co_return made.error();
  }
  const auto deadline = env_.now() + connection.patience;
  auto connecting = connection.provider->connect();
  auto facts = co_await connecting;
  for (auto wait = first_wait; !facts && env_.interrupts() == 0 && env_.now() + wait < deadline;
       wait = std::min(2 * wait, longest_wait)) {
    auto pause = env_.sleep(wait);
    co_await pause;
    auto again = connection.provider->connect();
    facts = co_await again;
  }
  if (!facts) {
    connection.error = facts.error();
    co_return facts.error();
  }
  connection.facts = *std::move(facts);
  connection.connected = true;
  co_return Done{};
}

Task<Done> Connections::connect(std::vector<std::string> names, Diagnostics& diagnostics) {
  std::vector<Task<Status>> tasks;
  for (const auto& name : names) tasks.push_back(open(name));
  auto all = gather(std::move(tasks));
  const auto results = co_await all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (results[i]) continue;
    const auto* instance = connections_[names[i]].instance;
    if (instance == nullptr) continue;  // told object by object: they are unreachable
    diagnostics.error(Code::connection_failed, instance->block, results[i].error().message)
        .with_help(results[i].error().help);
  }
  co_return Done{};
}

const Facts& Connections::facts(const std::string& name) const {
  static const Facts none;
  const auto found = connections_.find(name);
  return found == connections_.end() ? none : found->second.facts;
}

bool Connections::connected(const std::string& name) const {
  const auto found = connections_.find(name);
  return found != connections_.end() && found->second.connected;
}

Provider* Connections::find(const std::string& name) const {
  const auto found = connections_.find(name);
  return found == connections_.end() || !found->second.connected ? nullptr : found->second.provider.get();
}

Task<Result<Provider*>> Connections::provider(std::string name) {
  auto opening = open(name);
  const auto opened = co_await opening;
  if (!opened) co_return opened.error();
  co_return connections_[name].provider.get();
}

std::uint32_t Connections::schema_version(const std::string& type) const {
  const auto* found = registry_.type(type);
  return found == nullptr ? 1 : found->schema().version;
}

}  // namespace nmx
