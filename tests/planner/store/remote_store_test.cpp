#include "planner/store/remote.hpp"

#include <fmt/core.h>

#include "planner/runtime/gather.hpp"
#include "planner/state_file.hpp"
#include "tests/planner/store/backends.hpp"
#include "tests/support/memory_shelf.hpp"

namespace nmx::test {
namespace {

template <typename T>
T run(Task<T> task) {
  return env().drive(std::move(task));
}

Task<Status> fail(std::string what) { co_return Error{std::move(what)}; }
Task<Status> pass() { co_return Done{}; }

class Remote : public testing::Test {
 protected:
  /// A store of its own, and its shelf for mischief.
  std::pair<std::unique_ptr<RemoteStore>, MemoryShelf*> store() {
    auto shelf = std::make_unique<MemoryShelf>(documents);
    auto* kept = shelf.get();
    return {store_on(std::move(shelf)), kept};
  }
  std::string text(const std::string& name) { return documents.documents["prod/" + name].text; }
  void rewrite_lock(const std::string& from, const std::string& to) {
    auto& lock = documents.documents["prod/lock"].text;
    lock.replace(lock.find(from), from.size(), to);
    documents.documents["prod/lock"].tag = "other";
  }

  MemoryDocuments documents;
};

Intent intent(const std::string& name) {
  Intent made;
  made.operation.address = Address{}.child("value").child(name);
  made.operation.summary = "set value." + name;
  return made;
}

/// Ann intends `a` and falls asleep; Bob takes her for dead and has the lock now.
struct Takeover {
  std::unique_ptr<RemoteStore> slow;
  State state;
  JournalWriter writer;
  std::unique_ptr<RemoteStore> other;

  explicit Takeover(MemoryDocuments& documents)
      : slow(store_on(std::make_unique<MemoryShelf>(documents))),
        state(*run(slow->read())),
        writer(begun(*slow, state)),
        other(store_on(std::make_unique<MemoryShelf>(documents))) {
    EXPECT_TRUE(run(slow->append(writer.intent(intent("a")))));
    EXPECT_TRUE(run(other->unlock(slow->holder()->id)));
    EXPECT_TRUE(run(other->lock("bob", 0)));
  }

 private:
  static JournalWriter begun(RemoteStore& store, const State& state) {
    EXPECT_TRUE(run(store.lock("ann", 0)));
    EXPECT_TRUE(run(store.read_journal(state)));
    return *run(store.begin_journal(state, {}));
  }
};

TEST_F(Remote, a_run_that_lost_its_lock_writes_nothing_any_more) {
  Takeover of(documents);
  auto& [slow, state, writer, other] = of;
  auto theirs = *run(other->read());
  EXPECT_EQ(run(other->read_journal(theirs))->open.size(), 1u);
  ++theirs.serial;
  ASSERT_TRUE(run(other->save(theirs)));
  ASSERT_TRUE(run(other->end_journal(theirs, {})));

  const auto late = run(slow->append(writer.intent(intent("b"))));
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message.find("another run has taken over the journal"), std::string::npos);
  auto mine = state;
  ++mine.serial;
  mine.outputs["who"] = {"ann", ""};
  EXPECT_FALSE(run(slow->save(mine)));
  EXPECT_NE(run(slow->beat(1)).error().message.find("taken over by bob"), std::string::npos);
  EXPECT_TRUE(run(slow->release()));  // not ours any more: left alone
  EXPECT_NE(text("lock").find("bob"), std::string::npos);
}

TEST_F(Remote, what_a_sleeping_run_adds_after_a_takeover_is_refused_from_the_first_read_on) {
  Takeover of(documents);
  auto& [slow, state, writer, other] = of;
  EXPECT_EQ(run(other->read_journal(*run(other->read())))->open.size(), 1u);
  // Bob now asks the provider what became of `a`; meanwhile ann wakes.
  EXPECT_FALSE(run(slow->append(writer.intent(intent("b")))));
  // What bob left there is passed over by whoever reads next.
  auto [third, third_shelf] = store();
  EXPECT_EQ(run(third->read_journal(*run(third->read())))->open.size(), 1u);
}

TEST_F(Remote, a_sign_of_life_whose_answer_was_lost_is_no_lost_lock) {
  auto [one, shelf] = store();
  ASSERT_TRUE(run(one->lock("ann", 1'000)));
  shelf->after = [](std::string) { return fail("no answer"); };
  EXPECT_TRUE(run(one->beat(11'000)));
  shelf->after = [](std::string) { return pass(); };
  EXPECT_TRUE(run(one->beat(21'000)));
  EXPECT_TRUE(run(one->beat(31'000)));
}

TEST_F(Remote, begins_nothing_from_a_state_that_moved_on_meanwhile) {
  auto [slow, slow_shelf] = store();
  const auto state = *run(slow->read());
  ASSERT_TRUE(run(slow->read_journal(state)));
  auto [other, other_shelf] = store();
  auto theirs = *run(other->read());
  ASSERT_TRUE(run(other->read_journal(theirs)));
  ASSERT_TRUE(run(other->begin_journal(theirs, {})));
  ++theirs.serial;
  ASSERT_TRUE(run(other->save(theirs)));
  ASSERT_TRUE(run(other->end_journal(theirs, {})));
  // The journal is empty again, as it was; the state is not.
  documents.documents["prod/journal"].tag = "";
  documents.documents.erase("prod/journal");
  EXPECT_FALSE(run(slow->begin_journal(state, {})));
  EXPECT_EQ(text("journal"), "");
}

TEST_F(Remote, two_that_begin_at_once_are_told_apart_although_they_write_alike) {
  auto [ann, ann_shelf] = store();
  auto [bob, bob_shelf] = store();
  const auto state = *run(ann->read());
  static_cast<void>(run(bob->read()));
  ASSERT_TRUE(run(ann->read_journal(state)));
  ASSERT_TRUE(run(bob->read_journal(state)));
  EXPECT_TRUE(run(ann->begin_journal(state, {})));
  EXPECT_FALSE(run(bob->begin_journal(state, {})));
}

TEST_F(Remote, a_lost_answer_to_a_write_is_no_conflict) {
  auto [one, shelf] = store();
  auto state = *run(one->read());
  ASSERT_TRUE(run(one->read_journal(state)));
  // The shelf sends again what got no answer, and then finds its own.
  struct Twice : MemoryShelf {
    using MemoryShelf::MemoryShelf;
    Task<Result<std::optional<std::string>>> put(std::string name, std::string text, std::string tag) override {
      auto first = MemoryShelf::put(name, text, tag);
      static_cast<void>(co_await first);
      auto second = MemoryShelf::put(name, text, tag);
      co_return co_await second;
    }
  };
  auto twice = store_on(std::make_unique<Twice>(documents));
  state = *run(twice->read());
  ASSERT_TRUE(run(twice->lock("ann", 0)));
  ASSERT_TRUE(run(twice->read_journal(state)));
  auto writer = run(twice->begin_journal(state, {}));
  ASSERT_TRUE(writer) << writer.error().message;
  EXPECT_TRUE(run(twice->append(writer->intent(intent("a")))));
  ++state.serial;
  EXPECT_TRUE(run(twice->save(state)));
  EXPECT_TRUE(run(twice->end_journal(state, {})));
  EXPECT_TRUE(run(twice->release()));
  EXPECT_EQ(text("lock"), "");
}

TEST_F(Remote, records_that_come_together_share_a_write) {
  auto [one, shelf] = store();
  const auto state = *run(one->read());
  ASSERT_TRUE(run(one->read_journal(state)));
  auto writer = *run(one->begin_journal(state, {}));
  const auto before = documents.writes;
  std::vector<Task<Status>> many;
  for (int i = 0; i < 100; ++i) many.push_back(one->append(writer.intent(intent(fmt::format("v{}", i)))));
  for (const auto& each : run(gather(std::move(many)))) ASSERT_TRUE(each);
  EXPECT_LE(documents.writes - before, 2u);
  EXPECT_EQ(run(one->read_journal(state))->open.size(), 100u);
}

TEST_F(Remote, a_journal_that_cannot_be_written_stays_so) {
  auto [one, shelf] = store();
  const auto state = *run(one->read());
  ASSERT_TRUE(run(one->read_journal(state)));
  auto writer = *run(one->begin_journal(state, {}));
  shelf->before = [](std::string) { return fail("the wire is cut"); };
  const auto told = run(one->append(writer.intent(intent("a"))));
  ASSERT_FALSE(told);
  EXPECT_NE(told.error().message.find("the wire is cut"), std::string::npos);
  shelf->before = [](std::string) { return pass(); };
  EXPECT_FALSE(run(one->append(writer.intent(intent("b")))));
}

TEST_F(Remote, a_silent_server_is_no_lost_lock_until_others_may_think_so) {
  auto [one, shelf] = store();
  ASSERT_TRUE(run(one->lock("ann", 1'000)));
  shelf->before = [](std::string) { return fail("no answer"); };
  EXPECT_TRUE(run(one->beat(11'000)));
  EXPECT_FALSE(run(one->beat(1'000 + lease_expiry_ms)));
}

TEST_F(Remote, a_lock_of_another_host_is_respected_until_it_expires) {
  auto [ann, ann_shelf] = store();
  ASSERT_TRUE(run(ann->lock("ann", 1'000)));
  rewrite_lock("\"host\":\"" + ann->holder()->host + "\"", "\"host\":\"elsewhere\"");
  auto [bob, bob_shelf] = store();
  EXPECT_NE(run(bob->lock("bob", 1'000 + lease_expiry_ms - 1)).error().message.find("ann on elsewhere"),
            std::string::npos);
  const auto taken = run(bob->lock("bob", 1'001 + lease_expiry_ms));
  ASSERT_TRUE(taken);
  EXPECT_NE(taken->find("no sign of life"), std::string::npos) << *taken;
}

TEST_F(Remote, of_two_that_make_the_first_state_both_have_the_same) {
  auto [ann, ann_shelf] = store();
  auto [bob, bob_shelf] = store();
  std::vector<Task<Result<State>>> both;
  both.push_back(ann->read());
  both.push_back(bob->read());
  const auto read = run(gather(std::move(both)));
  ASSERT_TRUE(read[0] && read[1]);
  EXPECT_EQ(read[0]->lineage, read[1]->lineage);
}

TEST_F(Remote, environments_do_not_meet) {
  const auto dev = store_on(std::make_unique<MemoryShelf>(documents), "dev");
  const auto prod = store_on(std::make_unique<MemoryShelf>(documents), "prod");
  EXPECT_NE(run(dev->read())->lineage, run(prod->read())->lineage);
  EXPECT_TRUE(run(dev->lock("ann", 0)));
  EXPECT_TRUE(run(prod->lock("bob", 0)));
}

}  // namespace
}  // namespace nmx::test
