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

TEST(Templates, that_walk_a_secret_are_secret) {
  EXPECT_EQ(filled("a%{ for k, v in m }${k}%{ endfor }", "{ m = sensitive({ hunter2 = 1 }) }"), "(secret)");
  EXPECT_EQ(filled("a%{ for v in l }x%{ endfor }", "{ l = sensitive([]) }"), "(secret)");
}

TEST(Templates, may_read_what_other_templates_made) {
  Site site(R"(
kind note { input text { type = string }, outputs { whole = templatestring("<\${t}>", { t = input.text }) } }
note a { text = "a" }
output all { value = templatestring("\${note.whole}", { note = note.a }) }
)");
  EXPECT_EQ(site.output("all"), R"("<a>")");
}

TEST(Templates, see_nothing_but_the_variables_they_are_given) {
  for (const auto* name : {"local.x", "var.y", "note", "note.a", "environment.name", "resource.value.v"}) {
    Site site(
        "kind note {}\nnote a {}\nlocals { x = 1 }\nvariable y { default = 1 }\nresource value v {}\noutput a { value "
        "= "
        "templatestring(\"\\${" +
        std::string(name) + "}\", { z = 1 }) }\n");
    const std::string word(name, std::string_view(name).find_first_of('.') == std::string_view::npos
                                     ? std::string_view(name).size()
                                     : std::string_view(name).find_first_of('.'));
    EXPECT_EQ(site.output("a"), "NMX0200 this template is given no `" + word + "`");
  }
}

TEST(Templates, read_files_beside_them) {
  Site site("output a { value = templatestring(\"\\${file(\\\"parts/x\\\")}\", {}) }\n");
  const auto told = site.output("a");
  EXPECT_NE(told.find("/nmx-site-"), std::string::npos) << told;
  EXPECT_NE(told.find("/parts/x`"), std::string::npos) << told;
}

TEST(Templates, take_no_more_than_a_directive_takes) {
  const std::string given = "{ a = true, b = true, l = [1] }";
  EXPECT_EQ(filled("%{ if a }1%{ else if b }2%{ endif }", given), "NMX0100 `else` takes nothing behind it");
  EXPECT_EQ(filled("%{ for a in l for b in l }1%{ endfor }", given),
            "NMX0100 expected the end of what is walked, found `for`");
  EXPECT_EQ(filled("%{ 3 }", given), "NMX0100 expected `if`, `else`, `endif`, `for` or `endfor`");
  EXPECT_EQ(filled("%{if(a)}1%{~endif~}", given), R"("1")");
  EXPECT_EQ(filled("%{ if a }1%{ endif b }", given), "NMX0100 `endif` takes nothing behind it");
  EXPECT_EQ(filled("%{ for x in l }1%{ endfor x }", given), "NMX0100 `endfor` takes nothing behind it");
  EXPECT_EQ(filled("%{ for a b in l }1%{ endfor }", given), "NMX0100 expected `in`, found `b`");
  EXPECT_EQ(filled("%{ for a, in l }1%{ endfor }", given), "NMX0100 expected `in`, found `l`");
}

TEST(Templates, are_parsed_where_they_stand) {
  Site site("output a { value = templatestring(\"" + std::string(R"(\${x} )") + "\", { x = 1 }) }\n");
  site.output("a");
  const auto before = site.configuration->sources->size();
  std::string marks;
  for (int at = 0; at < 1000; ++at) marks += "\\${x} ";
  Site many("output a { value = length(templatestring(\"" + marks + "\", { x = 1 })) }\n");
  EXPECT_EQ(many.output("a"), "2000");
  EXPECT_EQ(many.configuration->sources->size(), before);
}

TEST(Templates, cost_what_it_takes_to_read_them) {
  const std::string text = "output a { value = length([for x in range(1000) : templatestring(\"" +
                           std::string(10'000, 'x') + "\", {})]) }\n";
  Site site(text);
  site.evaluator->limit_work(5'000'000);
  EXPECT_EQ(site.output("a"), "NMX0407 evaluation takes too long: it was given up here");
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

TEST(Conditions, about_whether_a_secret_was_given_are_no_secret) {
  Site site(R"(
variable none { type = secret(string), default = null }
variable some { type = secret(string), default = "hunter2" }
output list { value = [for key in ["none", "some"] : key if (key == "none" ? var.none : var.some) != null] }
output none { value = var.none == null }
output some { value = { a = 1 if var.some != null } }
)");
  EXPECT_EQ(site.output("list"), "[\"some\"]");
  EXPECT_EQ(site.output("none"), "true");
  EXPECT_EQ(site.output("some"), "{ a = 1 }");
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

}  // namespace
}  // namespace nmx::test
