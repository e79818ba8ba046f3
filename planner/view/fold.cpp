#include "planner/view/fold.hpp"

#include <algorithm>

#include "lang/diagnostics/visible.hpp"

namespace nmx {
namespace {

std::string without_colours(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\x1b') {
      at = std::min(text.find('m', at), text.size() - 1);
    } else {
      plain += text[at];
    }
  }
  return plain;
}

std::string fold_line(std::string_view line, std::size_t columns) {
  if (width(without_colours(line)) <= columns) return std::string(line);
  const auto plain = without_colours(line);
  const auto indent = std::min(plain.find_first_not_of(' '), columns / 4) + 4;
  std::string folded;
  std::size_t used = 0;
  bool begun = false;
  while (!line.empty()) {
    const auto word_at = std::min(line.find_first_not_of(' '), line.size());
    const auto word_end = std::min(line.find(' ', word_at), line.size());
    auto spaces = word_at;
    auto word = std::string(line.substr(word_at, word_end - word_at));
    line.remove_prefix(word_end);
    auto room = width(without_colours(word));
    if (room == 0 && word.empty()) break;
    if (begun && used + spaces + room > columns) {
      folded += "\n" + std::string(indent, ' ');
      used = indent;
      spaces = 0;
    }
    folded += std::string(spaces, ' ');
    used += spaces;
    while (used + room > columns && word.find('\x1b') == std::string::npos) {
      const auto head = take_columns(word, columns - used);
      if (head.empty()) break;
      folded += head + "\n" + std::string(indent, ' ');
      word.erase(0, head.size());
      used = indent;
      room = width(word);
    }
    folded += word;
    used += room;
    begun = true;
  }
  return folded;
}

}  // namespace

std::string fold(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(columns, 20);
  std::string folded;
  while (!text.empty()) {
    const auto end = text.find('\n');
    folded += fold_line(text.substr(0, end), columns);
    if (end == std::string_view::npos) break;
    folded += '\n';
    text.remove_prefix(end + 1);
  }
  return folded;
}

}  // namespace nmx
