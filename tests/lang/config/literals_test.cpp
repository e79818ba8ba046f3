#include <ctime>

#include "lang/value/function_families.hpp"
#include "tests/support/evaluate_text.hpp"

// Lists and objects as they are written: conditions, spreads, keys in several parts.
namespace nmx::test {
namespace {

TEST(Objects, with_a_key_that_stands_twice_are_evaluated_once) {
  std::string text = "{}";
  for (int depth = 0; depth < 20; ++depth) text = "{ a = " + text + ", a = {} }";
  Site site("output a { value = length(" + text + ") }\n");
  site.evaluator->limit_work(1000);
  EXPECT_EQ(site.output("a"), "1");
}

TEST(Objects, join_what_stands_under_one_key) {
  Site site(R"(
output joined { value = { a = { x = 1 }, a.y = 2, a = { z = 3 } } }
output twice { value = { a = 1, a = 2 } }
)");
  EXPECT_EQ(site.output("joined"), "{ a = { x = 1, y = 2, z = 3 } }");
  EXPECT_EQ(site.output("twice"), "NMX0109 this key is set twice");
}

TEST(Objects, override_what_they_spread_by_the_condition_that_holds) {
  Site site(R"(
locals { p = "p", q = "q" }
output one { value = { ...{ p = 1 }, p = 2 if true, p = 3 if false } }
output other { value = { ...{ p = 1 }, p = 2 if false, p = 3 if true } }
output none { value = { ...{ p = 1 }, p = 2 if false, p = 3 if false } }
output computed { value = { ...{ p = 1, q = 1 }, "${local.p}" = 2, "${local.q}" = 3 } }
)");
  EXPECT_EQ(site.output("one"), "{ p = 2 }");
  EXPECT_EQ(site.output("other"), "{ p = 3 }");
  EXPECT_EQ(site.output("none"), "{ p = 1 }");
  EXPECT_EQ(site.output("computed"), "{ p = 2, q = 3 }");
  Site both("output both { value = { ...{ p = 1 }, p = 2 if true, p = 3 if true } }\n");
  EXPECT_EQ(both.output("both"), "NMX0109 this key is set twice");
}

/// Seconds of this process alone, so that a busy machine changes little.
double seconds_for_dotted_keys(int count) {
  std::string text = "output a { value = length({\n";
  for (int at = 0; at < count; ++at) text += "  k.n" + std::to_string(at) + " = " + std::to_string(at) + "\n";
  Site site(text + "}.k) }\n");
  const auto begin = std::clock();
  EXPECT_EQ(site.output("a"), std::to_string(count));
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(Objects, of_thousands_of_dotted_keys_take_no_more_time_than_they_are_long) {
  // Ten times as many: about ten times as long, where each looked at all others a hundred times.
  const auto few = seconds_for_dotted_keys(4'000);
  EXPECT_LT(seconds_for_dotted_keys(40'000), 40 * few);
}

TEST(Comprehensions, over_a_secret_are_secret) {
  Site site(R"(
locals { map = sensitive({ hunter2 = 1 }), list = sensitive(["hunter2"]) }
output keys { value = [for k, v in local.map : k] }
output shape { value = [for x in local.list : 1] }
output empty { value = [for x in sensitive([]) : x] }
output inner { value = [for a in [1, 2] for x in local.list : a] }
output object { value = { for k, v in local.map : k => 1 } }
output spread { value = [...local.list] }
output fields { value = { ...local.map } }
)");
  for (const auto* name : {"keys", "shape", "empty", "inner", "object", "spread", "fields"})
    EXPECT_EQ(site.output(name), "(secret)") << name;
}

TEST(Functions, that_are_described_can_all_be_called) {
  for (const auto& family : function_families()) {
    for (const auto& function : family.functions) {
      Site site("output a { value = " + function.name + "() }\n");
      EXPECT_EQ(site.output("a").find("there is no function"), std::string::npos) << function.name;
    }
  }
}

TEST(Calls, that_spread_a_secret_are_secret) {
  Site site("output a { value = concat([1], ...sensitive([])) }\noutput b { value = reveal(...sensitive([1])) }\n");
  EXPECT_EQ(site.output("a"), "(secret)");
  EXPECT_EQ(site.output("b"), "1");
}

TEST(Providers, that_read_their_own_setting_are_a_cycle) {
  Site site("provider cloud { url = provider.cloud.url }\noutput a { value = provider.cloud.url }\n");
  EXPECT_EQ(site.output("a"), "NMX0400 `provider.cloud.url` needs itself");
  EXPECT_NE(site.rendered().find("`provider.cloud.url` needs `provider.cloud.url`"), std::string::npos)
      << site.rendered();
}

}  // namespace
}  // namespace nmx::test
