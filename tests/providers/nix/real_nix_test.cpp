#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "lang/value/value_json.hpp"
#include "planner/runtime/curl_env.hpp"
#include "providers/nix/code.hpp"

namespace nmx::nix {
namespace {

constexpr std::size_t batch = 2'000;

/// Values of every shape, made to hit what Nix reads specially: quotes, `${`, `''`, indentation, line ends, keywords.
class RandomValues {
 public:
  explicit RandomValues(std::uint64_t seed) : random_(seed) {}

  Value value(int depth) {
    switch (below(depth > 0 ? 9 : 6)) {
      case 0: return Value{};
      case 1: return below(2) == 0;
      case 2: return static_cast<std::int64_t>(random_()) >> below(64);
      case 3: return static_cast<double>(static_cast<std::int64_t>(below(2000)) - 1000) / 8;
      case 4:
      case 5: return text();
      case 6: {
        List list;
        for (auto i = below(5); i > 0; --i) list.push_back(value(depth - 1));
        return list;
      }
      default: {
        Object object;
        for (auto i = below(5); i > 0; --i) object.set(text(), value(depth - 1));
        return object;
      }
    }
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::string text() {
    static const std::vector<std::string> pieces = {
        "a",  "B",   "9",   " ",  "  ", "\n",   "\n\n", "\n  ", "\t",  "\r",   "\"",   "'",
        "''", "'''", "$",   "$$", "${", "}",    "\\",   "\\n",  "''$", "''\\", "''${", "$''",
        "#",  "/*",  "*/",  "//", ";",  "=",    ".",    "-",    "é",   "漢",   "\x7f", "😀",
        "if", "let", "rec", "or", "in", "null", "${x}", "@",    "~/x", "<x>",  "\x01", "_"};
    std::string made;
    for (auto i = below(8); i > 0; --i) made += pieces[below(pieces.size())];
    return made;
  }

  std::mt19937_64 random_;
};

class RealNix : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/bin/nix-instantiate")) GTEST_SKIP() << "nix-bin is not installed";
    std::string pattern = std::filesystem::temp_directory_path() / "nmx-nix-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  /// What Nix makes of a text.
  Result<Value> evaluate(const std::string& text) {
    const auto file = folder_ / "values.nix";
    std::ofstream(file) << text;
    ChildCommand command;
    command.arguments = {"nix-instantiate", "--eval", "--strict", "--json", file.string()};
    command.environment = {{"NIX_STATE_DIR", (folder_ / "state").string()}, {"HOME", folder_.string()}};
    const auto ran = env_.drive(env_.run(command));
    if (!ran) return ran.error();
    if (ran->exit_code != 0) return Error{ran->errors};
    return from_json(ran->output);
  }

  CurlEnv env_;
  std::filesystem::path folder_;
};

TEST_F(RealNix, reads_back_every_value_that_is_written) {
  const char* wished = std::getenv("NMX_NIX_VALUES");
  const std::size_t count = wished == nullptr ? batch * 2 : std::strtoul(wished, nullptr, 10);
  for (std::size_t done = 0; done < count; done += batch) {
    RandomValues random(done);
    List values;
    for (std::size_t i = 0; i < batch; ++i) values.push_back(random.value(3));
    const auto text = code(values);
    ASSERT_TRUE(text) << text.error().message;
    const auto read = evaluate(*text);
    ASSERT_TRUE(read) << "seed " << done << ": " << read.error().message;
    ASSERT_NE(read->list(), nullptr);
    ASSERT_EQ(read->list()->size(), values.size());
    for (std::size_t i = 0; i < batch; ++i)
      ASSERT_EQ((*read->list())[i], values[i]) << "seed " << done << "\n" << *code(values[i]);
  }
}

}  // namespace
}  // namespace nmx::nix
