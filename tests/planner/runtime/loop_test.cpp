#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "planner/runtime/curl_env.hpp"
#include "planner/runtime/gather.hpp"
#include "planner/runtime/semaphore.hpp"
#include "planner/runtime/within.hpp"
#include "tests/support/sim_env.hpp"

namespace nmx {
namespace {

/// Nothing happens outside.
class Stillness : public test::SimReality {
 public:
  std::optional<Milliseconds> next() override { return std::nullopt; }
  void advance(Milliseconds) override {}
};

Task<int> one() { co_return 1; }

Task<int> deep(int depth) {
  if (depth == 0) co_return 0;
  auto below = deep(depth - 1);
  const auto sum = co_await below;
  co_return sum + 1;
}

Task<int> many_awaits(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    auto task = one();
    sum += co_await task;
  }
  co_return sum;
}

class Loop : public testing::Test {
 protected:
  Stillness nothing;
  std::string disk;
  test::SimEnv env{1, nothing, Milliseconds{0}, disk};
};

TEST_F(Loop, a_million_awaits_need_no_stack) { EXPECT_EQ(env.drive(many_awaits(1'000'000)), 1'000'000); }
TEST_F(Loop, awaits_nest_deeply) { EXPECT_EQ(env.drive(deep(10'000)), 10'000); }

Task<int> after(Env* env, int milliseconds, int value, std::vector<int>* order) {
  auto pause = env->sleep(Milliseconds(milliseconds));
  co_await pause;
  order->push_back(value);
  co_return value;
}

Task<std::vector<int>> together(Env* env, std::vector<int>* order) {
  std::vector<Task<int>> tasks;
  tasks.push_back(after(env, 30, 1, order));
  tasks.push_back(after(env, 10, 2, order));
  tasks.push_back(after(env, 20, 3, order));
  tasks.push_back(after(env, 10, 4, order));
  auto all = gather(std::move(tasks));
  co_return co_await all;
}

TEST_F(Loop, gathered_tasks_run_side_by_side_and_answer_in_their_order) {
  std::vector<int> order;
  EXPECT_EQ(env.drive(together(&env, &order)), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(order, (std::vector<int>{2, 4, 3, 1}));
  EXPECT_EQ(env.now(), Milliseconds{30});
}

Task<std::vector<int>> nothing_at_all() {
  auto all = gather(std::vector<Task<int>>{});
  co_return co_await all;
}

TEST_F(Loop, gathering_nothing_ends) { EXPECT_TRUE(env.drive(nothing_at_all())->empty()); }

Task<bool> in_time(Env* env, int needs, int may, std::vector<int>* order) {
  auto racing = within(env, Milliseconds(may), after(env, needs, 1, order));
  const auto result = co_await racing;
  // Long enough for whatever was left behind to come back.
  auto pause = env->sleep(Milliseconds{1000});
  co_await pause;
  co_return result.has_value();
}

TEST_F(Loop, what_takes_too_long_is_dropped_where_it_stands) {
  std::vector<int> order;
  EXPECT_EQ(env.drive(in_time(&env, 10, 20, &order)), true);
  EXPECT_EQ(order.size(), 1u);
  EXPECT_EQ(env.drive(in_time(&env, 20, 10, &order)), false);
  EXPECT_EQ(order.size(), 1u);
}

Task<Done> hold(Env* env, Semaphore* semaphore, int* inside, int* most) {
  auto acquiring = semaphore->acquire();
  const auto place = co_await acquiring;
  *most = std::max(*most, ++*inside);
  auto pause = env->sleep(Milliseconds{5});
  co_await pause;
  --*inside;
  co_return Done{};
}

Task<Done> crowd(Env* env, Semaphore* semaphore, int* inside, int* most) {
  std::vector<Task<Done>> tasks;
  for (int i = 0; i < 20; ++i) tasks.push_back(hold(env, semaphore, inside, most));
  auto all = gather(std::move(tasks));
  co_await all;
  co_return Done{};
}

TEST_F(Loop, a_semaphore_lets_so_many_in_and_the_others_in_turn) {
  Semaphore semaphore(3);
  int inside = 0;
  int most = 0;
  EXPECT_TRUE(env.drive(crowd(&env, &semaphore, &inside, &most)));
  EXPECT_EQ(most, 3);
  EXPECT_EQ(inside, 0);
  EXPECT_EQ(env.now(), Milliseconds{35});
}

Task<bool> dropped_with_their_place(Env* env, Semaphore* semaphore, int* inside, int* most) {
  // One has the place, one waits for it, and both are dropped.
  std::vector<Task<Done>> two;
  two.push_back(hold(env, semaphore, inside, most));
  two.push_back(hold(env, semaphore, inside, most));
  auto both = gather(std::move(two));
  auto cut_short = within(env, Milliseconds{2}, std::move(both));
  const auto ended = co_await cut_short;
  auto next = within(env, Milliseconds{100}, hold(env, semaphore, inside, most));
  const auto had_it = co_await next;
  co_return !ended && had_it.has_value();
}

TEST_F(Loop, a_place_whose_holder_is_dropped_goes_to_the_next) {
  Semaphore semaphore(1);
  int inside = 0;
  int most = 0;
  EXPECT_EQ(env.drive(dropped_with_their_place(&env, &semaphore, &inside, &most)), true);
}

TEST_F(Loop, a_crash_leaves_no_frame_behind) {
  env.crash_at = 3;
  std::vector<int> order;
  EXPECT_FALSE(env.drive(together(&env, &order)));
  EXPECT_TRUE(order.empty());
}

Task<Status> write_many(Env* env, int count) {
  std::vector<Task<Status>> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(env->append("record\n"));
  auto all = gather(std::move(tasks));
  const auto written = co_await all;
  for (const auto& one : written) {
    if (!one) co_return one;
  }
  co_return Done{};
}

TEST(CurlLoop, a_record_is_on_disk_when_its_append_is_over) {
  const auto file = std::filesystem::temp_directory_path() / ("nmx-append-" + std::to_string(::getpid()));
  CurlEnv env;
  ASSERT_TRUE(env.open_journal(file));
  EXPECT_TRUE(env.drive(write_many(&env, 100)));
  std::ifstream in(file);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  std::filesystem::remove(file);
  EXPECT_EQ(text.size(), 700u);
}

TEST(CurlLoop, a_full_disk_is_final) {
  CurlEnv env;
  ASSERT_TRUE(env.open_journal("/dev/full"));
  const auto first = env.drive(write_many(&env, 1));
  ASSERT_FALSE(first);
  EXPECT_NE(first.error().message.find("No space left on device"), std::string::npos);
  EXPECT_FALSE(env.drive(write_many(&env, 1)));
}

TEST(CurlLoop, without_a_journal_nothing_can_be_appended) {
  CurlEnv env;
  EXPECT_FALSE(env.drive(write_many(&env, 1)));
}

Task<int> until_interrupted(Env* env) {
  while (env->interrupts() == 0) {
    auto pause = env->sleep(Milliseconds{5});
    co_await pause;
  }
  co_return env->interrupts();
}

TEST(CurlLoop, signals_are_counted_and_kill_nobody) {
  CurlEnv env;
  EXPECT_EQ(env.interrupts(), 0);
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(env.drive(until_interrupted(&env)), 1);
}

TEST(CurlLoop, time_goes_on_and_sleep_waits) {
  CurlEnv env;
  const auto before = env.now();
  env.drive(env.sleep(Milliseconds{20}));
  EXPECT_GE((env.now() - before).count(), 20);
  EXPECT_NE(env.random(), env.random());
  EXPECT_GT(env.wall_ms(), 1'600'000'000'000);
}

}  // namespace
}  // namespace nmx
