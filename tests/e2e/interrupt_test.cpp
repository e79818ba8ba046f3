#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/box_site.hpp"
#include "tests/support/lab_process.hpp"
#include "tests/support/paths.hpp"

// Ctrl-C, and a terminal that is closed: what is under way comes to its end, nothing more is begun, the lock is given
// back.
namespace nmx::test {
namespace {

class Interrupted : public testing::TestWithParam<const char*> {};

TEST_P(Interrupted, an_apply_ends_well_and_the_next_one_goes_on) {
  LabProcess lab(NMX_BINARY, "-speed 5");
  ASSERT_TRUE(lab.ready()) << lab.log();
  const auto site = lab.folder() / "site";
  const auto prelude = source_folder() / "tests/e2e/steps.bash";
  std::filesystem::create_directories(site);
  std::ofstream(site / "site.nmx") << box_site(40);
  // As soon as the first operation began.
  const auto stopped = lab.shell(
      fmt::format(
          "nmx apply -auto-approve -parallelism 2 >log 2>&1 & apply=$!\n"
          "until grep -q 'create CT' log; do sleep 0.02; done; kill -s {} $apply; wait $apply; ended=$?; cat log; "
          "exit $ended",
          GetParam()),
      site, prelude);
  EXPECT_EQ(stopped.exit_code, 130) << stopped.output;
  EXPECT_NE(stopped.output.find("Interrupted."), std::string::npos) << stopped.output;
  EXPECT_FALSE(std::filesystem::exists(site / ".nmx/default.lock"));
  EXPECT_FALSE(std::filesystem::exists(site / ".nmx/default.journal"));

  const auto next = lab.shell("nmx apply -auto-approve", site, prelude);
  EXPECT_EQ(next.exit_code, 0) << next.output;
  EXPECT_EQ(next.output.find("took over"), std::string::npos) << next.output;
  const auto plan = lab.shell("nmx plan -detailed-exitcode", site, prelude);
  EXPECT_EQ(plan.exit_code, 0) << plan.output;
}

INSTANTIATE_TEST_SUITE_P(By, Interrupted, testing::Values("INT", "TERM", "HUP"),
                         [](const auto& signal) { return std::string(signal.param); });

}  // namespace
}  // namespace nmx::test
