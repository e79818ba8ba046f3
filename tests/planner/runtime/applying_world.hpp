#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planner/apply.hpp"
#include "tests/support/sim_env.hpp"

namespace nmx::test {

inline const std::string lineage = "lineage";

inline Address thing(const std::string& name) { return Address{}.child("thing").child(name); }

inline Value hole(const std::string& name, const std::string& attribute) {
  return Hole{std::make_shared<Unknown>(
      Unknown{to_string(thing(name)), attribute, "the server", "", {}, Type::simple(Type::Tag::string)})};
}

/// Answers each operation by a function of the test.
class Scripted : public Provider, public ProviderSource {
 public:
  explicit Scripted(Env& env) : env_(env) {}
  std::function<Result<Answer>(const Operation&)> answer = [](const Operation& operation) {
    return Answer{operation.arguments, "id-" + operation.address.steps().back().name};
  };
  std::function<Result<Reconciled>(const Operation&)> told = [](const Operation&) { return Reconciled{}; };
  Milliseconds takes{10};
  std::vector<Operation> sent;
  std::vector<std::string> asked;

  Task<Result<Facts>> connect() override { co_return Facts{}; }
  Task<std::vector<Observed>> read(std::vector<ObjectId>) override { co_return std::vector<Observed>{}; }
  Task<Result<Answer>> execute(Operation operation) override {
    sent.push_back(operation);
    auto pause = env_.sleep(takes);
    co_await pause;
    co_return answer(operation);
  }
  Task<Result<Reconciled>> reconcile(Operation operation) override {
    asked.push_back(operation.summary);
    co_return told(operation);
  }
  Task<Result<Provider*>> provider(std::string name) override {
    if (name == "away") co_return Error{"cannot reach `away`"};
    co_return static_cast<Provider*>(this);
  }
  std::uint32_t schema_version(const std::string&) const override { return 7; }

 private:
  Env& env_;
};

class Notes : public ApplyObserver {
 public:
  std::vector<std::string> lines;
  void started(const Operation& operation) override { lines.push_back("started " + operation.summary); }
  void progress(const Operation& operation, std::string_view what) override {
    lines.push_back(fmt::format("{}: {}", operation.summary, what));
  }
  void finished(const Operation& operation, Milliseconds took) override {
    lines.push_back(fmt::format("finished {} ({} ms)", operation.summary, took.count()));
  }
  void failed(const Operation& operation, const Error& error, Milliseconds) override {
    lines.push_back(fmt::format("failed {}: {}", operation.summary, error.message));
  }
  void notice(std::string_view text) override { lines.emplace_back(text); }
};

class Stillness : public test::SimReality {
 public:
  std::optional<Milliseconds> next() override { return std::nullopt; }
  void advance(Milliseconds) override {}
};

class Apply : public testing::Test {
 protected:
  Apply() { state.lineage = lineage; }

  std::size_t add(const std::string& name, const std::string& verb, Object arguments,
                  std::vector<std::size_t> after = {}, Action action = Action::create) {
    Operation operation;
    operation.id = plan.operations.size();
    operation.address = thing(name);
    operation.type = "thing";
    operation.provider = "sim";
    operation.verb = verb;
    operation.summary = verb + " " + name;
    operation.arguments = arguments;
    operation.after = std::move(after);
    operation.timeout_ms = 1000;
    operation.completes = true;
    for (auto& other : plan.operations) other.completes = other.completes && other.address != operation.address;
    plan.operations.push_back(operation);
    for (auto& entry : plan.entries) {
      if (entry.change.address == operation.address) return operation.id;
    }
    PlanEntry entry;
    entry.change.address = operation.address;
    entry.change.action = action;
    entry.change.after = arguments;
    entry.dependencies = {thing("somewhere")};
    plan.entries.push_back(entry);
    return operation.id;
  }

  ApplyResult run(ApplyOptions options = {}) {
    writer.emplace(seal, lineage, state.serial);
    disk = writer->begin();
    return *env.drive(apply(plan, state, {env, provider, notes, *writer, sink}, options));
  }
  JournalContent journal() {
    auto content = read_journal(disk, seal, lineage);
    EXPECT_TRUE(content);
    return content ? std::move(*content) : JournalContent{};
  }
  Recovery recovered() { return *env.drive(recover(state, journal(), env, provider, notes)); }

  Stillness nothing;
  std::string disk;
  test::SimEnv env{1, nothing, Milliseconds{0}, disk};
  test::EnvJournal sink{env};
  Scripted provider{env};
  Notes notes;
  Seal seal{StateKey::from_bytes(std::string(32, 'k')), lineage};
  std::optional<JournalWriter> writer;
  State state;
  Plan plan;
};

}  // namespace nmx::test
