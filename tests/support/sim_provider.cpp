#include "tests/support/sim_provider.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace nmx::test {
namespace {

std::string text(const Object& object, std::string_view name) {
  const auto* found = object.at_or_null(name).string();
  return found == nullptr ? std::string() : *found;
}

bool agrees(const Object& settings, const Object& wanted, std::string_view name) {
  return settings.at_or_null(name) == wanted.at_or_null(name);
}

}  // namespace

Answer answer_of(const std::string& number, const SimObject& object) {
  Answer answer;
  answer.id = number;
  answer.attributes = object.settings;
  answer.attributes.set("number", number);
  answer.attributes.set("shape", object.shape);
  answer.attributes.set("uid", object.uid);
  return answer;
}

void SimWorld::schedule(Milliseconds when, Operation operation, bool half, Reply reply) {
  coming_.emplace(when, Coming{std::move(operation), half, std::move(reply)});
}

void SimWorld::crash() {
  for (auto it = coming_.begin(); it != coming_.end();) {
    it = dice_.percent(faults.survives_crash) ? std::next(it) : coming_.erase(it);
  }
}

std::optional<Milliseconds> SimWorld::next() {
  if (coming_.empty()) return std::nullopt;
  return coming_.begin()->first;
}

void SimWorld::advance(Milliseconds now) {
  while (!coming_.empty() && coming_.begin()->first <= now) {
    const auto coming = std::move(coming_.begin()->second);
    coming_.erase(coming_.begin());
    *coming.reply = effect(coming.operation, coming.half);
  }
}

Result<Answer> SimWorld::effect(const Operation& operation, bool half) {
  const auto number = text(operation.arguments, "number");
  const auto found = objects.find(number);
  if (operation.verb == "create") {
    if (found != objects.end()) {
      ++refusals;
      return Error{fmt::format("number {} is taken", number)};
    }
    SimObject object;
    object.mark = to_string(operation.address);
    object.shape = *operation.arguments.at_or_null("shape").integer();
    object.uid = fmt::format("uid-{}", ++born_);
    objects.emplace(number, object);
    if (half) return Error{"made, but not started"};
    return answer_of(number, object);
  }
  if (operation.verb == "destroy") {
    if (half) return Error{"it is busy"};
    objects.erase(number);
    return Answer{};
  }
  if (found == objects.end()) return Error{fmt::format("there is no number {}", number)};
  if (operation.verb == "stop") return Answer{};
  found->second.settings.set("size", operation.arguments.at_or_null("size"));
  if (half) return Error{"failed in the middle"};
  found->second.settings.set("links", operation.arguments.at_or_null("links"));
  found->second.settings.set("password", operation.arguments.at_or_null("password"));
  found->second.configured = true;
  return answer_of(number, found->second);
}

Task<Result<Facts>> SimProvider::connect() { co_return Facts{}; }

Task<std::vector<Observed>> SimProvider::read(std::vector<ObjectId> ids) {
  std::vector<Observed> observed;
  for (const auto& id : ids) {
    Observed one;
    const auto found = world_.objects.find(id.id);
    if (found != world_.objects.end() && found->second.mark == to_string(id.address)) {
      one.status = Observed::Status::present;
      one.id = id.id;
      one.attributes = answer_of(id.id, found->second).attributes;
    }
    observed.push_back(std::move(one));
  }
  co_return observed;
}

Task<Result<Provider*>> SimProvider::provider(std::string) { co_return static_cast<Provider*>(this); }

Task<Result<Answer>> SimProvider::execute(Operation operation) {
  struct Under {
    SimProvider& self;
    const Operation& operation;
    Under(SimProvider& provider, const Operation& running) : self(provider), operation(running) {
      self.most = std::max(self.most, ++self.running);
      for (const auto& name : operation.conflicts) {
        if (self.held[name]++ > 0) ++self.overlaps;
      }
    }
    ~Under() {
      --self.running;
      for (const auto& name : operation.conflicts) --self.held[name];
    }
  } under(*this, operation);
  if (announced && !announced(operation)) ++unannounced;
  ++world_.requests;
  env_.trace(operation.summary);

  auto& dice = world_.dice();
  const auto& faults = world_.faults;
  const auto there = Milliseconds(1 + static_cast<std::int64_t>(dice.below(50)));
  const auto back = Milliseconds(1 + static_cast<std::int64_t>(dice.below(50)));
  auto reply = std::make_shared<std::optional<Result<Answer>>>();
  if (dice.percent(faults.refused)) {
    auto pause = env_.sleep(there);
    co_await pause;
    co_return Error{"503 the server is busy"};
  }
  if (dice.percent(faults.late)) {
    world_.schedule(env_.now() + there + Milliseconds(static_cast<std::int64_t>(dice.below(5'000))), operation, false,
                    reply);
    auto pause = env_.sleep(there);
    co_await pause;
    co_return Error{"the connection was reset"};
  }
  const bool half = dice.percent(faults.half);
  world_.schedule(env_.now() + there, operation, half, reply);
  if (dice.percent(faults.slow)) {
    auto pause = env_.sleep(Milliseconds(operation.timeout_ms * 3));
    co_await pause;
  }
  auto pause = env_.sleep(there + back);
  co_await pause;
  if (dice.percent(faults.lost)) co_return Error{"the connection was reset"};
  if (!*reply) co_return Error{"no answer"};
  co_return std::move(**reply);
}

Task<Result<Reconciled>> SimProvider::reconcile(Operation operation) {
  auto& dice = world_.dice();
  env_.trace("reconcile " + operation.summary);
  auto pause = env_.sleep(Milliseconds(1 + static_cast<std::int64_t>(dice.below(50))));
  co_await pause;
  if (dice.percent(world_.faults.silent)) co_return Error{"the server does not answer"};
  const auto number = text(operation.arguments, "number");
  const auto found = world_.objects.find(number);
  const bool ours = found != world_.objects.end() && found->second.mark == to_string(operation.address);
  if (operation.verb == "destroy") co_return Reconciled{ours ? Fate::not_done : Fate::done, {}};
  if (!ours) co_return Reconciled{Fate::not_done, {}};
  const auto answer = answer_of(number, found->second);
  if (operation.verb == "create" || operation.verb == "stop") co_return Reconciled{Fate::done, answer};
  const bool whole = agrees(found->second.settings, operation.arguments, "size") &&
                     agrees(found->second.settings, operation.arguments, "links") &&
                     agrees(found->second.settings, operation.arguments, "password");
  if (whole) co_return Reconciled{Fate::done, answer};
  const bool begun = agrees(found->second.settings, operation.arguments, "size");
  co_return Reconciled{begun ? Fate::half : Fate::not_done, answer};
}

}  // namespace nmx::test
