#include "tests/simulation/simulation.hpp"

#include <cstdlib>

namespace nmx::test {
namespace {

/// `NMX_SEEDS` asks for more than a quick run; `NMX_SEED` for a single one.
std::uint64_t seeds() {
  const char* wanted = std::getenv("NMX_SEEDS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 200;
}

TEST(Simulation, whatever_goes_wrong_the_next_apply_makes_the_world_as_wanted) {
  const char* only = std::getenv("NMX_SEED");
  const auto first = only != nullptr ? std::strtoull(only, nullptr, 10) : 1;
  const auto last = only != nullptr ? first : seeds();
  int applies = 0;
  int crashes = 0;
  int recoveries = 0;
  for (auto seed = first; seed <= last; ++seed) {
    const auto life = live(seed, random_troubles(seed));
    ASSERT_EQ(life.complaint, "") << "NMX_SEED=" << seed;
    applies += life.applies;
    crashes += life.crashes;
    recoveries += life.recoveries;
  }
  std::printf("%llu lives, %d applies, %d crashes, %d recoveries\n", static_cast<unsigned long long>(last - first + 1),
              applies, crashes, recoveries);
  if (only == nullptr) {
    EXPECT_GT(crashes, 100);
    EXPECT_GT(recoveries, 100);
  }
}

TEST(Simulation, after_a_crash_recovery_alone_knows_what_is_real) {
  Troubles crashes;
  crashes.exact = true;
  crashes.interrupt = false;
  crashes.faults.survives_crash = 0;
  crashes.objects = 15;
  int recoveries = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const auto life = live(seed, crashes);
    ASSERT_EQ(life.complaint, "") << seed;
    recoveries += life.recoveries;
  }
  EXPECT_GT(recoveries, 100);
}

TEST(Simulation, the_same_seed_is_the_same_run) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(live(seed, random_troubles(seed)).hash, live(seed, random_troubles(seed)).hash) << seed;
  }
}

TEST(Simulation, another_seed_is_another_run) {
  EXPECT_NE(live(1, random_troubles(1)).hash, live(2, random_troubles(1)).hash);
}

TEST(Simulation, without_trouble_one_apply_is_enough) {
  Troubles calm;
  calm.troubled_applies = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto life = live(seed, calm);
    EXPECT_EQ(life.complaint, "") << seed;
    EXPECT_EQ(life.applies, 6) << seed;  // three sites: one apply and one silent plan each
    EXPECT_EQ(life.refusals, 0u) << seed;
  }
}

}  // namespace
}  // namespace nmx::test
