#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/diagnostics/source_map.hpp"
#include "lang/syntax/formatter.hpp"
#include "lang/syntax/parser.hpp"
#include "tests/support/paths.hpp"

// A bounded fuzz run: every `.nmx` of the project, and those texts damaged in the ways a hand or a disk damages them.
// Built with sanitizers this finds what reads past an end, recurses without bound or loops.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> corpus() {
  std::vector<fs::path> files;
  for (const auto* folder : {"stdlib", "examples", "tests/cli", "tests/e2e"}) {
    for (const auto& entry : fs::recursive_directory_iterator(test::source_folder() / folder)) {
      if (entry.path().extension() == ".nmx") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return texts;
}

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t bound) { return bound == 0 ? 0 : random() % bound; }

std::string damage(std::string text, const std::vector<std::string>& corpus, Random& random) {
  constexpr std::array<const char*, 14> pieces = {"{", "}", "\"", "${",     "(",    "]", "\n\n",
                                                  "#", "=", "?",  "<<-EOT", "\xff", ",", "9999999999999999999999GiB"};
  for (std::size_t turn = 0, turns = 1 + below(random, 6); turn < turns; ++turn) {
    const auto at = below(random, text.size());
    switch (random() % 5) {
      case 0: text.erase(at, 1 + below(random, 20)); break;
      case 1: text.insert(at, pieces[below(random, pieces.size())]); break;
      case 2:
        if (!text.empty()) text[at] = static_cast<char>(random());
        break;
      case 3: {
        const auto& other = corpus[below(random, corpus.size())];
        text.insert(at, other.substr(below(random, other.size()), 1 + below(random, 60)));
        break;
      }
      default: text.resize(at);
    }
  }
  return text;
}

bool parses(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto source = sources.add("site.nmx", text);
  const auto file = parse(sources, source, diagnostics);
  return !diagnostics.has_errors();
}

/// What parses formats; the result parses, and formatting it again changes nothing.
void check(const std::string& text) {
  if (!parses(text)) {
    EXPECT_FALSE(format(text)) << text;
    return;
  }
  const auto once = format(text);
  ASSERT_TRUE(once) << text;
  EXPECT_TRUE(parses(*once)) << text << "\nbecame\n" << *once;
  const auto twice = format(*once);
  ASSERT_TRUE(twice) << *once;
  EXPECT_EQ(*twice, *once) << text;
}

TEST(Mutation, texts_of_the_project_are_formatted_once_and_for_all) {
  const auto texts = corpus();
  ASSERT_GT(texts.size(), 100U);
  for (const auto& text : texts) check(text);
}

TEST(Mutation, damaged_texts_are_refused_or_formatted) {
  const auto texts = corpus();
  Random random(1);
  for (int turn = 0; turn < 20'000 && !HasFailure(); ++turn) {
    check(damage(texts[below(random, texts.size())], texts, random));
  }
}

TEST(Mutation, depth_is_bounded) {
  for (const auto* opening : {"(", "[", "{ a = ", "!", "-", "\"${", "a ? b : ", "x {\n", "f("}) {
    std::string text = "a = ";
    if (std::string_view(opening) == "x {\n") text.clear();
    for (int depth = 0; depth < 20'000; ++depth) text += opening;
    EXPECT_FALSE(parses(text)) << opening;
  }
}

}  // namespace
}  // namespace nmx::test
