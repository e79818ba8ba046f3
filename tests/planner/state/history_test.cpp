#include "planner/store/history.hpp"

#include <gtest/gtest.h>

#include "planner/view/history_text.hpp"

namespace nmx {
namespace {

const StateKey key = StateKey::from_bytes(std::string(32, 'k'));

HistoryEntry applied(std::uint64_t serial) {
  return {serial, 1'700'000'000'000, "ann", "laptop", "apply", "3511-9cc6-cc59", "done", {"create container.web.lxc"}};
}

std::string written(std::size_t entries) {
  std::string text;
  for (std::size_t serial = 1; serial <= entries; ++serial) text += history_line(applied(serial), text, key);
  return text;
}

TEST(History, reads_back_what_was_written) {
  const auto history = read_history(written(3), key);
  EXPECT_EQ(history.entries, (std::vector{applied(1), applied(2), applied(3)}));
  EXPECT_TRUE(history.damaged.empty());
}

TEST(History, finds_every_changed_byte) {
  const auto text = written(3);
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto history = read_history(changed, key);
    // A line end that went makes the last line an unfinished one.
    EXPECT_TRUE(!history.damaged.empty() || history.entries.size() < 3) << at;
  }
}

TEST(History, finds_a_line_that_was_taken_out) {
  const auto text = written(3);
  const auto first = text.find('\n') + 1;
  const auto second = text.find('\n', first) + 1;
  EXPECT_EQ(read_history(text.substr(0, first) + text.substr(second), key).damaged, (std::vector<std::size_t>{2}));
}

TEST(History, is_not_written_anew_by_who_lacks_the_key) {
  const auto other = StateKey::from_bytes(std::string(32, 'x'));
  EXPECT_EQ(read_history(history_line(applied(1), {}, other), key).damaged, (std::vector<std::size_t>{1}));
}

TEST(History, goes_on_behind_a_line_that_a_crash_cut_short) {
  auto text = written(2);
  const auto torn = history_line(applied(3), text, key);
  text += torn.substr(0, torn.size() / 2);
  EXPECT_TRUE(read_history(text, key).damaged.empty());
  text += history_line(applied(3), text, key);
  const auto history = read_history(text, key);
  EXPECT_EQ(history.entries.back(), applied(3));
  EXPECT_EQ(history.damaged, (std::vector<std::size_t>{3}));
}

TEST(History, keeps_the_later_of_two_entries_for_one_version) {
  auto text = written(1);
  auto again = applied(1);
  again.by = "bob";
  text += history_line(again, text, key);
  EXPECT_EQ(read_history(text, key).entries, std::vector{again});
}

TEST(History, cannot_steer_the_terminal) {
  auto entry = applied(1);
  entry.by = "ann\x1b[31m";
  entry.changes = {"create \x1b]0;x\a"};
  EXPECT_EQ(history_text({{entry}, {}}, 100).find('\x1b'), std::string::npos);
  EXPECT_EQ(history_entry_text(entry).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace nmx
