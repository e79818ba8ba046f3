#include "providers/restic/snapshot.hpp"

#include <gtest/gtest.h>

namespace nmx::restic {
namespace {

/// As restic 0.14 writes it.
constexpr auto listed = R"([
  {"time": "2026-11-26T03:12:10.468260277+01:00", "tree": "91", "paths": ["/var/lib/x"], "hostname": "x", "username": "root",
   "tags": ["nmx"], "id": "a4fc94201016f0d9", "short_id": "a4fc9420"},
  {"time": "2026-11-24T03:12:10.4682+01:00", "tree": "91", "paths": ["/var/lib/x"], "hostname": "x", "id": "a4000000aaaa0000"},
  {"time": "2026-11-25T03:12:10Z", "tree": "91", "paths": null, "hostname": "y", "id": "b7000000aaaa0000"}
])";

std::vector<Snapshot> three() {
  auto read = read_snapshots(listed);
  EXPECT_TRUE(read) << read.error().message;
  return *read;
}

/// The id that is chosen, or why none is.
std::string chosen(std::string_view id, std::string_view moment) {
  const auto one = choose_snapshot(three(), id, moment);
  return one ? one->short_id() : "error: " + one.error().message;
}

TEST(Snapshots, stand_in_the_order_in_which_they_were_made) {
  const auto all = three();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].time, "2026-11-24 03:12");
  EXPECT_EQ(all[1].host, "y");
  EXPECT_EQ(all[1].paths, std::vector<std::string>{});
  EXPECT_EQ(all[2].at - all[1].at, 23 * 3600) << "one of them has another time zone";
  EXPECT_EQ(all[2].short_id(), "a4fc9420");
}

TEST(Snapshots, are_none_where_nothing_was_backed_up) { EXPECT_EQ(read_snapshots("[]")->size(), 0u); }

TEST(Snapshots, are_read_from_a_list_alone) {
  for (const auto* text :
       {"", "null", "{}", "Fatal: wrong password", "[{\"id\": \"a\"}]", "[{\"time\": \"2026-11-25T03:12:10Z\"}]"})
    EXPECT_FALSE(read_snapshots(text)) << text;
}

TEST(Snapshots, are_chosen_by_the_beginning_of_their_id) {
  EXPECT_EQ(chosen("a4f", ""), "a4fc9420");
  EXPECT_EQ(chosen("a4", ""), "error: 2 snapshots begin with `a4`");
  EXPECT_EQ(chosen("c", ""), "error: there is no snapshot `c`");
}

TEST(Snapshots, are_chosen_by_the_moment_whose_data_they_hold) {
  EXPECT_EQ(chosen("", ""), "a4fc9420");
  EXPECT_EQ(chosen("latest", ""), "a4fc9420");
  EXPECT_EQ(chosen("", "2026-11-25"), "b7000000");
  EXPECT_EQ(chosen("", "2026-11-25 03:12"), "b7000000");
  EXPECT_EQ(chosen("", "2026-11-25T03:11"), "a4000000");
  EXPECT_EQ(chosen("", "2026-11-23"), "error: no snapshot is as old as 2026-11-23");
  EXPECT_EQ(chosen("", "yesterday"), "error: `yesterday` is no moment");
}

TEST(Snapshots, are_not_chosen_where_there_are_none) {
  const auto one = choose_snapshot({}, "", "");
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().help, "`nmx backup run` makes one");
}

}  // namespace
}  // namespace nmx::restic
