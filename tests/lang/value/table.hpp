#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nmx::test {

/// `left => right` of a file of rows; empty lines and lines that begin with `#` stand between them.
struct Row {
  std::size_t line;
  std::string left;
  std::string right;
};

std::vector<Row> read_table(const std::filesystem::path& path);

/// Compares each row's result, or `error: message | help`, with its right side. NMX_ACCEPT=1 writes what came out.
void expect_table(const std::filesystem::path& path);

}  // namespace nmx::test
