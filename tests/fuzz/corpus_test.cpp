#include <gtest/gtest.h>

#include <sstream>

#include "lang/value/functions/digest.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

// What the fuzzers found worth keeping goes through them again in every run of the tests; a broken promise ends the
// program.
namespace nmx::test {
namespace {

std::vector<std::string> kept(const std::string& target) {
  std::vector<std::string> inputs;
  std::istringstream lines(read_file(source_folder() / "tests/fuzz/corpus" / (target + ".txt")));
  for (std::string line; std::getline(lines, line);) {
    const auto input = from_base64(line);
    EXPECT_TRUE(input.has_value()) << line;
    if (input) inputs.push_back(*input);
  }
  EXPECT_GT(inputs.size(), 100u) << target;
  return inputs;
}

TEST(Corpus, of_the_parser_is_read_within_bounds) {
  for (const auto& input : kept("parse")) fuzz::parse_text(input);
}

TEST(Corpus, of_the_formatter_keeps_its_trees) {
  for (const auto& input : kept("format")) fuzz::format_text(input);
}

TEST(Corpus, of_the_evaluator_is_evaluated_within_bounds) {
  for (const auto& input : kept("evaluate")) fuzz::evaluate_text(input);
}

TEST(Corpus, of_functions_keeps_secrets_and_reads_back) {
  for (const auto& input : kept("functions")) fuzz::call_functions(input);
}

TEST(Corpus, of_json_reads_back) {
  for (const auto& input : kept("json")) fuzz::read_json(input);
}

}  // namespace
}  // namespace nmx::test
