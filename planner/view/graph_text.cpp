#include "planner/view/graph_text.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "lang/diagnostics/visible.hpp"

namespace nmx {
namespace {

/// Inside double quotes of either language.
std::string in_quotes(const std::string& text) {
  std::string result;
  for (const char c : visible(text)) {
    if (c == '"')
      result += "'";
    else if (c == '\\')
      result += "\\\\";
    else
      result += c;
  }
  return result;
}

std::map<Address, std::size_t> numbers(const Graph& needs) {
  std::map<Address, std::size_t> all;
  for (const auto& [address, wanted] : needs) {
    all.emplace(address, 0);
    for (const auto& one : wanted) all.emplace(one, 0);
  }
  std::size_t next = 0;
  for (auto& [address, number] : all) number = next++;
  return all;
}

}  // namespace

std::string graph_dot(const Graph& needs) {
  std::string text = "digraph nmx {\n  rankdir = LR\n  node [shape = box, fontname = \"sans-serif\"]\n";
  for (const auto& [address, number] : numbers(needs)) text += fmt::format("  \"{}\"\n", in_quotes(to_string(address)));
  for (const auto& [address, wanted] : needs) {
    for (const auto& one : wanted)
      text += fmt::format("  \"{}\" -> \"{}\"\n", in_quotes(to_string(address)), in_quotes(to_string(one)));
  }
  return text + "}\n";
}

std::string graph_mermaid(const Graph& needs) {
  const auto number = numbers(needs);
  std::string text = "graph LR\n";
  for (const auto& [address, id] : number) text += fmt::format("  n{}[\"{}\"]\n", id, in_quotes(to_string(address)));
  for (const auto& [address, wanted] : needs) {
    for (const auto& one : wanted) text += fmt::format("  n{} --> n{}\n", number.at(address), number.at(one));
  }
  return text;
}

std::string graph_json(const Graph& needs) {
  auto all = nlohmann::json::object();
  for (const auto& [address, wanted] : needs) {
    auto list = nlohmann::json::array();
    for (const auto& one : wanted) list.push_back(to_string(one));
    all[to_string(address)] = std::move(list);
  }
  return all.dump(2) + "\n";
}

}  // namespace nmx
