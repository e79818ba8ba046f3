#include <gtest/gtest.h>

#include <algorithm>

#include "providers/providers.hpp"
#include "tests/providers/contract/worlds.hpp"

namespace nmx::test {
namespace {

using Differences = std::vector<std::string>;

class Contract : public testing::TestWithParam<Scenario> {
 protected:
  std::unique_ptr<World> world_ = GetParam().world();
  Rehearsal rehearsal_{*world_, "example"};

  void apply(const Object& written) {
    const auto done = rehearsal_.apply(written);
    ASSERT_TRUE(done) << done.error().message << " " << done.error().help;
  }
};

TEST_P(Contract, created_and_read_it_differs_in_nothing) {
  apply(GetParam().example);
  EXPECT_EQ(rehearsal_.differences(GetParam().example), Differences{});
}

TEST_P(Contract, each_change_is_seen_then_made_then_silent) {
  auto written = GetParam().example;
  apply(written);
  for (const auto& [name, value] : GetParam().changes) {
    SCOPED_TRACE(name + " = " + display(value));
    written.set(name, value);
    ASSERT_NE(rehearsal_.differences(written), Differences{});
    ASSERT_NO_FATAL_FAILURE(apply(written));
    ASSERT_EQ(rehearsal_.differences(written), Differences{});
    for (const auto& operation : rehearsal_.operations()) EXPECT_NE(operation.verb, "destroy");
  }
}

TEST_P(Contract, what_is_applied_twice_is_sent_once) {
  apply(GetParam().example);
  const auto wanted = rehearsal_.complete(GetParam().example);
  const auto normal = world_->type().normalise(wanted, rehearsal_.facts());
  EXPECT_EQ(normal, wanted) << "what is in normal form stays as it is";
  EXPECT_EQ(rehearsal_.complete(GetParam().example), wanted) << "what is decided stays decided";
}

TEST_P(Contract, a_forcing_change_makes_it_anew) {
  const auto& [name, value] = GetParam().replacement;
  if (name.empty()) GTEST_SKIP() << "nothing makes it anew";
  auto written = GetParam().example;
  apply(written);
  written.set(name, value);
  apply(written);
  EXPECT_GE(rehearsal_.operations().size(), 2u);
  EXPECT_EQ(rehearsal_.differences(written), Differences{});
}

TEST_P(Contract, destroyed_it_is_gone_and_may_be_destroyed_again) {
  apply(GetParam().example);
  ASSERT_TRUE(rehearsal_.destroy());
  const auto again = rehearsal_.destroy();
  EXPECT_TRUE(again) << again.error().message;
  if (!world_->lose()) return;
  EXPECT_EQ(rehearsal_.read().status, Observed::Status::absent);
}

TEST_P(Contract, gone_behind_our_back_it_is_absent_and_made_again) {
  apply(GetParam().example);
  if (!world_->lose()) GTEST_SKIP() << "it lives in state alone";
  EXPECT_EQ(rehearsal_.read().status, Observed::Status::absent);
  apply(GetParam().example);
  EXPECT_EQ(rehearsal_.differences(GetParam().example), Differences{});
}

TEST_P(Contract, taken_over_by_its_id_alone_it_differs_in_nothing) {
  apply(GetParam().example);
  if (!rehearsal_.take_over()) {
    EXPECT_FALSE(world_->tells_its_block());
    return;
  }
  EXPECT_EQ(rehearsal_.differences(GetParam().example), Differences{});
}

TEST_P(Contract, secrets_stay_secret) {
  const auto& [name, text] = GetParam().secret;
  if (name.empty()) GTEST_SKIP() << "it has no secret";
  auto written = GetParam().example;
  written.set(name, Value(text).as_secret());
  apply(written);
  EXPECT_TRUE(contains_secret(rehearsal_.applied().at_or_null(name)));
  EXPECT_EQ(world_->log().find(text), std::string::npos);
  for (const auto& operation : rehearsal_.operations()) {
    EXPECT_EQ(operation.summary.find(text), std::string::npos);
    EXPECT_EQ(display(Value(operation.arguments), 100'000).find(text), std::string::npos);
  }
}

TEST_P(Contract, every_attribute_is_documented_and_has_a_rule_that_fits) {
  const auto& schema = world_->type().schema();
  for (const auto& attribute : schema.interface.attributes) {
    ASSERT_FALSE(attribute.doc.empty()) << attribute.name;
    EXPECT_EQ(attribute.doc.back(), '.') << attribute.name;
    EXPECT_TRUE(attribute.settable || attribute.computed) << attribute.name;
    EXPECT_TRUE(attribute.computed || !schema.rule(attribute.name).decided) << attribute.name;
  }
  for (const auto& [name, rule] : schema.rules) EXPECT_NE(schema.interface.find(name), nullptr) << name;
}

INSTANTIATE_TEST_SUITE_P(Providers, Contract, testing::ValuesIn(scenarios()),
                         [](const auto& test_case) { return test_case.param.type; });

INSTANTIATE_TEST_SUITE_P(Lab, Contract, testing::ValuesIn(lab_scenarios()),
                         [](const auto& test_case) { return test_case.param.type; });

INSTANTIATE_TEST_SUITE_P(OldestAuthentik, Contract, testing::ValuesIn(oldest_authentik_scenarios()),
                         [](const auto& test_case) { return test_case.param.type; });

TEST(ContractSuite, has_a_scenario_for_every_resource_type) {
  Differences covered;
  for (const auto& scenario : scenarios()) covered.push_back(scenario.type);
  std::sort(covered.begin(), covered.end());
  EXPECT_EQ(covered, all_providers().type_names());
}

}  // namespace
}  // namespace nmx::test
