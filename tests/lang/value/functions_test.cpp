#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "lang/value/function.hpp"
#include "tests/lang/value/literal.hpp"
#include "tests/lang/value/table.hpp"
#include "tests/support/paths.hpp"

namespace nmx {
namespace {

std::vector<std::filesystem::path> tables() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(test::source_folder() / "tests/lang/value/tables"))
    found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

class Tables : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Tables, hold) { test::expect_table(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Values, Tables, testing::ValuesIn(tables()),
                         [](const auto& test_case) { return test_case.param.stem().string(); });

TEST(Functions, every_one_has_rows_in_a_table) {
  std::map<std::string, int> rows;
  for (const auto& table : tables()) {
    for (const test::Row& row : test::read_table(table)) ++rows[row.left.substr(0, row.left.find('('))];
  }
  for (const auto& [name, function] : functions()) EXPECT_GE(rows[name], 3) << name;
}

TEST(Functions, documented_examples_hold) {
  for (const auto& [name, function] : functions()) {
    const std::size_t line = function.doc.find('\n');
    ASSERT_NE(line, std::string::npos) << name << " has no example";
    const std::string example = function.doc.substr(line + 1);
    const std::size_t comment = example.find("  # ");
    EXPECT_NE(example.find(name + "("), std::string::npos) << name << ": " << example;
    if (comment == std::string::npos) continue;
    const Outcome outcome = test::evaluate_row(example.substr(0, comment));
    if (const auto* error = std::get_if<OperationError>(&outcome)) {
      ADD_FAILURE() << example << ": " << error->message;
      continue;
    }
    EXPECT_EQ(display(std::get<Value>(outcome), 1000), example.substr(comment + 4)) << example;
  }
}

TEST(Functions, have_a_signature_that_shows_what_may_be_left_out) {
  EXPECT_EQ(signature(*find_function("lookup")), "lookup(map, key, default?)");
  EXPECT_EQ(signature(*find_function("max")), "max(values…)");
  EXPECT_EQ(find_function("timestamp"), nullptr);
}

}  // namespace
}  // namespace nmx
