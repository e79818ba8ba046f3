#include "tests/planner/store/backends.hpp"

#include <fmt/core.h>

#include <cstdlib>

#include "planner/runtime/gather.hpp"
#include "tests/planner/state/sample.hpp"

// One scenario for every backend, each on a real server where that is at hand.
namespace nmx::test {
namespace {

/// `NMX_ROUNDS` asks for more than a quick run.
int rounds() {
  const char* wanted = std::getenv("NMX_ROUNDS");
  return wanted != nullptr ? std::atoi(wanted) : 25;
}

class Backends : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (const auto why = GetParam().missing(); !why.empty()) GTEST_SKIP() << GetParam().name << ": " << why;
    site = fmt::format("site{:x}", env().random());
  }
  std::unique_ptr<Shelf> shelf() const { return GetParam().shelf(site); }
  std::unique_ptr<RemoteStore> store() const { return store_on(shelf()); }
  template <typename T>
  static T run(Task<T> task) {
    return env().drive(std::move(task));
  }

  std::string site;
};

Intent intent(const std::string& name) {
  Intent made;
  made.operation.id = 0;
  made.operation.address = Address{}.child("value").child(name);
  made.operation.summary = "set value." + name;
  made.operation.arguments = Object{{"password", Value("intent-canary").as_secret()}};
  return made;
}

TEST_P(Backends, keeps_a_document_and_replaces_only_what_was_seen) {
  const auto one = shelf();
  ASSERT_TRUE(run(one->prove()));
  EXPECT_FALSE(*run(one->get("prod/state")));
  const auto made = run(one->put("prod/state", "first", ""));
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_TRUE(*made);
  EXPECT_EQ((*run(one->get("prod/state")))->text, "first");
  EXPECT_FALSE(*run(one->put("prod/state", "other", ""))) << "made although one lay there";
  const auto next = run(one->put("prod/state", "second", **made));
  ASSERT_TRUE(next && *next);
  EXPECT_FALSE(*run(one->put("prod/state", "third", **made))) << "replaced what was not seen";
  EXPECT_EQ((*run(one->get("prod/state")))->text, "second");
  EXPECT_FALSE(*run(one->put("prod/nothing", "text", **made))) << "replaced what is not there";
  EXPECT_TRUE(run(one->discard("prod/state")));
  EXPECT_FALSE(*run(one->get("prod/state")));
  EXPECT_TRUE(run(one->discard("prod/state")));
}

TEST_P(Backends, keeps_bytes_as_they_are) {
  const auto one = shelf();
  ASSERT_TRUE(run(one->prove()));
  const std::string odd = "quote \" back \\ tab \t line\nü 🦊 end\n";
  const auto big = std::string(3'000'000, 'x') + odd;
  auto tag = run(one->put("prod/state", odd, ""));
  ASSERT_TRUE(tag && *tag);
  EXPECT_EQ((*run(one->get("prod/state")))->text, odd);
  tag = run(one->put("prod/state", big, **tag));
  ASSERT_TRUE(tag && *tag);
  EXPECT_EQ((*run(one->get("prod/state")))->text, big);
  tag = run(one->put("prod/state", "", **tag));
  ASSERT_TRUE(tag && *tag);
  EXPECT_EQ((*run(one->get("prod/state")))->text, "");
}

TEST_P(Backends, of_many_writers_at_once_one_wins) {
  if (!GetParam().compares) GTEST_SKIP() << "this server compares nothing; its lock keeps writers apart";
  constexpr int writers = 8;
  std::vector<std::unique_ptr<Shelf>> shelves;
  for (int i = 0; i < writers; ++i) shelves.push_back(shelf());
  for (const auto& one : shelves) ASSERT_TRUE(run(one->prove()));
  std::string tag;
  for (int round = 0; round < rounds(); ++round) {
    std::vector<Task<Result<std::optional<std::string>>>> writing;
    for (int i = 0; i < writers; ++i)
      writing.push_back(shelves[static_cast<std::size_t>(i)]->put("prod/state", fmt::format("{} {}", round, i), tag));
    int winners = 0;
    for (const auto& answer : run(gather(std::move(writing)))) {
      ASSERT_TRUE(answer) << answer.error().message;
      if (*answer) ++winners, tag = **answer;
    }
    ASSERT_EQ(winners, 1) << round;
  }
}

TEST_P(Backends, begins_with_an_empty_state_and_keeps_versions) {
  const auto one = store();
  auto state = run(one->read());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->lineage.size(), 36u);
  EXPECT_EQ(state->derivation.size(), 32u);
  EXPECT_EQ(run(store()->read())->lineage, state->lineage);
  ASSERT_TRUE(run(one->lock("ann", env().wall_ms())));
  for (int i = 1; i <= 3; ++i) {
    ++state->serial;
    state->outputs["i"] = {i, ""};
    const auto saved = run(one->save(*state));
    ASSERT_TRUE(saved) << saved.error().message;
  }
  EXPECT_EQ(run(store()->read())->outputs.at("i").value, Value(3));
  const auto before = run(one->version(2));
  ASSERT_TRUE(before) << before.error().message;
  EXPECT_EQ(before->outputs.at("i").value, Value(2));
  EXPECT_FALSE(run(one->version(77)));
  EXPECT_TRUE(run(one->release()));
}

TEST_P(Backends, hands_a_crashed_run_on_to_another_machine) {
  const auto crashed = store();
  const auto state = run(crashed->read());
  ASSERT_TRUE(state);
  ASSERT_TRUE(run(crashed->lock("ann", env().wall_ms())));
  ASSERT_TRUE(run(crashed->read_journal(*state)));
  auto writer = run(crashed->begin_journal(*state, {}));
  ASSERT_TRUE(writer) << writer.error().message;
  const auto told = run(crashed->append(writer->intent(intent("a"))));
  ASSERT_TRUE(told) << told.error().message;

  const auto next = store();
  const auto same = run(next->read());
  ASSERT_TRUE(same);
  const auto left = run(next->read_journal(*same));
  ASSERT_TRUE(left) << left.error().message;
  ASSERT_EQ(left->open.size(), 1u);
  EXPECT_EQ(left->open.front().operation.summary, "set value.a");
  EXPECT_EQ(*left->open.front().operation.arguments.find("password")->string(), "intent-canary");
  EXPECT_TRUE(run(crashed->release()));
}

TEST_P(Backends, one_holds_the_lock_and_the_other_is_told_who) {
  const auto mine = store();
  const auto theirs = store();
  ASSERT_TRUE(run(mine->lock("ann", env().wall_ms())));
  ASSERT_TRUE(mine->holder());
  const auto refused = run(theirs->lock("bob", env().wall_ms()));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("locked by ann"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().help.find("nmx state unlock " + mine->holder()->id), std::string::npos);
  EXPECT_TRUE(run(mine->beat(env().wall_ms())));
  EXPECT_TRUE(run(mine->release()));
  const auto taken = run(theirs->lock("bob", env().wall_ms()));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(*taken, "");
  EXPECT_TRUE(run(theirs->release()));
}

TEST_P(Backends, a_lock_is_removed_by_its_id_alone) {
  const auto mine = store();
  EXPECT_EQ(run(mine->unlock("0123")).error().message, "the state is not locked");
  ASSERT_TRUE(run(mine->lock("ann", env().wall_ms())));
  const auto other = store();
  EXPECT_NE(run(other->unlock("0123")).error().message.find(mine->holder()->id), std::string::npos);
  const auto unlocked = run(other->unlock(mine->holder()->id));
  ASSERT_TRUE(unlocked) << unlocked.error().message;
  const auto taken = run(other->lock("bob", env().wall_ms()));
  EXPECT_TRUE(taken) << taken.error().message;
  EXPECT_TRUE(run(other->release()));
}

/// What an apply does with its store, from the lock to the end. True: it had its turn.
Task<Result<bool>> turn(Store* store, std::string who) {
  auto locking = store->lock(who, env().wall_ms());
  const auto locked = co_await locking;
  if (!locked) {
    const bool held = locked.error().message.find("locked by") != std::string::npos ||
                      locked.error().message.find("changes hands") != std::string::npos;
    if (held) co_return false;
    co_return locked.error();
  }
  auto reading = store->read();
  auto state = co_await reading;
  if (!state) co_return state.error();
  auto reading_journal = store->read_journal(*state);
  const auto journal = co_await reading_journal;
  if (!journal) co_return journal.error();
  if (journal->serial) co_return Error{"a journal of somebody else lies there"};
  auto beginning = store->begin_journal(*state, {});
  auto writer = co_await beginning;
  if (!writer) co_return writer.error();
  auto appending = store->append(writer->intent(intent(who)));
  if (const auto appended = co_await appending; !appended) co_return appended.error();
  ++state->serial;
  const auto* counted = state->outputs.contains("count") ? state->outputs["count"].value.integer() : nullptr;
  state->outputs["count"] = {(counted == nullptr ? 0 : *counted) + 1, ""};
  HistoryEntry entry;
  entry.serial = state->serial;
  entry.by = who;
  auto remembering = store->remember(*state, entry);
  if (const auto remembered = co_await remembering; !remembered) co_return remembered.error();
  auto saving = store->save(*state);
  if (const auto saved = co_await saving; !saved) co_return saved.error();
  auto ending = store->end_journal(*state, {});
  if (const auto ended = co_await ending; !ended) co_return ended.error();
  auto releasing = store->release();
  if (const auto released = co_await releasing; !released) co_return released.error();
  co_return true;
}

TEST_P(Backends, contended_rounds_lose_nothing) {
  const auto ann = store();
  const auto bob = store();
  ASSERT_TRUE(run(ann->read()));
  std::int64_t turns = 0;
  int refused = 0;
  const auto began = env().now();
  for (int round = 0; round < rounds(); ++round) {
    std::vector<Task<Result<bool>>> both;
    both.push_back(turn(ann.get(), "ann"));
    both.push_back(turn(bob.get(), "bob"));
    int had = 0;
    for (const auto& one : run(gather(std::move(both)))) {
      ASSERT_TRUE(one) << round << ": " << one.error().message;
      had += *one ? 1 : 0;
      refused += *one ? 0 : 1;
    }
    ASSERT_GE(had, 1) << round;
    turns += had;
  }
  const auto state = run(ann->read());
  ASSERT_TRUE(state);
  EXPECT_EQ(state->outputs.at("count").value, Value(turns));
  EXPECT_EQ(state->serial, static_cast<std::uint64_t>(turns));
  const auto history = run(ann->history(*state));
  ASSERT_TRUE(history);
  EXPECT_EQ(history->entries.size(), static_cast<std::size_t>(turns));
  EXPECT_TRUE(history->damaged.empty());
  std::printf("%s: %d rounds, %lld turns, %d refused, %.1f ms a round\n", GetParam().name.c_str(), rounds(),
              static_cast<long long>(turns), refused,
              static_cast<double>((env().now() - began).count()) / static_cast<double>(rounds()));
}

TEST_P(Backends, nothing_secret_lies_there_in_the_clear) {
  const auto one = store();
  auto state = *run(one->read());
  const auto lineage = state.lineage;
  auto full = sample_state();
  full.lineage = lineage;
  full.serial = 1;
  full.passphrase.reset();
  ASSERT_TRUE(run(one->lock("ann", env().wall_ms())));
  ASSERT_TRUE(run(one->read_journal(state)));
  auto writer = run(one->begin_journal(state, {}));
  ASSERT_TRUE(run(one->append(writer->intent(intent("a")))));
  ASSERT_TRUE(run(one->save(full)));
  const auto direct = shelf();
  for (const auto* name : {"prod/state", "prod/journal", "prod/history", "prod/versions/00000000"}) {
    const auto there = run(direct->get(name));
    if (!there || !*there) continue;
    EXPECT_EQ((*there)->text.find("canary"), std::string::npos) << name;
  }
  EXPECT_TRUE(run(one->release()));
}

INSTANTIATE_TEST_SUITE_P(Of, Backends, testing::ValuesIn(backends()),
                         [](const auto& test_case) { return test_case.param.name; });

}  // namespace
}  // namespace nmx::test
