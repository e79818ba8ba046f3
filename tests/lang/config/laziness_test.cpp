#include <fmt/core.h>

#include <chrono>

#include "tests/support/evaluate_text.hpp"

// What evaluation asks for, what it must not ask for, and what it says where asking goes round.
namespace nmx::test {
namespace {

using Texts = std::vector<std::string>;

TEST(Laziness, two_instances_may_read_each_others_attributes) {
  Site site(R"(
kind host { input ip { type = string }, output serves { value = [for s in serve : s.url if s.host == self] } }
kind serve { input host { type = host }, output url { value = "http://${input.host.ip}" } }
host h { ip = "10.0.0.1" }
serve s { host = host.h }
output urls { value = host.h.serves }
)");
  EXPECT_EQ(site.output("urls"), R"(["http://10.0.0.1"])");
}

TEST(Laziness, a_name_is_found_without_the_whens_of_others) {
  Site site(R"(
kind k { input n { type = int, default = 1 } }
k a {}
k b { when = k.a.n == 1 }
k c { when = k.b.n == 2 }
output o { value = k.b.n }
output all { value = keys(k) }
)");
  EXPECT_EQ(site.output("o"), "1");
  EXPECT_EQ(site.output("all"), R"(["a", "b"])");
}

TEST(Laziness, what_nobody_reads_is_not_evaluated) {
  Site site("locals { bad = 1 / 0, good = 2 }\noutput o { value = local.good }\n");
  EXPECT_EQ(site.output("o"), "2");
  EXPECT_TRUE(site.diagnostics.empty());
  EXPECT_EQ(site.mistakes().size(), 1u);
}

TEST(Cycles, name_every_step) {
  Site site("locals {\n  a = local.b\n  b = local.c + 1\n  c = local.a\n}\noutput o { value = local.a }\n");
  EXPECT_EQ(site.output("o").substr(0, 7), "NMX0400");
  const auto text = site.rendered();
  for (const auto* step : {"`local.a` needs `local.b`", "`local.b` needs `local.c`", "`local.c` needs `local.a`"}) {
    EXPECT_NE(text.find(step), std::string::npos) << text;
  }
}

TEST(Cycles, are_told_once) {
  Site site("locals { a = local.b, b = local.a }\noutput x { value = local.a }\noutput y { value = local.b }\n");
  EXPECT_EQ(site.mistakes().size(), 1u) << site.rendered();
}

TEST(Cycles, name_blocks_without_a_label_by_their_word) {
  Site site(R"(
kind note {}
kind app {
  note { when = length([for n in local.all : n if n == "x"]) == 0 }
  locals { all = [for n in note[self.name] == null ? [] : ["a"] : n] }
}
app one {}
)");
  const auto all = site.mistakes();
  ASSERT_EQ(all.size(), 1u) << site.rendered();
  EXPECT_EQ(all.front(), "NMX0400 `note of app.one` needs itself");
}

TEST(Families, show_what_the_family_declares_when_they_are_walked) {
  const std::string kinds = R"(
kind animal { input legs { type = int, default = 4 } }
kind animal.bird { legs = 2, input wings { type = int, default = 2 } }
kind animal.cow {}
kind owner { input pet { type = animal }, output feathers { value = input.pet.wings } }
kind keeper { input pet { type = animal(bird) }, output feathers { value = input.pet.wings } }
animal bird tweety {}
animal cow bessie {}
)";
  Site walked(kinds + "output o { value = [for a in animal : a.legs] }\n");
  EXPECT_EQ(walked.output("o"), "[4, 2]");
  Site hidden(kinds + "output o { value = [for a in animal : a.wings] }\n");
  EXPECT_EQ(hidden.output("o"), "NMX0201 `animal.bessie` has no `wings`");
  Site own(kinds + "output o { value = [for a in animal : a.wings if a.name == \"tweety\"] }\n");
  EXPECT_EQ(own.output("o"), "NMX0201 not every `animal` has `wings`");
  Site asked(kinds + "output o { value = [for a in animal : a?.wings] }\n");
  EXPECT_EQ(asked.output("o"), "[null, 2]");
  Site named(kinds + "output o { value = animal.tweety.wings }\n");
  EXPECT_EQ(named.output("o"), "2");
  Site passed(kinds + "owner o { pet = animal.tweety }\noutput o { value = owner.o.feathers }\n");
  EXPECT_EQ(passed.output("o"), "NMX0201 not every `animal` has `wings`");
  Site typed(kinds +
             "keeper k { pet = one([for a in animal : a if a.legs == 2]) }\noutput o { value = keeper.k.feathers }\n");
  EXPECT_EQ(typed.output("o"), "2");
}

TEST(Instances, of_a_definition_in_itself_are_bounded) {
  Site once("kind thing { thing inner {} }\nthing a {}\n");
  const auto told = once.mistakes();
  ASSERT_EQ(told.size(), 1u) << once.rendered();
  EXPECT_EQ(told.front(), "NMX0403 `thing inner` is made inside definitions more than 16 deep");
  Site twice("kind thing {\n  thing one {}\n  thing two {}\n}\nthing a {}\n");
  EXPECT_FALSE(twice.mistakes().empty());
  Site ends(
      "kind thing {\n  input left { type = int, default = 0 }\n  thing inner {\n    when = input.left > 0\n    left = "
      "input.left - 1\n  }\n}\nthing a { left = 5 }\noutput o { value = length(thing) }\n");
  EXPECT_TRUE(ends.mistakes().empty()) << ends.rendered();
}

TEST(Work, is_bounded) {
  Site product("locals { r = range(60000) }\noutput o { value = length([for a in local.r for b in local.r : a]) }\n");
  product.evaluator->limit_work(1'000'000);
  EXPECT_EQ(product.output("o"), "NMX0407 evaluation takes too long: it was given up here");
  std::string text = "locals {\n  l0 = [1, 2]\n";
  for (int at = 1; at < 60; ++at) text += fmt::format("  l{} = [local.l{}, local.l{}]\n", at, at - 1, at - 1);
  Site doubled(text + "}\noutput o { value = local.l59 }\n");
  EXPECT_EQ(doubled.output("o").substr(0, 7), "NMX0408");
}

TEST(Chains, of_values_cost_as_much_as_they_are_long) {
  // Each value reads a resource of its own and the value before: kept flat, what they read would be 50 million.
  std::string text = "resource value v { for_each = [for n in range(10000) : \"${n}\"] }\nlocals {\n  l0 = \"\"\n";
  for (int at = 1; at < 10'000; ++at)
    text += fmt::format("  l{} = local.l{} == \"\" ? \"\" : resource.value.v[\"{}\"].id\n", at, at - 1, at);
  Site site(text + "}\nresource value last { input = local.l9999 }\n");
  const auto begin = std::chrono::steady_clock::now();
  site.dependencies("resource.value.last");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(Depth, is_bounded_without_a_crash) {
  std::string text = "locals {\n  l0 = 1\n";
  for (int at = 1; at < 100'000; ++at) text += fmt::format("  l{} = local.l{}\n", at, at - 1);
  Site site(text + "}\noutput last { value = local.l99999 }\n");
  const auto answer = site.output("last");
  EXPECT_TRUE(answer == "1" || answer.substr(0, 7) == "NMX0404") << answer;
}

TEST(Instances, are_bounded) {
  Site site("resource value v { for_each = [for n in range(1000001) : \"${n}\"] }\n");
  EXPECT_FALSE(site.mistakes().empty());
}

TEST(Poison, silences_what_follows) {
  Site site("locals { a = 1 / 0, b = local.a + 1, c = \"${local.b}\" }\nresource value v { input = [local.c] }\n");
  EXPECT_EQ(site.mistakes().size(), 1u) << site.rendered();
}

TEST(Attempts, do_not_hide_mistakes_from_others) {
  Site site(
      "locals { bad = 1 / 0 }\noutput soft { value = try(local.bad, 5) }\noutput can { value = can(local.bad) }\n");
  EXPECT_EQ(site.output("soft"), "5");
  EXPECT_EQ(site.output("can"), "false");
  EXPECT_EQ(site.mistakes().size(), 1u) << site.rendered();
}

TEST(Enums, are_bare_words_where_one_is_wanted) {
  Site site(R"(
kind none { }
kind k {
  input mode  { type = enum(none, some), default = none }
  input modes { type = list(enum(none, some)), default = [some, none] }
  output picked { value = input.mode == none ? "n" : "s" }
}
k a { mode = 1 > 2 ? none : some }
k b {}
output o { value = [k.a.picked, k.b.picked, k.b.modes, [for x in k : x.name if x.mode == some]] }
)");
  EXPECT_EQ(site.output("o"), R"(["s", "n", ["some", "none"], ["a"]])") << site.rendered();
}

TEST(Functions, of_the_user_see_their_parameters_and_locals) {
  Site site(
      "locals { base = 10 }\nfunction add(n, m) = local.base + n * m\noutput o { value = [for i in [1, 2] : add(i, 3)] "
      "}\n");
  EXPECT_EQ(site.output("o"), "[13, 16]");
}

TEST(Functions, of_the_user_do_not_recur) {
  Site site("function f(n) = n == 0 ? 0 : f(n - 1)\noutput o { value = f(3) }\n");
  EXPECT_EQ(site.output("o").substr(0, 7), "NMX0518");
}

TEST(Functions, kindof_tells_which_kind_an_instance_is_of) {
  Site site("kind k {}\nk x {}\noutput o { value = [kindof(k.x), lookup({ b = 2 }, \"c\", 9)] }\n");
  EXPECT_EQ(site.output("o"), R"(["k", 9])");
}

}  // namespace
}  // namespace nmx::test
