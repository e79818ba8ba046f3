#include "cli/line_diff.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace nmx {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

struct Edit {
  char sign;  // ' ', '-', '+'
  std::string_view line;
};

/// The longest common subsequence between the parts that differ; quadratic there, which a formatter's few lines can
/// bear.
std::vector<Edit> edits(const Lines& before, const Lines& after) {
  std::size_t head = 0;
  while (head < before.size() && head < after.size() && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < before.size() - head && tail < after.size() - head &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  const auto rows = before.size() - head - tail;
  const auto columns = after.size() - head - tail;
  // Beyond that the table is too large, and the one part takes the other's place as a whole.
  constexpr std::size_t largest_table = 16'000'000;
  const bool compared = (rows + 1) * (columns + 1) <= largest_table;
  std::vector<std::vector<std::uint32_t>> common(rows + 1, std::vector<std::uint32_t>(compared ? columns + 1 : 0, 0));
  for (auto row = compared ? rows : 0; row-- > 0;) {
    for (auto column = columns; column-- > 0;) {
      common[row][column] = before[head + row] == after[head + column]
                                ? common[row + 1][column + 1] + 1
                                : std::max(common[row + 1][column], common[row][column + 1]);
    }
  }
  std::vector<Edit> result;
  for (std::size_t line = 0; line < head; ++line) result.push_back({' ', before[line]});
  std::size_t row = 0;
  std::size_t column = 0;
  while (row < rows || column < columns) {
    if (compared && row < rows && column < columns && before[head + row] == after[head + column]) {
      result.push_back({' ', before[head + row]});
      ++row, ++column;
    } else if (row < rows && (!compared || column == columns || common[row + 1][column] >= common[row][column + 1])) {
      result.push_back({'-', before[head + row++]});
    } else {
      result.push_back({'+', after[head + column++]});
    }
  }
  for (auto line = before.size() - tail; line < before.size(); ++line) result.push_back({' ', before[line]});
  return result;
}

}  // namespace

std::string line_diff(std::string_view name, std::string_view before, std::string_view after) {
  constexpr std::size_t context = 3;
  const auto all = edits(lines_of(before), lines_of(after));
  auto text = fmt::format("--- {}\n+++ {}\n", name, name);
  std::size_t old_line = 1;
  std::size_t new_line = 1;
  std::size_t at = 0;
  while (at < all.size()) {
    auto change = at;
    while (change < all.size() && all[change].sign == ' ') ++change;
    if (change == all.size()) break;
    const auto begin = std::max(at, change < context ? 0 : change - context);
    for (; at < begin; ++at) ++old_line, ++new_line;
    auto end = change;
    for (std::size_t quiet = 0; end < all.size() && quiet <= 2 * context; ++end) {
      quiet = all[end].sign == ' ' ? quiet + 1 : 0;
    }
    while (end > change && end > context && all[end - 1].sign == ' ' && all[end - context - 1].sign == ' ') --end;
    std::string body;
    std::size_t old_count = 0;
    std::size_t new_count = 0;
    for (; at < end; ++at) {
      body += fmt::format("{}{}\n", all[at].sign, all[at].line);
      if (all[at].sign != '+') ++old_count;
      if (all[at].sign != '-') ++new_count;
    }
    // Where a side has no line, it is told after which one.
    text += fmt::format("@@ -{},{} +{},{} @@\n{}", old_count == 0 ? old_line - 1 : old_line, old_count,
                        new_count == 0 ? new_line - 1 : new_line, new_count, body);
    old_line += old_count;
    new_line += new_count;
  }
  return text;
}

}  // namespace nmx
