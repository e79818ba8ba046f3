#include "planner/store/local.hpp"

#include <fmt/core.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <set>

#include "planner/runtime/curl_env.hpp"
#include "planner/state_file.hpp"
#include "planner/store/files.hpp"
#include "tests/planner/state/sample.hpp"

namespace nmx {
namespace {

/// A store whose tasks run to their end at once.
class Local {
 public:
  explicit Local(const std::filesystem::path& folder, std::string environment = "prod")
      : store_(*LocalStore::open(folder, std::move(environment), *Keyring::open({"", folder / "key", ""}), env())) {}

  Result<State> read() { return env().drive(store_->read()); }
  Status save(const State& state) { return env().drive(store_->save(state)); }
  Result<JournalContent> read_journal(const State& state) { return env().drive(store_->read_journal(state)); }
  Result<JournalWriter> begin_journal(const State& state, std::vector<Intent> unknown) {
    return env().drive(store_->begin_journal(state, std::move(unknown)));
  }
  Status append(std::string record) { return env().drive(store_->append(std::move(record))); }
  Status end_journal(const State& state, std::vector<Intent> unknown) {
    return env().drive(store_->end_journal(state, std::move(unknown)));
  }
  Status remember(const State& state, const HistoryEntry& entry) { return env().drive(store_->remember(state, entry)); }
  Result<State> version(std::uint64_t serial) { return env().drive(store_->version(serial)); }
  LocalStore* operator->() { return store_.get(); }

  static CurlEnv& env() {
    static CurlEnv one;
    return one;
  }

 private:
  std::unique_ptr<LocalStore> store_;
};

Local open(const test::TemporaryFolder& folder) { return Local(folder.path() / ".nmx"); }

unsigned mode(const std::filesystem::path& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 0777 : 0;
}

std::size_t versions(const test::TemporaryFolder& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path() / ".nmx" / "history"))
    ++count;
  return count;
}

/// Runs `work` in a process of its own that dies on entering its n-th system call. False when it ended before that.
bool killed_at(int call, const std::function<void()>& work) {
  const auto child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  for (int stops = 0; WIFSTOPPED(status);) {
    if (++stops > 2 * call) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return true;
    }
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
  }
  return WIFSIGNALED(status);
}

TEST(LocalStore, begins_with_an_empty_state_that_keeps_its_lineage) {
  const test::TemporaryFolder folder;
  const auto first = open(folder).read();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->lineage.size(), 36u);
  EXPECT_EQ(first->serial, 0u);
  EXPECT_EQ(open(folder).read()->lineage, first->lineage);
  const test::TemporaryFolder other;
  EXPECT_NE(open(other).read()->lineage, first->lineage);
}

TEST(LocalStore, lets_nobody_else_read) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  ASSERT_TRUE(store.read());
  EXPECT_EQ(mode(folder.path() / ".nmx"), 0700u);
  EXPECT_EQ(mode(store->state_path()), 0600u);
  EXPECT_EQ(mode(folder.path() / ".nmx" / "key"), 0600u);
  ASSERT_TRUE(store.begin_journal(*store.read(), {}));
  EXPECT_EQ(mode(store->journal_path()), 0600u);
}

TEST(LocalStore, keeps_the_last_twenty_versions) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  auto state = *store.read();
  for (int i = 0; i < 30; ++i) {
    ++state.serial;
    state.outputs["i"] = {i, ""};
    ASSERT_TRUE(store.save(state));
  }
  EXPECT_EQ(versions(folder), 20u);
  const auto old = read_whole(folder.path() / ".nmx" / "history" / "prod-00000029.json");
  ASSERT_TRUE(old && *old);
  EXPECT_EQ(read_state(**old, store->key())->outputs.at("i").value, Value(28));
  EXPECT_EQ(store.read()->outputs.at("i").value, Value(29));
}

TEST(LocalStore, keeps_the_versions_of_environments_whose_names_begin_alike) {
  const test::TemporaryFolder folder;
  for (const auto* environment : {"prod-eu", "prod"}) {
    Local store(folder.path() / ".nmx", environment);
    auto state = *store.read();
    for (int version = 0; version < 15; ++version) {
      ++state.serial;
      ASSERT_TRUE(store.save(state));
    }
  }
  EXPECT_EQ(versions(folder), 30U);
}

TEST(LocalStore, refuses_to_overwrite_what_another_wrote_meanwhile) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  auto mine = *store.read();
  auto theirs = mine;
  ++theirs.serial;
  theirs.outputs["who"] = {"they", ""};
  ASSERT_TRUE(store.save(theirs));
  ++mine.serial;
  const auto saved = store.save(mine);
  ASSERT_FALSE(saved);
  EXPECT_EQ(store.read()->outputs.at("who").value, Value("they"));
}

TEST(LocalStore, killed_at_any_system_call_of_a_save_leaves_the_old_or_the_new_state) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  auto state = test::sample_state();
  state.lineage = store.read()->lineage;
  state.passphrase.reset();
  ASSERT_TRUE(store.save(state));
  std::set<std::string> seen;
  int points = 0;
  for (int call = 1;; ++call) {
    auto next = *store.read();
    ++next.serial;
    next.outputs["call"] = {call, ""};
    const auto killed = killed_at(call, [&] { ::_exit(store.save(next) ? 0 : 1); });
    const auto read = store.read();
    ASSERT_TRUE(read) << "killed at system call " << call << ": " << read.error().message;
    const bool is_new = read->serial == next.serial;
    EXPECT_TRUE(is_new || read->serial + 1 == next.serial);
    EXPECT_EQ(read->objects, next.objects);
    seen.insert(is_new ? "new" : "old");
    if (!killed) {
      EXPECT_TRUE(is_new);
      break;
    }
    ++points;
    ASSERT_LT(call, 1000);
  }
  EXPECT_EQ(seen.size(), 2u);
  EXPECT_GT(points, 15);
}

TEST(LocalStore, killed_at_any_system_call_of_a_journal_keeps_what_was_there) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  const auto state = *store.read();
  Intent intent;
  intent.operation.address = Address{}.child("value").child("a");
  intent.operation.summary = "set value.a";
  for (int call = 1;; ++call) {
    ASSERT_TRUE(store.begin_journal(state, {intent}));
    const auto killed = killed_at(call, [&] {
      auto writer = store.begin_journal(state, {intent});
      ::_exit(store.append(writer->intent(intent)) ? 0 : 1);
    });
    const auto content = store.read_journal(state);
    ASSERT_TRUE(content) << "killed at system call " << call << ": " << content.error().message;
    EXPECT_GE(content->open.size(), 1u) << call;
    if (!killed) {
      EXPECT_EQ(content->open.size(), 2u);
      break;
    }
    ASSERT_LT(call, 1000);
  }
}

TEST(LocalStore, carries_open_intents_into_the_next_journal_clear_of_its_numbers) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  const auto state = *store.read();
  Intent intent;
  intent.operation.id = 3;
  intent.operation.address = Address{}.child("value").child("a");
  intent.operation.summary = "set value.a";
  auto writer = store.begin_journal(state, {intent});
  ASSERT_TRUE(writer);
  ASSERT_TRUE(store.append(writer->failure({3})));
  const auto content = store.read_journal(state);
  ASSERT_TRUE(content);
  ASSERT_EQ(content->open.size(), 1u);
  EXPECT_EQ(content->open.front().operation.summary, "set value.a");
  ASSERT_TRUE(store.end_journal(state, {}));
  EXPECT_FALSE(store.read_journal(state)->serial);
}

TEST(LocalStore, any_flipped_bit_of_the_state_is_told_and_the_version_before_puts_it_right) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  auto state = test::sample_state();
  state.lineage = store.read()->lineage;
  state.passphrase.reset();
  ASSERT_TRUE(store.save(state));
  auto next = state;
  ++next.serial;
  ASSERT_TRUE(store.save(next));
  const auto whole = **read_whole(store->state_path());
  const auto before = **read_whole(folder.path() / ".nmx/history/prod-00000041.json");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    std::ofstream(store->state_path(), std::ios::binary) << damaged;
    const auto read = Local(folder.path() / ".nmx").read();
    ASSERT_FALSE(read) << at;
    ASSERT_NE(read.error().message.find("prod.json"), std::string::npos) << read.error().message;
    ASSERT_FALSE(read.error().help.empty()) << at;
  }
  std::ofstream(store->state_path(), std::ios::binary) << before;
  const auto back = Local(folder.path() / ".nmx").read();
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->objects, state.objects);
}

TEST(LocalStore, names_the_file_and_the_way_out_when_the_state_is_damaged) {
  const test::TemporaryFolder folder;
  auto store = open(folder);
  ASSERT_TRUE(store.read());
  auto text = **read_whole(store->state_path());
  text[text.size() / 2] ^= 1;
  ASSERT_TRUE(replace_file(store->state_path(), text));
  const auto read = store.read();
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("prod.json"), std::string::npos);
  EXPECT_NE(read.error().help.find("history"), std::string::npos);
}

}  // namespace
}  // namespace nmx
