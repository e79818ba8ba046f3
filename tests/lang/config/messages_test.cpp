#include "tests/support/evaluate_text.hpp"

// Messages that take more than one file, or more work than a golden case should do.
namespace nmx::test {
namespace {

using Files = std::map<std::string, std::string>;

std::string told(Site& site) {
  site.mistakes();
  return site.rendered();
}

TEST(Messages, of_files_in_the_folder_of_kinds) {
  Site site(Files{{"site.nmx", ""}, {"kinds/a.nmx", "locals { a = 1 }\n"}});
  EXPECT_NE(told(site).find("help: files in `kinds/` hold `kind` blocks only"), std::string::npos);
}

TEST(Messages, of_modules_that_are_no_root) {
  Site site(Files{{"site.nmx", "module m { source = \"./m\" }\n"}, {"m/m.nmx", "environment dev {}\n"}});
  EXPECT_NE(told(site).find("`environment` stands in the root module only"), std::string::npos);
}

TEST(Messages, of_variables_that_a_module_is_not_given) {
  Site site(Files{{"site.nmx", "module m { source = \"./m\", sise = 2 }\n"}, {"m/m.nmx", "variable size {}\n"}});
  const auto all = told(site);
  EXPECT_NE(all.find("help: set `size = …` in this block"), std::string::npos) << all;
  EXPECT_NE(all.find("the module `m` has no variable `sise`"), std::string::npos) << all;
  EXPECT_NE(all.find("did you mean `size`?"), std::string::npos) << all;
}

TEST(Messages, of_evaluation_that_takes_too_long) {
  Site site("locals { a = [for x in range(0, 1000) : x] }\n");
  site.evaluator->limit_work(500);
  const auto all = told(site);
  EXPECT_NE(all.find("NMX0407]: evaluation takes too long: it was given up here"), std::string::npos) << all;
  EXPECT_NE(all.find("help: walk less at once: a `for` inside a `for` takes the product of both"), std::string::npos);
}

}  // namespace
}  // namespace nmx::test
