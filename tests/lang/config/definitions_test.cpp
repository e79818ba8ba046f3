#include "tests/support/evaluate_text.hpp"

// The rules of definitions, each by a site that shows it.
namespace nmx::test {
namespace {

using Texts = std::vector<std::string>;

const std::string family = R"(
kind program {
  input needs { type = object({ cores = optional(int, 1), memory = optional(bytes, 256MiB) }), default = {} }
  input state { type = list(path), default = [] }
  input role  { type = enum(none, proxy, dns), fixed = true, default = none }
  input title { type = string, default = self.name }
  block port name {
    input number   { type = port }
    input protocol { type = enum(tcp, udp), default = tcp }
  }
  output where { value = "${self.type}/${self.name}" }
}
kind program.web {
  needs = { cores = 2, memory = 2GiB }
  state = ["/var/lib/web"]
  role  = proxy
  input workers { type = int, default = 4 }
  port http { number = 80 }
  output load { value = input.workers * input.needs.cores }
}
kind program.names { role = dns }
)";

TEST(Families, complete_objects_attribute_by_attribute) {
  Site site(family + "program web { needs = { memory = 4GiB } }\noutput n { value = program.web.needs }\n");
  EXPECT_EQ(site.output("n"), "{ cores = 2, memory = 4GiB }");
}

TEST(Families, replace_everything_else_and_name_it_by_default) {
  Site site(family + R"(
program web { state = ["/other"] }
program web more { state = [...default, "/more"] }
output replaced { value = program.web.state }
output added { value = program.more.state }
)");
  EXPECT_EQ(site.output("replaced"), R"(["/other"])");
  EXPECT_EQ(site.output("added"), R"(["/var/lib/web", "/more"])");
}

TEST(Families, take_the_members_word_for_the_name_where_none_is_written) {
  Site site(family + R"(
program web {}
program web second { workers = 8 }
output both { value = [program.web.where, program.second.where, program.second.title] }
output load { value = program.second.load }
)");
  EXPECT_EQ(site.output("both"), R"(["web/web", "web/second", "second"])");
  EXPECT_EQ(site.output("load"), "16");
}

TEST(Families, complete_a_members_blocks_too) {
  Site site(family + R"(
program web {
  port http { protocol = udp }
  port api  { number = 8080 }
}
output ports { value = [for name, p in program.web.port : "${name} ${p.name} ${p.number} ${p.protocol}"] }
)");
  EXPECT_EQ(site.output("ports"), R"(["api api 8080 tcp", "http http 80 udp"])");
}

TEST(Families, keep_fixed_inputs) {
  Site site(family + "program web { role = dns }\n");
  EXPECT_EQ(site.mistakes(), Texts{"NMX0507 `role` is fixed by the definition of `program`"});
}

TEST(Families, setting_null_is_not_setting) {
  Site site(family +
            "program web { workers = null, needs = { cores = null } }\noutput l { value = program.web.load }\n");
  EXPECT_EQ(site.output("l"), "8");
}

const std::string makers = R"(
kind box {
  input size { type = int, default = 1 }
  output inside { value = [for p in app : p.name if p.box == self] }
}
kind note { input of { type = box, default = null }, input text { type = string, default = "" } }
kind app {
  input box   { type = box, default = null }
  input hosts { type = list(string), default = [] }
  box { when = input.box == null }
  output box { value = input.box ?? box[self.name] }
  note db { of = self.box, text = "by ${self.name}" }
  note { for_each = input.hosts, text = each.key }
  note "free of ${self.name}" {}
}
)";

TEST(Made, instances_join_the_map_under_their_makers_name) {
  Site site(makers + R"(
box big {}
app one { hosts = ["a"] }
app two { box = box.big }
output boxes { value = keys(box) }
output notes { value = keys(note) }
)");
  EXPECT_EQ(site.output("boxes"), R"(["big", "one"])");
  EXPECT_EQ(site.output("notes"), R"(["free of one", "free of two", "one-a", "one-db", "two-db"])");
}

TEST(Made, instances_have_the_makers_address_and_their_own) {
  Site site(makers + R"(
app one { hosts = ["a"] }
output all { value = [for n in note : n.address] }
output box { value = box.one.address }
)");
  EXPECT_EQ(site.output("all"), R"(["app.one.\"free of one\"", "app.one.note[\"a\"]", "app.one.db"])");
  EXPECT_EQ(site.output("box"), "\"app.one.box\"");
}

TEST(Made, instances_are_found_by_name_and_collected_by_walking) {
  Site site(makers + R"(
app one {}
app two { box = box.one }
output inside { value = box.one.inside }
output text { value = note["one-db"].text }
)");
  EXPECT_EQ(site.output("inside"), R"(["one", "two"])");
  EXPECT_EQ(site.output("text"), "\"by one\"");
}

TEST(Scopes, each_is_of_the_nearest_for_each) {
  Site site(R"(
kind part { input text { type = string } }
kind whole {
  input prefix { type = string }
  part { for_each = ["x", "y"], text = "${input.prefix}${each.key}" }
}
whole w { for_each = { a = "1", b = "2" }, prefix = "${each.key}${each.value}" }
output all { value = [for p in part : "${p.name}=${p.text}"] }
)");
  EXPECT_EQ(site.output("all"), R"(["w-a-x=a1x", "w-a-y=a1y", "w-b-x=b2x", "w-b-y=b2y"])");
}

TEST(Scopes, definitions_do_not_see_the_users_names) {
  Site site(
      "variable v { default = 1 }\nlocals { l = 1 }\nkind k { output a { value = var.v }, output b { value = local.l } "
      "}\nk x {}\n");
  EXPECT_EQ(site.mistakes().size(), 2u) << site.rendered();
}

TEST(Views, show_outputs_before_inputs_before_blocks) {
  Site site(R"(
kind k {
  input a { type = int, default = 1 }
  input b { type = int, default = 2 }
  block c label {}
  output a { value = input.a + 10 }
}
k x { c "one" {} }
output seen { value = [k.x.a, k.x.b, keys(k.x.c)] }
)");
  EXPECT_EQ(site.output("seen"), R"([11, 2, ["one"]])");
}

TEST(AbsentBlocks, are_null_to_question_marks_and_an_error_else) {
  const std::string text = R"(
kind k { input a { type = int, default = 1 } }
k here {}
k gone { when = 1 > 2 }
output names { value = keys(k) }
output soft { value = [k.gone?.a ?? "none", k.gone ?? "null"] }
)";
  Site site(text);
  EXPECT_EQ(site.output("names"), R"(["here"])");
  EXPECT_EQ(site.output("soft"), R"(["none", "null"])");
  Site hard(text + "output hard { value = k.gone.a }\n");
  EXPECT_EQ(hard.output("hard"), "NMX0208 `k gone` is not there: its `when` is false");
}

TEST(AbsentBlocks, a_coalescing_chain_takes_the_whole_reference_as_null) {
  Site site(
      "kind k { input a { type = int, default = 1 } }\nk gone { when = false }\noutput o { value = k.gone.a ?? 7 }\n");
  EXPECT_EQ(site.output("o"), "7");
}

TEST(AbsentBlocks, hold_for_nested_blocks) {
  Site site(R"(
kind k { block part label { input n { type = int, default = 0 } } }
k x {
  part "a" { when = false }
  part "b" { n = 3 }
}
output parts { value = [for p in k.x.part : "${p.label}${p.n}"] }
)");
  EXPECT_EQ(site.output("parts"), R"(["b3"])");
}

TEST(Keys, given_apart_are_joined_and_quoted_ones_are_one) {
  Site site(
      "locals { a.b.c = 1, a.b.d = 2, a.\"x.y\" = 3 }\noutput a { value = local.a }\noutput o { value = { p.q = 1, p.r "
      "= 2 } }\n");
  EXPECT_EQ(site.output("a"), "{ b = { c = 1, d = 2 }, \"x.y\" = 3 }");
  EXPECT_EQ(site.output("o"), "{ p = { q = 1, r = 2 } }");
}

TEST(Single, kinds_are_their_instance) {
  Site site(
      "kind s { single = true, input d { type = string } }\ns home { d = \"x\" }\noutput o { value = [s.d, s.name] "
      "}\n");
  EXPECT_EQ(site.output("o"), R"(["x", "home"])");
}

TEST(Single, kinds_have_one_instance) {
  Site site("kind s { single = true }\ns a {}\ns b {}\n");
  ASSERT_EQ(site.mistakes().size(), 1u) << site.rendered();
  EXPECT_EQ(site.mistakes().front().substr(0, 7), "NMX0506");
}

TEST(Kinds, check_their_conditions_and_uniqueness) {
  Site site(R"(
kind k {
  input n { type = int, min = 1 }
  unique = [n]
  validate { condition = input.n < 10, message = "${self.name} is ${input.n}" }
}
k a { n = 3 }
k b { n = 3 }
k c { n = 10 }
k d { n = 0 }
)");
  const auto told = site.mistakes();
  ASSERT_EQ(told.size(), 3u) << site.rendered();
  EXPECT_EQ(told[0].substr(0, 7), "NMX0510");
  EXPECT_EQ(told[1], "NMX0504 c is 10");
  EXPECT_EQ(told[2].substr(0, 7), "NMX0303");
}

}  // namespace
}  // namespace nmx::test
