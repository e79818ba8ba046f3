#include "cli/error_pages.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "cli/app.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

namespace nmx::test {
namespace {

namespace fs = std::filesystem;

/// The codes that codes.hpp declares.
std::set<std::string> declared_codes() {
  std::set<std::string> codes;
  std::istringstream lines(read_file(source_folder() / "lang/diagnostics/codes.hpp"));
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (line.rfind("  ", 0) != 0 || equals == line.npos || line.find("// retired") != line.npos) continue;
    codes.insert("NMX0" + line.substr(equals + 3, 3));
  }
  return codes;
}

/// A fenced block of a page: the words behind the fence, and what it holds.
struct Fenced {
  std::string word;
  std::string path;
  std::string text;
  std::size_t begin = 0;  // of the text in the page
};

std::vector<Fenced> fenced_blocks(const std::string& page) {
  std::vector<Fenced> blocks;
  std::optional<Fenced> open;
  for (std::size_t at = 0; at < page.size();) {
    const auto end = page.find('\n', at) + 1;
    const auto line = page.substr(at, end - at);
    if (line.rfind("```", 0) == 0) {
      if (open) {
        blocks.push_back(*std::move(open));
        open.reset();
      } else {
        Fenced one;
        std::istringstream(line.substr(3)) >> one.word >> one.path;
        one.begin = end;
        open = std::move(one);
      }
    } else if (open) {
      open->text += line;
    }
    at = end;
  }
  return blocks;
}

/// What `nmx validate` says of a site of these files.
std::string told_of(const std::vector<Fenced>& files) {
  std::string pattern = (fs::temp_directory_path() / "nmx-page-XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  for (const auto& file : files) {
    const auto path = folder / (file.path.empty() ? "site.nmx" : file.path);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << file.text;
  }
  const auto before = fs::current_path();
  fs::current_path(folder);
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run({"validate"}, Streams{in, out, err}), 1) << out.str();
  fs::current_path(before);
  fs::remove_all(folder);
  return err.str();
}

TEST(ErrorPages, are_there_for_every_code_and_for_nothing_else) {
  std::set<std::string> pages;
  for (const auto& [code, page] : error_pages()) {
    pages.emplace(code);
    EXPECT_EQ(page.rfind("# " + std::string(code) + ": ", 0), 0u) << "the heading of " << code;
  }
  EXPECT_EQ(pages, declared_codes());
}

TEST(ErrorPages, show_what_validate_says_of_their_example) {
  for (const auto& [code, text] : error_pages()) {
    std::string page(text);
    std::vector<Fenced> site;
    for (const auto& block : fenced_blocks(page)) {
      if (block.word.rfind("nmx", 0) == 0) {
        site.push_back(block);
        continue;
      }
      EXPECT_NE(block.text.find("[" + std::string(code) + "]"), std::string::npos) << code << " shows another code";
      if (site.empty()) continue;
      const auto told = told_of(site);
      site.clear();
      if (accepts_goldens()) {
        page.replace(block.begin, block.text.size(), told);
        std::ofstream(source_folder() / "docs/errors" / (std::string(code) + ".md"), std::ios::binary) << page;
        break;
      }
      EXPECT_EQ(block.text, told) << code;
    }
  }
  if (accepts_goldens()) GTEST_SKIP() << "accepted";
}

TEST(ErrorPages, are_listed_in_an_index) { expect_file(source_folder() / "docs/errors/README.md", error_index()); }

TEST(ErrorPages, are_shown_without_marks_of_markdown) {
  EXPECT_EQ(plain_page("# NMX0201: a title\n\nSee [the list](x.md).\n\n```nmx\na = [1]\n```\n"),
            "NMX0201: a title\n\nSee the list.\n\n    a = [1]\n");
}

TEST(ErrorPages, are_told_of_below_the_first_error) {
  Diagnostics diagnostics;
  diagnostics.warning(Code::deprecated, {SourceId{0}, 0, 1}, "old");
  EXPECT_EQ(explain_hint(diagnostics), "");
  diagnostics.error(Code::unknown_name, {SourceId{0}, 2, 3}, "nothing");
  diagnostics.error(Code::overflow, {SourceId{0}, 4, 5}, "too much");
  EXPECT_EQ(explain_hint(diagnostics), "`nmx explain NMX0200` says more\n");
}

TEST(ErrorPages, are_found_by_a_code_however_it_is_written) {
  for (const auto* code : {"NMX0201", "nmx0201", "0201", "201"}) {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(run({"explain", code}, Streams{in, out, err}), 0) << err.str();
    EXPECT_EQ(out.str().rfind("NMX0201: unknown attribute\n", 0), 0u) << out.str();
  }
}

}  // namespace
}  // namespace nmx::test
