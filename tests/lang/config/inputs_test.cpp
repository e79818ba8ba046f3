#include "lang/config/inputs.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "lang/value/function.hpp"

// Files and folders as they really are.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class Folders : public testing::Test {
 protected:
  void SetUp() override {
    auto pattern = (fs::temp_directory_path() / "nmx-inputs-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    fs::permissions(folder, fs::perms{0755});
    write("a.txt");
    write("sub/b.txt");
    before = fs::current_path();
  }
  void TearDown() override {
    fs::current_path(before);
    fs::permissions(folder / "sub", fs::perms{0755});
    fs::remove_all(folder);
  }
  void write(const fs::path& name) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << "x";
  }
  /// What a function answers that stands in a file of `directory`.
  std::string answer(const std::string& function, const List& arguments, const fs::path& directory) {
    const auto outcome = call(*find_function(function), arguments, CallContext{directory, inputs});
    const auto* error = std::get_if<OperationError>(&outcome);
    return error != nullptr ? error->message : display(std::get<Value>(outcome), 400);
  }

  fs::path folder, before;
  SystemInputs inputs;
};

TEST_F(Folders, list_the_files_of_a_folder) {
  EXPECT_EQ(answer("fileset", {".", "**"}, folder), R"(["a.txt", "sub/b.txt"])");
  EXPECT_EQ(answer("fileset", {"sub", "*"}, folder), R"(["b.txt"])");
  EXPECT_EQ(answer("fileset", {"sub/", "*"}, folder), R"(["b.txt"])");
}

TEST_F(Folders, list_the_folder_in_which_nmx_was_started) {
  fs::current_path(folder);
  EXPECT_EQ(answer("fileset", {".", "*"}, ""), R"(["a.txt"])");
  EXPECT_EQ(answer("fileset", {"sub", "*"}, ""), R"(["b.txt"])");
}

TEST_F(Folders, take_no_folder_for_a_file) {
  EXPECT_EQ(answer("file", {"sub/"}, folder),
            "argument `path` of `file`: cannot read `" + (folder / "sub").string() + "/`: it is a folder");
  EXPECT_EQ(answer("fileexists", {"sub/"}, folder), "false");
}

TEST_F(Folders, lose_no_file_in_a_folder_that_cannot_be_read) {
  write("z.txt");
  fs::permissions(folder / "sub", fs::perms{0});
  const bool is_root = geteuid() == 0;
  if (is_root && seteuid(65534) != 0) GTEST_SKIP() << "root reads everything";
  const auto found = answer("fileset", {".", "**"}, folder);
  if (is_root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  EXPECT_EQ(found, "argument `path` of `fileset`: cannot read the folder `" + (folder / "sub").string() +
                       "`: Permission denied");
}

}  // namespace
}  // namespace nmx::test
