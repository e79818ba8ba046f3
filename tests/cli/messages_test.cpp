#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

// Every text that the sources give to a diagnostic stands in some golden file, table or page, so that somebody has seen
// it as a person will.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

bool starts(std::string_view text, std::size_t at, std::string_view word) {
  return text.compare(at, word.size(), word) == 0;
}

/// Behind the character or string literal that begins here; else the next character.
std::size_t step(std::string_view code, std::size_t at) {
  const char quote = code[at];
  const bool parts_digits = quote == '\'' && at > 0 && code[at - 1] >= '0' && code[at - 1] <= '9';
  if (parts_digits) return at + 1;
  if (quote != '"' && quote != '\'') return at + 1;
  for (++at; at < code.size() && code[at] != quote; ++at) {
    if (code[at] == '\\') ++at;
  }
  return at + 1;
}

std::size_t end_of_call(std::string_view code, std::size_t open) {
  int depth = 0;
  for (auto at = open; at < code.size(); at = step(code, at)) {
    if (code[at] == '(' || code[at] == '{') ++depth;
    if ((code[at] == ')' || code[at] == '}') && --depth == 0) return at;
  }
  return code.size();
}

std::string unescaped(std::string_view literal) {
  std::string text;
  for (std::size_t at = 0; at < literal.size(); ++at) {
    if (literal[at] != '\\' || at + 1 == literal.size()) {
      text += literal[at];
    } else {
      const char what = literal[++at];
      text += what == 'n' ? '\n' : what == 't' ? '\t' : what;
    }
  }
  return text;
}

/// The texts of a call's arguments; literals beside each other are one.
std::vector<std::string> texts_in(std::string_view code) {
  std::vector<std::string> texts;
  std::optional<std::size_t> behind;
  for (std::size_t at = 0; at < code.size();) {
    const auto next = step(code, at);
    if (code[at] == '"') {
      const auto text = unescaped(code.substr(at + 1, next - at - 2));
      const bool goes_on = behind && code.substr(*behind, at - *behind).find_first_not_of(" \n") == code.npos;
      goes_on ? texts.back() += text : texts.emplace_back(text);
      behind = next;
    }
    at = next;
  }
  // A word or two are names of things, not messages.
  texts.erase(std::remove_if(texts.begin(), texts.end(), [](const auto& one) { return one.find(' ') == one.npos; }),
              texts.end());
  return texts;
}

std::vector<std::string> messages_of(const fs::path& file) {
  static constexpr std::array calls{".error(",       ".warning(", ".with_help(",    ".note(",   ".label(",
                                    "bad_argument(", " failed(",  ">failed(",       ".failed(", "Mismatch{",
                                    "refuse(",       "unknown(",  "OperationError{"};
  std::vector<std::string> found;
  const auto code = read_file(file);
  for (std::size_t at = 0; at < code.size();) {
    for (const std::string_view call : calls) {
      if (!starts(code, at, call)) continue;
      const auto open = at + call.size() - 1;
      for (auto& text : texts_in(std::string_view(code).substr(open, end_of_call(code, open) - open))) {
        found.push_back(std::move(text));
      }
    }
    at = starts(code, at, "//") ? code.find('\n', at) : step(code, at);
  }
  return found;
}

/// What stands between the places where values go.
std::vector<std::string> pieces_of(const std::string& text) {
  std::vector<std::string> pieces(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool doubled = at + 1 < text.size() && (text[at] == '{' || text[at] == '}') && text[at + 1] == text[at];
    if (doubled) {
      pieces.back() += text[at++];
    } else if (text[at] == '{') {
      at = std::min(text.find('}', at), text.size());
      pieces.emplace_back();
    } else if (text[at] == '\n') {
      break;  // the rest stands on other lines
    } else {
      pieces.back() += text[at];
    }
  }
  return pieces;
}

bool has(std::string_view line, const std::vector<std::string>& pieces) {
  std::size_t from = 0;
  for (const auto& piece : pieces) {
    const auto at = line.find(piece, from);
    if (at == line.npos) return false;
    from = at + piece.size();
  }
  return true;
}

/// Lines of everything that a message can have been seen in.
std::vector<std::string> golden_lines() {
  std::vector<std::string> lines;
  for (const auto* folder : {"tests", "docs"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source_folder() / folder)) {
      const auto& path = entry.path();
      const auto extension = path.extension();
      const bool is_code = extension == ".cpp";
      const bool counts = is_code || extension == ".stderr" || extension == ".txt" || extension == ".md" ||
                          path.filename() == "transcript" || path.parent_path().filename() == "golden";
      if (!entry.is_regular_file() || !counts) continue;
      auto text = read_file(path);
      if (is_code) {
        std::string all;
        for (auto& one : texts_in(text)) all += std::move(one) + "\n";
        text = std::move(all);
      }
      for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
      }
    }
  }
  return lines;
}

/// Those that no golden shows yet, each with its reason in the file. The list is kept by hand and gets shorter.
std::set<std::string> known_as_unseen() {
  std::set<std::string> listed;
  std::istringstream lines(read_file(source_folder() / "tests/cli/unseen_messages.list"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.front() != '#') listed.insert(line);
  }
  return listed;
}

TEST(Messages, have_been_seen_in_a_golden_file) {
  const auto lines = golden_lines();
  std::size_t messages = 0;
  std::set<std::string> unseen;
  for (const auto* folder : {"lang", "planner", "providers", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source_folder() / folder)) {
      const auto path = entry.path().string();
      if (entry.path().extension() != ".cpp" || path.find("/providers/lab/") != path.npos) continue;
      for (const auto& message : messages_of(entry.path())) {
        ++messages;
        const auto pieces = pieces_of(message);
        if (std::none_of(lines.begin(), lines.end(), [&](const auto& line) { return has(line, pieces); }))
          unseen.insert(message);
      }
    }
  }
  EXPECT_GT(messages, 500u);
  const auto listed = known_as_unseen();
  for (const auto& text : unseen) {
    EXPECT_TRUE(listed.contains(text))
        << text
        << "\nadd a case to tests/cli/errors, see it in a test of its folder, or list it in unseen_messages.list";
  }
  for (const auto& text : listed) {
    EXPECT_TRUE(unseen.contains(text)) << text << "\nis seen by now (or gone): take it off the list";
  }
}

}  // namespace
}  // namespace nmx::test
