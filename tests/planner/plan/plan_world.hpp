#pragma once

#include <map>
#include <memory>
#include <string>

#include "lang/config/inputs.hpp"
#include "planner/make_plan.hpp"
#include "planner/runtime/curl_env.hpp"
#include "tests/planner/plan/things.hpp"
#include "tests/planner/state/sample.hpp"

namespace nmx::test {

/// What is real, by id; and how a server answers that has it.
struct World {
  std::map<std::string, Object> things;
  /// Why something cannot be read, by id.
  std::map<std::string, std::string> unreadable;
  bool answers = true;
};

class ThingProvider : public Provider {
 public:
  explicit ThingProvider(const World& world) : world_(world) {}
  Task<Result<Facts>> connect() override {
    if (!world_.answers) co_return Error{"connection refused"};
    co_return Facts{};
  }
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override {
    std::vector<Observed> all;
    for (const auto& id : ids) {
      Observed one;
      if (const auto found = world_.things.find(id.id); found != world_.things.end()) {
        one = {Observed::Status::present, found->second, id.id, "d", {}};
      }
      if (const auto found = world_.unreadable.find(id.id); found != world_.unreadable.end()) {
        one.status = Observed::Status::unreachable;
        one.why = found->second;
      }
      all.push_back(std::move(one));
    }
    co_return all;
  }
  Task<Result<Answer>> execute(Operation) override { co_return Error{"plans touch nothing"}; }
  Task<Result<Reconciled>> reconcile(Operation) override { co_return Error{"plans touch nothing"}; }

 private:
  const World& world_;
};

class NoLibrary : public Library {
 public:
  std::optional<std::string> file_of(std::string_view) const override { return std::nullopt; }
  std::string_view text(std::string_view) const override { return {}; }
  std::vector<std::string> kinds() const override { return {}; }
};

/// Plans a text against a world and a state.
struct Planning {
  World world;
  World inner_world;
  /// Where the provider `inner` was told that its server is, each time it was made.
  std::vector<std::string> asked_at;
  State state;
  Diagnostics diagnostics;
  SourceMap sources;
  TemporaryFolder folder;

  /// The world has it as the state knows it.
  void there(const char* address, Object attributes) {
    StateObject object;
    object.type = "thing";
    object.provider = "fake";
    object.id = std::string("id of ") + address;
    object.attributes = attributes;
    world.things[object.id] = std::move(attributes);
    state.objects[at(address)] = std::move(object);
  }

  std::optional<Plan> plan(const std::string& text, PlanOptions options = {});
  /// What was told of the plans so far, as people read it.
  std::string told() const;
};

}  // namespace nmx::test
