#include "planner/apply.hpp"

#include <fmt/core.h>

#include <functional>

#include "tests/support/sim_env.hpp"

namespace nmx {
namespace {

const std::string lineage = "lineage";

Address thing(const std::string& name) { return Address{}.child("thing").child(name); }

Value hole(const std::string& name, const std::string& attribute) {
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

TEST_F(Apply, measures_how_long_something_is_interrupted_and_keeps_that) {
  add("a", "configure", {}, {}, Action::update);
  const auto restart = add("a", "restart", {}, {0}, Action::update);
  plan.operations[restart].danger = ChangeClass::restart;
  auto result = run();
  EXPECT_EQ(result.state.objects.at(thing("a")).downtime_ms, 10);
  // What interrupts nothing leaves the figure as it is.
  state = result.state;
  plan = {};
  add("a", "configure", {}, {}, Action::update);
  EXPECT_EQ(run().state.objects.at(thing("a")).downtime_ms, 10);
}

TEST_F(Apply, records_what_was_made) {
  add("a", "create", {{"size", 1}, {"secret", Value("s").as_secret()}});
  provider.answer = [](const Operation&) { return Answer{{{"size", 1}, {"secret", "s"}, {"uid", "u1"}}, "pve/1"}; };
  const auto result = run();
  EXPECT_EQ(result.end, ApplyResult::End::done);
  EXPECT_EQ(result.finished, 1u);
  EXPECT_EQ(result.state.serial, 1u);
  const auto& object = result.state.objects.at(thing("a"));
  EXPECT_EQ(object.type, "thing");
  EXPECT_EQ(object.provider, "sim");
  EXPECT_EQ(object.id, "pve/1");
  EXPECT_EQ(object.schema_version, 7u);
  EXPECT_EQ(object.status, StateObject::Status::ready);
  EXPECT_EQ(object.dependencies, (std::vector<Address>{thing("somewhere")}));
  EXPECT_EQ(*object.attributes.find("uid"), Value("u1"));
  // Read back in the clear, but it was secret when it was sent.
  EXPECT_TRUE(object.attributes.find("secret")->secret);
  EXPECT_EQ(notes.lines, (std::vector<std::string>{"started create a", "finished create a (10 ms)"}));
}

TEST_F(Apply, keeps_what_the_server_never_tells) {
  add("a", "create", {{"template", "debian"}, {"size", 1}});
  provider.answer = [](const Operation&) { return Answer{{{"size", 1}}, "1"}; };
  EXPECT_EQ(*run().state.objects.at(thing("a")).attributes.find("template"), Value("debian"));
}

TEST_F(Apply, fills_holes_with_the_answers_of_earlier_operations) {
  const auto a = add("a", "create", {{"size", 1}});
  add("b", "create", {{"link", hole("a", "uid")}}, {a});
  plan.outputs["uid"] = {hole("a", "uid"), "the uid"};
  provider.answer = [](const Operation& operation) {
    auto attributes = operation.arguments;
    attributes.set("uid", "u-" + operation.address.steps().back().name);
    return Answer{attributes, "1"};
  };
  const auto result = run();
  ASSERT_EQ(provider.sent.size(), 2u);
  EXPECT_EQ(*provider.sent[1].arguments.find("link"), Value("u-a"));
  EXPECT_EQ(*result.state.objects.at(thing("b")).attributes.find("link"), Value("u-a"));
  EXPECT_EQ(result.state.outputs.at("uid").value, Value("u-a"));
  EXPECT_EQ(result.state.outputs.at("uid").doc, "the uid");
}

TEST_F(Apply, an_answer_that_lacks_what_others_need_fails_those) {
  const auto a = add("a", "create", {{"size", 1}});
  add("b", "create", {{"link", hole("a", "uid")}}, {a});
  const auto result = run();
  ASSERT_EQ(result.failed.size(), 1u);
  EXPECT_NE(result.failed[0].error.message.find("cannot create b"), std::string::npos);
  EXPECT_EQ(provider.sent.size(), 1u);
}

TEST_F(Apply, what_fails_takes_along_only_what_needs_it) {
  const auto a = add("a", "create", {});
  const auto b = add("b", "create", {}, {a});
  add("c", "create", {}, {b});
  add("d", "create", {});
  provider.answer = [](const Operation& operation) -> Result<Answer> {
    if (operation.summary == "create a") return Error{"500 no space"};
    return Answer{};
  };
  const auto result = run();
  EXPECT_EQ(result.end, ApplyResult::End::failed);
  EXPECT_EQ(result.finished, 1u);
  ASSERT_EQ(result.failed.size(), 1u);
  EXPECT_EQ(result.failed[0].error.message, "500 no space");
  ASSERT_EQ(result.not_started.size(), 2u);
  EXPECT_EQ(result.not_started[1].error.message, "needs thing.a, which failed");
  EXPECT_TRUE(result.state.objects.contains(thing("d")));
  EXPECT_FALSE(result.state.objects.contains(thing("a")));
  EXPECT_TRUE(journal().open.empty());
}

TEST_F(Apply, asks_what_became_of_an_operation_before_it_calls_it_failed) {
  add("a", "create", {{"size", 1}});
  provider.answer = [](const Operation&) -> Result<Answer> { return Error{"connection reset"}; };
  provider.told = [](const Operation&) { return Reconciled{Fate::done, {{{"size", 1}}, "pve/1"}}; };
  const auto result = run();
  EXPECT_EQ(result.end, ApplyResult::End::done);
  EXPECT_EQ(result.state.objects.at(thing("a")).id, "pve/1");
}

TEST_F(Apply, what_is_done_by_half_is_tainted) {
  add("a", "create", {{"size", 1}});
  provider.answer = [](const Operation&) -> Result<Answer> { return Error{"task failed"}; };
  provider.told = [](const Operation&) { return Reconciled{Fate::half, {{}, "pve/1"}}; };
  const auto result = run();
  EXPECT_EQ(result.end, ApplyResult::End::failed);
  EXPECT_EQ(result.state.objects.at(thing("a")).status, StateObject::Status::tainted);
  EXPECT_EQ(result.state.objects.at(thing("a")).id, "pve/1");
  EXPECT_TRUE(journal().open.empty());
}

TEST_F(Apply, what_nobody_knows_stays_an_open_intent_for_the_next_run) {
  add("a", "create", {{"size", 1}});
  plan.allocations["number"]["100"] = {to_string(thing("a")), 0};
  provider.answer = [](const Operation&) -> Result<Answer> { return Error{"connection reset"}; };
  provider.told = [](const Operation&) -> Result<Reconciled> { return Error{"the server is gone"}; };
  const auto result = run();
  ASSERT_EQ(result.unknown.size(), 1u);
  EXPECT_EQ(result.unknown[0].operation.summary, "create a");
  // What was handed out to it stays its own.
  EXPECT_EQ(result.state.allocations.at("number").at("100").owner, to_string(thing("a")));
  ASSERT_EQ(journal().open.size(), 1u);

  provider.told = [](const Operation&) { return Reconciled{Fate::done, {{{"size", 1}}, "pve/1"}}; };
  const auto recovery = recovered();
  EXPECT_TRUE(recovery.changed);
  EXPECT_EQ(recovery.state.serial, 1u);
  EXPECT_EQ(recovery.state.objects.at(thing("a")).id, "pve/1");
  EXPECT_EQ(recovery.state.objects.at(thing("a")).status, StateObject::Status::ready);
  EXPECT_EQ(recovery.state.allocations.at("number").at("100").released, 0u);
  EXPECT_NE(notes.lines.back().find("it was done"), std::string::npos) << notes.lines.back();
}

TEST_F(Apply, between_two_operations_an_object_is_tainted_in_the_journal) {
  const auto a = add("a", "create", {{"size", 1}});
  add("a", "start", {}, {a});
  provider.answer = [](const Operation& operation) -> Result<Answer> {
    if (operation.verb == "start") return Error{"does not start"};
    return Answer{{{"uid", "u"}}, "pve/1"};
  };
  const auto result = run();
  const auto& object = result.state.objects.at(thing("a"));
  EXPECT_EQ(object.status, StateObject::Status::tainted);
  EXPECT_EQ(object.id, "pve/1");
  EXPECT_EQ(*object.attributes.find("uid"), Value("u"));
  ASSERT_EQ(journal().results.size(), 1u);
  EXPECT_EQ(journal().results[0].object->status, StateObject::Status::tainted);
}

TEST_F(Apply, what_is_destroyed_leaves_the_state_and_its_values_become_tombstones) {
  StateObject old;
  old.id = "1";
  state.objects[thing("a")] = old;
  state.allocations["ip"]["10.0.0.7"] = {to_string(thing("a")), 0};
  add("a", "destroy", {}, {}, Action::destroy);
  plan.allocations["ip"]["10.0.0.7"] = {to_string(thing("a")), 1};
  const auto result = run();
  EXPECT_TRUE(result.state.objects.empty());
  EXPECT_EQ(result.state.allocations.at("ip").at("10.0.0.7").released, 1u);
  const auto recovery = recovered();
  EXPECT_TRUE(recovery.state.objects.empty());
  EXPECT_EQ(recovery.state.allocations.at("ip").at("10.0.0.7").released, 1u);
}

TEST_F(Apply, what_is_not_destroyed_keeps_its_values) {
  state.objects[thing("a")] = StateObject{};
  state.allocations["ip"]["10.0.0.7"] = {to_string(thing("a")), 0};
  add("a", "destroy", {}, {}, Action::destroy);
  plan.allocations["ip"]["10.0.0.7"] = {to_string(thing("a")), 1};
  provider.answer = [](const Operation&) -> Result<Answer> { return Error{"protected"}; };
  const auto result = run();
  EXPECT_TRUE(result.state.objects.contains(thing("a")));
  EXPECT_EQ(result.state.allocations.at("ip").at("10.0.0.7").released, 0u);
}

TEST_F(Apply, folds_in_what_needs_no_operation) {
  state.objects[thing("old")] = StateObject{};
  StateObject moved;
  moved.id = "9";
  plan.forgotten = {thing("old")};
  plan.refreshed[thing("new")] = moved;
  const auto result = run();
  EXPECT_EQ(result.end, ApplyResult::End::done);
  EXPECT_FALSE(result.state.objects.contains(thing("old")));
  EXPECT_EQ(result.state.objects.at(thing("new")).id, "9");
  EXPECT_EQ(recovered().state.objects, result.state.objects);
}

TEST_F(Apply, an_operation_that_never_ends_is_given_up_after_its_timeout) {
  add("a", "create", {});
  provider.takes = Milliseconds{100'000};
  const auto result = run();
  ASSERT_EQ(result.failed.size(), 1u);
  EXPECT_EQ(result.failed[0].error.message, "cannot create a: no end after 1 s");
  EXPECT_EQ(provider.asked, (std::vector<std::string>{"create a"}));
  EXPECT_LT(env.now(), Milliseconds{5'000});
}

TEST_F(Apply, a_provider_that_cannot_be_reached_fails_its_objects_alone) {
  add("a", "create", {});
  add("b", "create", {});
  plan.operations[0].provider = "away";
  const auto result = run();
  ASSERT_EQ(result.failed.size(), 1u);
  EXPECT_EQ(result.failed[0].error.message, "cannot reach `away`");
  EXPECT_EQ(result.finished, 1u);
}

TEST_F(Apply, runs_side_by_side_up_to_the_limit) {
  for (int i = 0; i < 20; ++i) add(fmt::format("t{:02}", i), "create", {});
  EXPECT_EQ(run({5, {}}).end, ApplyResult::End::done);
  EXPECT_EQ(env.now(), Milliseconds{40});
}

TEST_F(Apply, after_the_first_interrupt_nothing_more_starts_and_what_runs_ends) {
  for (int i = 0; i < 10; ++i) add(fmt::format("t{:02}", i), "create", {});
  provider.takes = Milliseconds{1000};
  plan.operations[0].timeout_ms = plan.operations[1].timeout_ms = 5000;
  env.interrupt_at = 60;  // while the first two are under way
  const auto result = run({2, {}});
  EXPECT_EQ(result.end, ApplyResult::End::interrupted);
  EXPECT_EQ(result.finished, 2u);
  EXPECT_EQ(result.not_started.size(), 8u);
  EXPECT_TRUE(result.unknown.empty());
  EXPECT_TRUE(journal().open.empty());
}

TEST_F(Apply, after_the_second_interrupt_what_runs_is_left_to_the_next_run) {
  for (int i = 0; i < 10; ++i) add(fmt::format("t{:02}", i), "create", {});
  provider.takes = Milliseconds{100'000};
  for (auto& operation : plan.operations) operation.timeout_ms = 1'000'000;
  env.interrupt_at = 60;
  env.interrupt_again_at = 80;
  const auto result = run({2, {}});
  EXPECT_EQ(result.end, ApplyResult::End::interrupted);
  EXPECT_EQ(result.finished, 0u);
  EXPECT_EQ(result.unknown.size(), 2u);
  EXPECT_LT(env.now(), Milliseconds{100'000});
}

TEST_F(Apply, a_full_disk_stops_it_and_what_ran_is_still_in_the_state) {
  for (int i = 0; i < 10; ++i) add(fmt::format("t{:02}", i), "create", {});
  env.disk_full_at = 40;
  const auto result = run({2, {}});
  EXPECT_EQ(result.end, ApplyResult::End::failed);
  EXPECT_FALSE(result.not_started.empty());
  EXPECT_EQ(result.state.objects.size(), provider.sent.size());
  EXPECT_EQ(notes.lines.empty(), false);
}

Task<Status> lost_lock(int* beats) {
  ++*beats;
  co_return Error{"the lock was taken over by bob"};
}

TEST_F(Apply, a_lost_lock_stops_it) {
  const auto a = add("a", "create", {});
  add("b", "create", {}, {a});
  provider.takes = Milliseconds{20'000};
  for (auto& operation : plan.operations) operation.timeout_ms = 1'000'000;
  int beats = 0;
  const auto result = run({2, [&] { return lost_lock(&beats); }});
  EXPECT_EQ(beats, 1);
  EXPECT_EQ(result.end, ApplyResult::End::failed);
  EXPECT_EQ(result.finished, 1u);
  EXPECT_EQ(provider.sent.size(), 1u);
}

TEST_F(Apply, recovery_after_the_state_was_written_folds_nothing_twice) {
  add("a", "create", {{"size", 1}});
  const auto result = run();
  auto later = result.state;
  later.objects.erase(thing("a"));
  state = later;
  const auto recovery = recovered();
  EXPECT_FALSE(recovery.changed);
  EXPECT_TRUE(recovery.state.objects.empty());
}

}  // namespace
}  // namespace nmx
