#include <gtest/gtest.h>

#include "tests/planner/runtime/applying_world.hpp"

namespace nmx::test {
namespace {

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

}  // namespace
}  // namespace nmx::test
