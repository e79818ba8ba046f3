#include "planner/store/lease.hpp"

#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "planner/store/files.hpp"
#include "tests/planner/state/sample.hpp"

namespace nmx {
namespace {

constexpr std::int64_t now = 1'760'000'000'000;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Lease, one_holds_it_and_the_other_is_told_who) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "prod.lock";
  const auto mine = Lease::acquire(file, "ann", now);
  ASSERT_TRUE(mine) << mine.error().message;
  EXPECT_EQ(mine->notice(), "");
  const auto theirs = Lease::acquire(file, "bob", now);
  ASSERT_FALSE(theirs);
  EXPECT_NE(theirs.error().message.find("locked by ann"), std::string::npos) << theirs.error().message;
  EXPECT_NE(theirs.error().help.find("nmx state unlock " + mine->holder().id), std::string::npos);
}

TEST(Lease, is_free_again_when_it_goes) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "prod.lock";
  { ASSERT_TRUE(Lease::acquire(file, "ann", now)); }
  EXPECT_FALSE(std::filesystem::exists(file));
  const auto again = Lease::acquire(file, "bob", now);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->notice(), "");
}

TEST(Lease, of_a_dead_process_is_taken_over_with_a_notice) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "prod.lock";
  const auto child = ::fork();
  if (child == 0) {
    const auto held = Lease::acquire(file, "ann", now);
    ::_exit(held ? 0 : 1);  // no destructor runs: as if it was killed
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  const auto taken = Lease::acquire(file, "bob", now);
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_NE(taken->notice().find("ann"), std::string::npos);
  EXPECT_NE(taken->notice().find("that process is gone"), std::string::npos) << taken->notice();
}

TEST(Lease, of_another_host_is_respected_until_it_expires) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "prod.lock";
  std::string text;
  {
    const auto held = Lease::acquire(file, "ann", now);
    ASSERT_TRUE(held);
    text = **read_whole(file);
    text = replaced(text, "\"host\":\"" + held->holder().host + "\"", "\"host\":\"elsewhere\"");
  }
  ASSERT_TRUE(replace_file(file, text));
  const auto early = Lease::acquire(file, "bob", now + lease_expiry_ms - 1);
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().message.find("ann on elsewhere"), std::string::npos);
  const auto late = Lease::acquire(file, "bob", now + lease_expiry_ms + 1);
  ASSERT_TRUE(late);
  EXPECT_NE(late->notice().find("no sign of life"), std::string::npos);
}

TEST(Lease, heartbeats_keep_it_and_tell_when_it_was_taken_away) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "prod.lock";
  auto mine = Lease::acquire(file, "ann", now);
  ASSERT_TRUE(mine);
  EXPECT_TRUE(mine->beat(now + 5));
  EXPECT_NE((*read_whole(file))->find(std::to_string(now + 5)), std::string::npos);
  EXPECT_FALSE(Lease::remove(file, "no-such-id"));
  EXPECT_TRUE(Lease::remove(file, mine->holder().id));
  const auto gone = mine->beat(now + 6);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message, "the lock was removed");
  const auto other = Lease::acquire(file, "bob", now);
  ASSERT_TRUE(other);
  const auto taken = mine->beat(now + 7);
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("taken over by bob"), std::string::npos);
}

TEST(Lease, that_was_taken_away_does_not_remove_the_new_one) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "prod.lock";
  std::optional<Lease> other;
  {
    auto mine = Lease::acquire(file, "ann", now);
    ASSERT_TRUE(mine);
    ASSERT_TRUE(Lease::remove(file, mine->holder().id));
    auto taken = Lease::acquire(file, "bob", now);
    ASSERT_TRUE(taken);
    other.emplace(std::move(*taken));
  }
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST(Lease, of_many_that_want_it_exactly_one_gets_it) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "prod.lock";
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const auto child = ::fork();
    if (child == 0) {
      const auto held = Lease::acquire(file, fmt::format("runner{}", i), now);
      if (held) ::usleep(300'000);  // the others find it held, by a process that lives
      ::_exit(held ? 7 : 0);
    }
    children.push_back(child);
  }
  int winners = 0;
  for (const auto child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == 7) ++winners;
  }
  EXPECT_EQ(winners, 1);
}

}  // namespace
}  // namespace nmx
