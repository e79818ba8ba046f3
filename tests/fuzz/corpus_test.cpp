#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/targets.hpp"
#include "tests/support/paths.hpp"

// The texts that fuzzers found worth keeping, each through its target.
namespace nmx::fuzz {
namespace {

std::size_t feed(const char* folder, void (*target)(std::string_view)) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::source_folder() / "tests/fuzz/corpus" / folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    target(text);
    ++count;
  }
  return count;
}

TEST(Corpus, of_the_parser_is_parsed) { EXPECT_GT(feed("parse", parse_text), 50U); }
TEST(Corpus, of_the_formatter_is_formatted) { EXPECT_GT(feed("format", format_text), 50U); }
TEST(Corpus, of_the_evaluator_is_evaluated) { EXPECT_GT(feed("evaluate", evaluate_text), 50U); }
TEST(Corpus, of_json_is_read) { EXPECT_GT(feed("json", read_json), 50U); }

}  // namespace
}  // namespace nmx::fuzz
