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

/// A folder of many files with long names.
class ManyFiles : public Inputs {
 public:
  Result<std::string> file(const std::filesystem::path&) override {
    std::string names;
    for (int at = 0; at < 100; ++at) names += std::string(100, 'a') + "\n";
    return names;
  }
  std::optional<std::string> environment(const std::string&) override { return std::nullopt; }
};

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

std::string answer(const std::string& function, const List& arguments) {
  ManyFiles inputs;
  const auto outcome = call(*find_function(function), arguments, CallContext{"/", inputs});
  const auto* error = std::get_if<OperationError>(&outcome);
  return error != nullptr ? error->message : display(std::get<Value>(outcome), 200);
}

TEST(Yaml, merges_no_more_than_memory_holds) {
  std::string text = "a: &a\n";
  for (int key = 0; key < 1000; ++key) text += "  k" + std::to_string(key) + ": 1\n";
  text += "b:\n";
  for (int time = 0; time < 2000; ++time) text += "  - <<: *a\n";
  EXPECT_EQ(answer("yamldecode", {text}),
            "argument `text` of `yamldecode`: line 1103: `<<` merges more than 100000 entries in all");
}

TEST(Yaml, is_no_deeper_by_aliases_than_it_may_be_written) {
  std::string text = "- &a0 x\n";
  for (int at = 1; at < 300; ++at) text += "- &a" + std::to_string(at) + " [*a" + std::to_string(at - 1) + "]\n";
  EXPECT_EQ(answer("yamldecode", {text}), "argument `text` of `yamldecode`: line 201: nested too deeply");
}

TEST(Filesets, compare_many_alternatives_at_once) {
  std::string pattern;
  for (int at = 0; at < 100; ++at) pattern += "{a,b}";
  EXPECT_EQ(answer("fileset", {".", pattern + "c"}), "[]");
  EXPECT_EQ(answer("fileset", {".", std::string(400, '{') + std::string(400, '}')}), "[]");
}

TEST(Filesets, refuse_patterns_that_would_take_for_ever) {
  EXPECT_EQ(answer("fileset", {".", std::string(20'000, '{')}),
            "argument `pattern` of `fileset`: a pattern of more than 1000 letters");
  std::string pattern;
  for (int at = 0; at < 300; ++at) pattern += "*a";
  EXPECT_EQ(answer("fileset", {".", pattern}),
            "argument `pattern` of `fileset`: comparing it with the files takes too long");
}

TEST(Functions, know_no_home_where_none_is_set) {
  EXPECT_EQ(answer("pathexpand", {"~/films"}),
            "argument `path` of `pathexpand`: `~` stands for nothing, because HOME is not set");
}

TEST(Functions, have_a_signature_that_shows_what_may_be_left_out) {
  EXPECT_EQ(signature(*find_function("lookup")), "lookup(map, key, default?)");
  EXPECT_EQ(signature(*find_function("max")), "max(values…)");
  EXPECT_EQ(find_function("timestamp"), nullptr);
}

}  // namespace
}  // namespace nmx
