#include "tests/support/evaluate_text.hpp"

// Templates; the results are those of Terraform 1.11.4 for the same text in a file.
namespace nmx::test {
namespace {

/// The template stands in a text of its own, so that nothing of it has to be escaped twice.
std::string filled(const std::string& text, const std::string& variables) {
  std::string quoted;
  for (const char letter : text) {
    if (letter == '\n') {
      quoted += "\\n";
    } else {
      if (letter == '"' || letter == '\\' || letter == '$') quoted += '\\';
      quoted += letter;
    }
  }
  Site site("output a { value = templatestring(\"" + quoted + "\", " + variables + ") }\n");
  return site.output("a");
}

TEST(Templates, put_values_in) {
  EXPECT_EQ(filled("a ${x} b", "{ x = 1 }"), R"("a 1 b")");
  EXPECT_EQ(filled("${upper(x)} ${[for y in l : y][0]}", R"({ x = "u", l = ["q"] })"), R"("U q")");
  EXPECT_EQ(filled("${ \"a${x}}\" }", R"({ x = "{" })"), R"("a{}")");
  EXPECT_EQ(filled("", "{}"), R"("")");
}

TEST(Templates, are_the_value_where_they_are_nothing_else) { EXPECT_EQ(filled("${x}", "{ x = [1] }"), "[1]"); }

TEST(Templates, repeat_and_choose) {
  EXPECT_EQ(filled("%{ for n in l }<${n}>%{ endfor }", R"({ l = ["a", "b"] })"), R"("<a><b>")");
  EXPECT_EQ(filled("%{ for k, v in m }${k}:${v};%{ endfor }", "{ m = { b = 2, a = 1 } }"), R"("a:1;b:2;")");
  EXPECT_EQ(filled("%{ if c }yes%{ else }no%{ endif }", "{ c = false }"), R"("no")");
  EXPECT_EQ(filled("%{ if c }yes%{ endif }", "{ c = false }"), R"("")");
  EXPECT_EQ(filled("%{ for x in l }%{ if x > 1 }${x},%{ endif }%{ endfor }", "{ l = [1, 2, 3] }"), R"("2,3,")");
}

TEST(Templates, take_white_space_away_beside_a_tilde) {
  EXPECT_EQ(filled("a  ${~ x ~}  b", R"({ x = "-" })"), R"("a-b")");
  EXPECT_EQ(filled("%{ for i, n in l ~}\n${i}=${n}\n%{ endfor ~}\nend", R"({ l = ["a", "b"] })"), R"("0=a\n1=b\nend")");
  EXPECT_EQ(filled("%{ if c }\n  in\n%{ endif }\nout", "{ c = true }"), R"("\n  in\n\nout")");
}

TEST(Templates, escape_their_marks_by_doubling) {
  EXPECT_EQ(filled("$${x} %%{y} $x %y", "{}"), R"("\${x} %{y} $x %y")");
}

TEST(Templates, spread_secrets) {
  EXPECT_EQ(filled("a ${x}", R"({ x = sensitive("s") })"), "(secret)");
  EXPECT_EQ(filled("a %{ if x }b%{ endif }", "{ x = sensitive(true) }"), "(secret)");
}

TEST(Templates, tell_mistakes_at_their_place_in_the_template) {
  Site site("output a { value = templatestring(\"one\\n  \\${nope}\", {}) }\n");
  site.output("a");
  EXPECT_NE(site.rendered().find("--> template:2:5"), std::string::npos) << site.rendered();
}

TEST(Conditions, are_as_secret_as_what_they_decide_by) {
  Site site(R"(
locals { yes = sensitive(true) }
output list { value = ["a" if local.yes] }
output object { value = { a = 1 if local.yes } }
output walked { value = [for x in [1] : x if local.yes] }
)");
  EXPECT_EQ(site.output("list"), "(secret)");
  EXPECT_EQ(site.output("object"), "(secret)");
  EXPECT_EQ(site.output("walked"), "(secret)");
}

TEST(Words, of_enums_are_known_in_every_part_of_an_object) {
  Site site(R"(
kind lamp {
  input light { type = object({ color = enum(red, green), inner = optional(object({ kind = enum(led, bulb) })) }) }
}
lamp a {
  light.color      = red
  light.inner.kind = led
}
lamp b { light = { color = green, inner.kind = bulb } }
output a { value = lamp.a.light }
output b { value = lamp.b.light.inner }
)");
  EXPECT_EQ(site.output("a"), R"({ color = "red", inner = { kind = "led" } })");
  EXPECT_EQ(site.output("b"), R"({ kind = "bulb" })");
}

const std::string houses = R"(
kind house {
  outputs {
    rooms = [for r in room : r.name if r.house == self]
    named = { for r in room : r.name => r.size if self == r.house }
    other = [for r in room : r.name if r.house != self]
  }
}
kind room {
  input house { type = house, default = null }
  input size  { type = int, default = 1 }
}
house a {}
house b {}
house c {}
room one   { house = house.a }
room two   { house = house.b, size = 2 }
room three { house = house.a, size = 3 }
room none  {}
)";

TEST(Filters, by_self_find_what_walking_would_find) {
  Site site(houses + R"(
output rooms { value = { for h in house : h.name => h.rooms } }
output named { value = [for h in house : h.named] }
output other { value = house.c.other }
)");
  EXPECT_EQ(site.output("rooms"), R"({ a = ["one", "three"], b = ["two"], c = [] })");
  EXPECT_EQ(site.output("named"), "[{ one = 1, three = 3 }, { two = 2 }, {}]");
  EXPECT_EQ(site.output("other"), R"(["none", "one", "three", "two"])");
}

TEST(Filters, by_self_still_tell_a_true_cycle) {
  Site site(R"(
kind house { outputs { rooms = [for r in room : r.name if r.house == self] } }
kind room {
  input n { type = int, default = 0 }
  outputs { house = length(house.a.rooms) > 0 ? house.a : null }
}
house a {}
room one {}
output a { value = house.a.rooms }
)");
  EXPECT_EQ(site.output("a").substr(0, 8), "NMX0400 ");
}

TEST(Warnings, of_kinds_let_everything_go_on) {
  Site site(R"(
kind thing {
  input size { type = int }
  warn { condition = input.size > 1, message = "small" }
}
thing a { size = 1 }
output a { value = thing.a.size }
)");
  EXPECT_EQ(site.output("a"), "1");
  EXPECT_EQ(site.mistakes(), std::vector<std::string>{"NMX0504 small"});
  EXPECT_FALSE(site.diagnostics.has_errors());
}

TEST(Objects, of_thousands_of_dotted_keys_take_no_more_time_than_they_are_long) {
  std::string text = "output a { value = length({\n";
  for (int i = 0; i < 20'000; ++i) text += "  k.n" + std::to_string(i) + " = " + std::to_string(i) + "\n";
  Site site(text + "}.k) }\n");
  EXPECT_EQ(site.output("a"), "20000");
}

}  // namespace
}  // namespace nmx::test
