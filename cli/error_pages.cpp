#include "cli/error_pages.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace nmx {
namespace {

/// What the hundreds of a code stand for, as `codes.hpp` says it.
constexpr std::array<std::pair<char, std::string_view>, 7> rooms{{{'1', "Text and syntax"},
                                                                  {'2', "Names"},
                                                                  {'3', "Types and values"},
                                                                  {'4', "Evaluation"},
                                                                  {'5', "Definitions and blocks"},
                                                                  {'6', "Planning"},
                                                                  {'7', "What a server would refuse"}}};

std::string_view next_line(std::string_view& rest) {
  const auto line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  return line;
}

/// `[words](link)` is words.
std::string without_links(std::string_view line) {
  std::string text;
  while (!line.empty()) {
    const auto open = line.find('[');
    const auto middle = open == line.npos ? line.npos : line.find("](", open);
    const auto close = middle == line.npos ? line.npos : line.find(')', middle);
    if (close == line.npos) break;
    text += line.substr(0, open);
    text += line.substr(open + 1, middle - open - 1);
    line.remove_prefix(close + 1);
  }
  return text.append(line);
}

}  // namespace

std::string_view title_of(std::string_view page) {
  const auto heading = next_line(page);
  const auto colon = heading.find(": ");
  return colon == heading.npos ? heading : heading.substr(colon + 2);
}

std::string plain_page(std::string_view page) {
  std::string text;
  bool in_code = false;
  while (!page.empty()) {
    const auto line = next_line(page);
    if (line.substr(0, 3) == "```") {
      in_code = !in_code;
    } else if (in_code) {
      text += line.empty() ? "\n" : fmt::format("    {}\n", line);
    } else {
      text += without_links(line.substr(0, 2) == "# " ? line.substr(2) : line) + "\n";
    }
  }
  return text;
}

std::string explain_hint(const Diagnostics& diagnostics) {
  for (const auto& one : diagnostics.sorted()) {
    if (one.severity == Severity::error) return fmt::format("`nmx explain {}` says more\n", to_string(one.code));
  }
  return {};
}

std::string error_index() {
  std::string text =
      "# Messages\n\nEvery message has a number that stays. `nmx explain NMX0201` shows its page in the terminal.\n";
  for (const auto& [digit, room] : rooms) {
    text += fmt::format("\n## {}\n\n| | |\n|---|---|\n", room);
    for (const auto& [code, page] : error_pages()) {
      if (code[4] == digit) text += fmt::format("| [{}]({}.md) | {} |\n", code, code, title_of(page));
    }
  }
  return text;
}

}  // namespace nmx
