#include "planner/view/graph_svg.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "lang/diagnostics/visible.hpp"
#include "planner/view/html_text.hpp"

namespace nmx {
namespace {

constexpr int box_height = 26;
constexpr int row_gap = 12;
constexpr int column_gap = 70;
constexpr int letter = 7;
constexpr int margin = 12;
constexpr std::size_t longest_label = 44;

struct Box {
  const Address* address = nullptr;
  std::string label;
  std::vector<std::size_t> needs;
  std::vector<std::size_t> needed_by;
  std::size_t column = 0;
  double weight = 0;  // the mean row of its neighbours, by which a column is sorted
  int x = 0;
  int y = 0;
  int width = 0;
};

std::vector<Box> boxes_of(const Graph& needs) {
  std::map<Address, std::size_t> index;
  for (const auto& [address, wanted] : needs) {
    index.emplace(address, 0);
    for (const auto& one : wanted) index.emplace(one, 0);
  }
  std::vector<Box> boxes(index.size());
  std::size_t next = 0;
  for (auto& [address, number] : index) {
    number = next;
    auto label = visible(to_string(address));
    if (width(label) > longest_label) label = "…" + drop_columns(label, width(label) - longest_label + 1);
    boxes[next].label = std::move(label);
    boxes[next].width = static_cast<int>(width(boxes[next].label)) * letter + 20;
    ++next;
  }
  for (const auto& [address, wanted] : needs) {
    const auto from = index.at(address);
    boxes[from].address = &address;
    for (const auto& one : wanted) {
      boxes[from].needs.push_back(index.at(one));
      boxes[index.at(one)].needed_by.push_back(from);
    }
  }
  return boxes;
}

/// Each box one column right of everything it needs. Boxes in a circle keep the column they have.
void choose_columns(std::vector<Box>& boxes) {
  std::vector<std::size_t> waits(boxes.size());
  std::vector<std::size_t> ready;
  for (std::size_t at = 0; at < boxes.size(); ++at) {
    waits[at] = boxes[at].needs.size();
    if (waits[at] == 0) ready.push_back(at);
  }
  for (std::size_t done = 0; done < ready.size(); ++done) {
    for (const auto next : boxes[ready[done]].needed_by) {
      boxes[next].column = std::max(boxes[next].column, boxes[ready[done]].column + 1);
      if (--waits[next] == 0) ready.push_back(next);
    }
  }
}

std::vector<std::vector<std::size_t>> columns_of(const std::vector<Box>& boxes) {
  std::vector<std::vector<std::size_t>> columns;
  for (std::size_t at = 0; at < boxes.size(); ++at) {
    if (columns.size() <= boxes[at].column) columns.resize(boxes[at].column + 1);
    columns[boxes[at].column].push_back(at);
  }
  return columns;
}

/// Draws neighbours level with each other: each column by the mean row of what its boxes are joined to, once rightwards
/// and once back.
void sort_rows(std::vector<Box>& boxes, std::vector<std::vector<std::size_t>>& columns) {
  std::vector<double> row(boxes.size());
  const auto number = [&](const std::vector<std::size_t>& column) {
    for (std::size_t at = 0; at < column.size(); ++at) row[column[at]] = static_cast<double>(at);
  };
  for (const auto& column : columns) number(column);
  const auto sort = [&](std::vector<std::size_t>& column, std::vector<std::size_t> Box::*neighbours) {
    for (const auto at : column) {
      const auto& joined = boxes[at].*neighbours;
      double total = 0;
      for (const auto one : joined) total += row[one];
      boxes[at].weight = joined.empty() ? row[at] : total / static_cast<double>(joined.size());
    }
    std::stable_sort(column.begin(), column.end(),
                     [&](std::size_t a, std::size_t b) { return boxes[a].weight < boxes[b].weight; });
    number(column);
  };
  for (auto& column : columns) sort(column, &Box::needs);
  for (auto column = columns.rbegin(); column != columns.rend(); ++column) sort(*column, &Box::needed_by);
}

}  // namespace

std::string graph_svg(const Graph& needs, const std::map<Address, std::string>& classes) {
  auto boxes = boxes_of(needs);
  choose_columns(boxes);
  auto columns = columns_of(boxes);
  sort_rows(boxes, columns);
  int x = margin;
  int height = 0;
  for (const auto& column : columns) {
    int y = margin;
    int widest = 0;
    for (const auto at : column) {
      boxes[at].x = x;
      boxes[at].y = y;
      y += box_height + row_gap;
      widest = std::max(widest, boxes[at].width);
    }
    x += widest + column_gap;
    height = std::max(height, y);
  }
  const auto full_width = std::max(x - column_gap + margin, 2 * margin);
  auto svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"ui-monospace, monospace\" font-size=\"11\">\n"
      "<style>.graph path {{ fill: none; stroke: #8a94a3; stroke-width: 1.2 }} .graph rect {{ fill: #eef1f5; stroke: "
      "#8a94a3 }} .graph text {{ fill: #1c2430 }} .graph .create rect {{ fill: #d9f2e0; stroke: #2e8b4f }} .graph "
      ".update "
      "rect {{ fill: #fdf0cf; stroke: #b8860b }} .graph .replace rect, .graph .destroy rect {{ fill: #fbdcdc; stroke: "
      "#c0392b }}</style>\n",
      full_width, height);
  for (const auto& box : boxes) {
    for (const auto one : box.needs) {
      const auto& other = boxes[one];
      const int from_x = other.x + other.width;
      const int from_y = other.y + box_height / 2;
      const int to_y = box.y + box_height / 2;
      const int bend = std::max((box.x - from_x) / 2, 20);
      svg += fmt::format("<path d=\"M{} {}C{} {} {} {} {} {}\"/>\n", from_x, from_y, from_x + bend, from_y,
                         box.x - bend, to_y, box.x, to_y);
    }
  }
  for (const auto& box : boxes) {
    std::string name;
    if (box.address != nullptr && classes.contains(*box.address)) name = classes.at(*box.address);
    svg += fmt::format(
        "<g class=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/><text x=\"{}\" "
        "y=\"{}\">{}</text></g>\n",
        name, box.x, box.y, box.width, box_height, box.x + 10, box.y + 17, html_text(box.label));
  }
  return svg + "</svg>\n";
}

}  // namespace nmx
