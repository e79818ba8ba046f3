#include "tests/lang/value/table.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/lang/value/literal.hpp"

namespace nmx::test {
namespace {

constexpr std::string_view arrow = " => ";

std::string result_of(const Row& row) {
  const Outcome outcome = evaluate_row(row.left);
  if (const auto* error = std::get_if<OperationError>(&outcome)) {
    return error->help.empty() ? fmt::format("error: {}", error->message)
                               : fmt::format("error: {} | {}", error->message, error->help);
  }
  return write_literal(std::get<Value>(outcome));
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::vector<Row> read_table(const std::filesystem::path& path) {
  std::vector<Row> rows;
  const auto lines = lines_of(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].empty() || lines[i].starts_with('#')) continue;
    const std::size_t at = lines[i].find(arrow);
    if (at == std::string::npos) {
      ADD_FAILURE() << path << ":" << i + 1 << ": no ` => `: " << lines[i];
      continue;
    }
    rows.push_back({i + 1, lines[i].substr(0, at), lines[i].substr(at + arrow.size())});
  }
  return rows;
}

void expect_table(const std::filesystem::path& path) {
  const auto rows = read_table(path);
  ASSERT_FALSE(rows.empty()) << path;
  if (std::getenv("NMX_ACCEPT")) {
    auto lines = lines_of(path);
    for (const Row& row : rows) lines[row.line - 1] = row.left + std::string(arrow) + result_of(row);
    std::ofstream file(path);
    for (const std::string& line : lines) file << line << '\n';
    GTEST_SKIP() << "accepted " << path;
  }
  for (const Row& row : rows) {
    EXPECT_EQ(result_of(row), row.right) << path.filename().string() << ":" << row.line << ": " << row.left;
  }
}

}  // namespace nmx::test
