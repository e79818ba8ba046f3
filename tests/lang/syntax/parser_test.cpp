#include "lang/syntax/parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "lang/diagnostics/render.hpp"
#include "tests/support/tree_text.hpp"

// Trees are compared as text; what is written with all its brackets shows how a shorter form is read.
namespace nmx::test {
namespace {

std::string tree(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto expression = parse_expression(sources, sources.add("x", text), diagnostics);
  return expression && !diagnostics.has_errors() ? tree_text(*expression) : render(diagnostics, sources, Colour::off);
}

std::string file_tree(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto file = parse(sources, sources.add("site.nmx", text), diagnostics);
  return diagnostics.has_errors() ? render(diagnostics, sources, Colour::off) : tree_text(file.body);
}

TEST(Precedence, binds_from_the_conditional_to_the_postfix) {
  EXPECT_EQ(tree("a ? b : c ? d : e"), tree("a ? b : (c ? d : e)"));
  EXPECT_EQ(tree("a ?? b ? c : d"), tree("(a ?? b) ? c : d"));
  EXPECT_EQ(tree("a ?? b || c"), tree("a ?? (b || c)"));
  EXPECT_EQ(tree("a || b && c"), tree("a || (b && c)"));
  EXPECT_EQ(tree("a && b == c"), tree("a && (b == c)"));
  EXPECT_EQ(tree("a == b < c"), tree("a == (b < c)"));
  EXPECT_EQ(tree("a < b + c"), tree("a < (b + c)"));
  EXPECT_EQ(tree("a + b * c"), tree("a + (b * c)"));
  EXPECT_EQ(tree("a * -b"), tree("a * (-b)"));
  EXPECT_EQ(tree("-a.b"), tree("-(a.b)"));
  EXPECT_EQ(tree("!a[0]"), tree("!(a[0])"));
}

TEST(Precedence, is_from_the_left_among_equals) {
  EXPECT_EQ(tree("a - b - c"), tree("(a - b) - c"));
  EXPECT_EQ(tree("a / b * c"), tree("(a / b) * c"));
  EXPECT_NE(tree("a - b - c"), tree("a - (b - c)"));
}

TEST(Names, may_hold_dashes_so_a_subtraction_has_spaces) {
  EXPECT_EQ(tree("a-b"), "a-b");
  EXPECT_EQ(tree("a - b"), tree("(a) - (b)"));
}

TEST(Postfix, splats_take_all_that_follows) {
  EXPECT_EQ(tree("a[*].b.c"), "(a [*] ((@ . b) . c))");
  EXPECT_EQ(tree("a?.b[0]"), "((a ?. b) [] 0)");
}

TEST(Expressions, go_on_behind_an_operator_and_before_one) {
  EXPECT_EQ(tree("a +\n  b"), tree("a + b"));
  EXPECT_EQ(tree("a\n  + b"), tree("a + b"));
  EXPECT_EQ(tree("(a\n)"), "a");
  EXPECT_NE(file_tree("x {\n  a = 1\n  b = 2\n}").find("b"), std::string::npos);
}

TEST(Expressions, end_at_the_line_behind_a_splat_or_an_index) {
  EXPECT_EQ(file_tree("x {\n  a = b[*].c\n  d = e[\n0\n]\n  f = 1\n}"),
            file_tree("x {\n  a = (b[*].c)\n  d = (e[0])\n  f = (1)\n}"));
}

TEST(Comprehensions, have_one_or_two_variables_and_several_clauses) {
  EXPECT_EQ(tree("[for v in a : v]"), "(for v in a : - v if -)");
  EXPECT_EQ(tree("[for k, v in a for w in v.b : w if k == w]"),
            "(for k v in a w in (v . b) : - w if " + tree("k == w") + ")");
  EXPECT_EQ(tree("{ for v in a : v.n => v }"), "(for v in a : (v . n) v if -)");
}

TEST(Objects, take_commas_and_newlines_alike) {
  EXPECT_EQ(tree("{ a = 1, b = 2 }"), tree("{\n a = 1\n b = 2\n}"));
  EXPECT_EQ(tree("{ a.b = 1 if c, ...d }"), "{ .'a'.'b' = 1 if c  ...d if -}");
  EXPECT_EQ(tree("{ \"a.b\" = 1 }"), "{ .'a.b' = 1 if -}");
}

TEST(Texts, have_escapes_and_expressions) {
  EXPECT_EQ(tree(R"("a\n\u{41}\$")"), R"("a\nA$")");
  EXPECT_EQ(tree(R"("a${b}c")"), R"((text "a" b "c"))");
  EXPECT_EQ(tree("\"\"\"\n  a\n    b\n  \"\"\""), R"("a\n  b\n")");
}

TEST(Numbers, may_have_units_and_underscores) {
  EXPECT_EQ(tree("1_000"), "1000");
  EXPECT_EQ(tree("512MiB"), R"({"$bytes":536870912})");
  EXPECT_EQ(tree("90s"), R"({"$duration":90000})");
  EXPECT_EQ(tree("0.5"), "0.5");
}

TEST(Files, mend_themselves_at_the_next_item) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto source = sources.add("site.nmx", "a { b = }\nc { d = 1 }\ne { f 2 }\ng { h = 3 }\n");
  const auto file = parse(sources, source, diagnostics);
  EXPECT_EQ(diagnostics.error_count(), 2u) << render(diagnostics, sources, Colour::off);
  std::vector<std::string> blocks;
  for (const auto& block : file.body.blocks) blocks.push_back(block.type.name);
  EXPECT_NE(std::find(blocks.begin(), blocks.end(), "c"), blocks.end());
  EXPECT_NE(std::find(blocks.begin(), blocks.end(), "g"), blocks.end());
}

TEST(Files, hold_blocks_attributes_and_functions) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto source = sources.add("site.nmx", "a b \"c.d\" { e = 1 }\nfunction f(x, y) = x + y\n");
  const auto file = parse(sources, source, diagnostics);
  ASSERT_EQ(file.body.blocks.size(), 1u);
  EXPECT_EQ(file.body.blocks.front().labels.size(), 2u);
  EXPECT_EQ(sources.text(file.body.blocks.front().header), "a b \"c.d\"");
  ASSERT_EQ(file.body.functions.size(), 1u);
  EXPECT_EQ(file.body.functions.front().parameters.size(), 2u);
}

}  // namespace
}  // namespace nmx::test
