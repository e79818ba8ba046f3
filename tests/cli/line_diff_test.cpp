#include "cli/line_diff.hpp"

#include <gtest/gtest.h>

namespace nmx::test {
namespace {

TEST(LineDiff, shows_a_change_with_three_lines_around_it) {
  EXPECT_EQ(line_diff("f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST(LineDiff, shows_what_is_added_to_nothing) {
  EXPECT_EQ(line_diff("f", "", "a\n"), "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
}

TEST(LineDiff, keeps_changes_that_are_far_apart_in_hunks_of_their_own) {
  std::string before;
  std::string after;
  for (int line = 0; line < 40; ++line) {
    before += std::to_string(line) + "\n";
    after += (line == 5 || line == 30 ? "x" : std::to_string(line)) + "\n";
  }
  const auto diff = line_diff("f", before, after);
  EXPECT_NE(diff.find("@@ -3,7 +3,7 @@"), std::string::npos) << diff;
  EXPECT_NE(diff.find("@@ -28,7 +28,7 @@"), std::string::npos) << diff;
}

TEST(LineDiff, of_parts_too_long_to_compare_line_by_line_replaces_one_by_the_other) {
  std::string before;
  std::string after;
  for (int line = 0; line < 5'000; ++line) {
    before += "a" + std::to_string(line) + "\n";
    after += "b" + std::to_string(line) + "\n";
  }
  const auto diff = line_diff("f", before, after);
  EXPECT_NE(diff.find("@@ -1,5000 +1,5000 @@\n-a0\n-a1\n"), std::string::npos) << diff.substr(0, 100);
}

}  // namespace
}  // namespace nmx::test
