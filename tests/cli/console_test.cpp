#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/app.hpp"

namespace nmx::test {
namespace {

namespace fs = std::filesystem;

struct Said {
  std::string out;
  std::string err;
};

Said console(const std::string& site, const std::string& lines) {
  std::string pattern = (fs::temp_directory_path() / "nmx-console-XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  std::ofstream(folder / "site.nmx") << site;
  std::istringstream in(lines);
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run({"-C", folder.string(), "console"}, Streams{in, out, err}), 0) << err.str();
  fs::remove_all(folder);
  return {out.str(), err.str()};
}

const std::string site =
    "locals { names = [\"a\", \"b\"] }\n"
    "variable token {\n  type = secret(string)\n  default = \"hush\"\n}\n"
    "resource value v { input = 1 }\n";

TEST(Console, answers_expressions_of_the_root_module) {
  EXPECT_EQ(console(site, "1 + 1\n\n[for n in local.names : upper(n)]\n").out, "2\n[\"A\", \"B\"]\n");
}

TEST(Console, hides_secrets) { EXPECT_EQ(console(site, "\"Bearer ${var.token}\"\n").out, "(secret)\n"); }

TEST(Console, says_what_only_apply_can_know) {
  EXPECT_EQ(console(site, "resource.value.v.id\n").out, "⟨from resource.value.v: id, decided by nmx⟩\n");
}

TEST(Console, goes_on_after_a_mistake) {
  const auto said = console(site, "local.nams\nlocal.names[\n2\n");
  EXPECT_EQ(said.out, "2\n");
  EXPECT_NE(said.err.find("NMX0200]: there is no local `nams`"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("--> console:1:7"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("NMX0100]"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace nmx::test
