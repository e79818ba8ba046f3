#include "lang/syntax/formatter.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "lang/diagnostics/render.hpp"
#include "lang/syntax/parser.hpp"
#include "tests/lang/syntax/program_writer.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/tree_text.hpp"

namespace nmx::test {
namespace {

namespace fs = std::filesystem;

/// The tree of a text; the test fails where it does not parse.
std::string tree_of(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto file = parse(sources, sources.add("site.nmx", text), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << text << "\n" << render(diagnostics, sources, Colour::off);
  return tree_text(file.body);
}

std::size_t comments_in(const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find("# note"); at != text.npos; at = text.find("# note", at + 1)) ++count;
  return count;
}

void expect_kept(const std::string& text) {
  const auto tree = tree_of(text);
  const auto once = format(text);
  ASSERT_TRUE(once.has_value()) << text;
  EXPECT_EQ(tree_of(*once), tree) << text << "\nbecame\n" << *once;
  EXPECT_EQ(format(*once).value(), *once) << text << "\nbecame\n" << *once;
}

/// Ten thousand programs in ten parts, so that they run beside each other.
class GeneratedPrograms : public testing::TestWithParam<std::uint64_t> {};

TEST_P(GeneratedPrograms, keep_their_tree_and_their_comments) {
  std::size_t characters = 0;
  std::size_t comments = 0;
  const auto first = GetParam() * 1'000;
  for (auto seed = first; seed < first + 1'000 && !HasFailure(); ++seed) {
    ProgramWriter writer(seed);
    const auto program = writer.program();
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_kept(program);
    if (HasFailure()) break;
    EXPECT_EQ(comments_in(*format(program)), writer.comments()) << program << "\nbecame\n" << *format(program);
    characters += program.size();
    comments += writer.comments();
  }
  // The programs are programs, not empty texts.
  EXPECT_GT(characters, 100'000u);
  EXPECT_GT(comments, 1'000u);
}

INSTANTIATE_TEST_SUITE_P(Formatter, GeneratedPrograms, testing::Range(std::uint64_t{0}, std::uint64_t{10}));

TEST(Formatter, keeps_the_tree_of_every_file_of_the_repository) {
  std::size_t files = 0;
  for (const auto* folder : {"stdlib", "examples", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source_folder() / folder)) {
      if (entry.path().extension() != ".nmx") continue;
      const auto text = read_file(entry.path());
      if (!format(text)) continue;  // a case of a syntax error
      SCOPED_TRACE(entry.path().string());
      expect_kept(text);
      ++files;
    }
  }
  EXPECT_GT(files, 200u);
}

TEST(Formatter, lays_out_in_one_way) {
  EXPECT_EQ(format("a   {\nb=1\n  long_name   =  2\n\n\n\n c = [1,2 , 3]\n}\n").value(),
            "a {\n  b         = 1\n  long_name = 2\n\n  c = [1, 2, 3]\n}\n");
  EXPECT_EQ(format("a{b=1,c=2}").value(), "a { b = 1, c = 2 }\n");
  EXPECT_EQ(format("a { # first\n b = 1 # second\n}\n# third").value(), "a { # first\n  b = 1 # second\n}\n# third\n");
}

TEST(Formatter, refuses_what_does_not_parse) { EXPECT_FALSE(format("a = {").has_value()); }

}  // namespace
}  // namespace nmx::test
