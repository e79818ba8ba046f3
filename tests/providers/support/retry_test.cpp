#include "providers/support/retry.hpp"

#include <gtest/gtest.h>

namespace nmx {
namespace {

TEST(Backoff, doubles_up_to_its_ceiling_and_spreads_over_half_of_it) {
  Backoff low(Milliseconds{200}, Milliseconds{1'000});
  Backoff high(Milliseconds{200}, Milliseconds{1'000});
  for (const int whole : {200, 400, 800, 1'000, 1'000}) {
    EXPECT_EQ(low.wait(0).count(), whole / 2);
    EXPECT_EQ(high.wait(static_cast<std::uint64_t>(whole) / 2).count(), whole);
  }
}

TEST(Backoff, never_leaves_its_bounds) {
  Backoff backoff(Milliseconds{200}, Milliseconds{5'000});
  std::uint64_t random = 88172645463325252ull;
  for (int i = 0; i < 1'000; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    const auto wait = backoff.wait(random).count();
    EXPECT_GE(wait, 100);
    EXPECT_LE(wait, 5'000);
  }
}

TEST(Cadence, stays_at_its_last_step) {
  Cadence cadence({Milliseconds{200}, Milliseconds{400}, Milliseconds{1'000}});
  EXPECT_EQ(cadence.wait().count(), 200);
  EXPECT_EQ(cadence.wait().count(), 400);
  EXPECT_EQ(cadence.wait().count(), 1'000);
  EXPECT_EQ(cadence.wait().count(), 1'000);
}

}  // namespace
}  // namespace nmx
