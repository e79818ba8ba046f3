#include "providers/nix/lock_file.hpp"

#include <gtest/gtest.h>

namespace nmx::nix {
namespace {

constexpr auto lock = R"({
  "nodes": {
    "nixpkgs": { "locked": { "lastModified": 1700000000, "rev": "aaaaaaaaaaaa" } },
    "nmx": {
      "inputs": { "nixpkgs": ["nixpkgs"], "sops-nix": "sops-nix" },
      "locked": { "type": "path", "path": "./nmx", "narHash": "sha256-old" }
    },
    "root": { "inputs": { "nixpkgs": "nixpkgs", "nmx": "nmx" } },
    "sops-nix": { "locked": { "lastModified": 1700000000, "rev": "bbbbbbbbbbbb" } }
  },
  "root": "root",
  "version": 7
})";

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const auto at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), by);
}

std::string told(const Result<std::vector<InputChange>>& changes) {
  if (!changes) return changes.error().message;
  std::string text;
  for (const auto& change : *changes) text += change.name + ": " + change.before + " > " + change.after + "\n";
  return text;
}

TEST(LockFile, tells_what_moved_also_of_an_inputs_inputs) {
  EXPECT_EQ(told(compare_locks(lock, lock)), "");
  EXPECT_EQ(told(compare_locks(lock, replaced(lock, "bbbbbbbbbbbb", "cccccccccccc"))),
            "nmx/sops-nix: 2023-11-14 bbbbbbb > 2023-11-14 ccccccc\n");
  EXPECT_EQ(told(compare_locks("", lock)), "nixpkgs:  > 2023-11-14 aaaaaaa\nnmx/sops-nix:  > 2023-11-14 bbbbbbb\n");
  EXPECT_EQ(told(compare_locks(lock, replaced(lock, R"(, "sops-nix": "sops-nix")", ""))),
            "nmx/sops-nix: 2023-11-14 bbbbbbb > \n");
}

TEST(LockFile, a_folder_of_the_flake_itself_is_no_input_that_moves) {
  const auto folders = own_folders(lock);
  ASSERT_TRUE(folders);
  ASSERT_EQ(folders->size(), 1u);
  EXPECT_EQ(folders->front().node, "nmx");
  EXPECT_EQ(folders->front().path, "./nmx");
  const auto edited = with_hashes(lock, {{"nmx", "sha256-new"}});
  ASSERT_TRUE(edited);
  EXPECT_NE(edited->find("sha256-new"), std::string::npos);
  EXPECT_EQ(told(compare_locks(lock, *edited)), "");
  const auto same = lock_the_same(lock, *edited);
  EXPECT_TRUE(same && *same);
  const auto other = lock_the_same(lock, replaced(lock, "bbbbbbbbbbbb", "cccccccccccc"));
  EXPECT_TRUE(other && !*other);
}

TEST(LockFile, is_left_as_it_is_where_no_hash_changes) {
  const auto untouched = with_hashes(lock, {{"nmx", "sha256-old"}});
  EXPECT_TRUE(untouched && *untouched == lock);
}

TEST(LockFile, leaves_out_what_is_to_be_renewed) {
  const auto rest = without_inputs(lock, {"nmx"});
  ASSERT_TRUE(rest);
  EXPECT_NE(told(compare_locks(lock, *rest)).find("nmx/sops-nix"), std::string::npos);
  const auto all = without_inputs(lock, {});
  EXPECT_TRUE(all && all->empty());
  const auto unknown = without_inputs(lock, {"nixpgks"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "the flake has no input `nixpgks`");
  EXPECT_EQ(unknown.error().help, "there are: `nixpkgs`, `nmx`");
}

TEST(LockFile, is_never_taken_at_its_word) {
  const std::pair<std::string, std::string> damaged[] = {
      {"<<<<<<< HEAD", "it is no JSON object"},
      {"[]", "it is no JSON object"},
      {R"({ "nodes": {} })", "it does not say what the flake itself is"},
      {R"({ "root": 7, "nodes": { "root": {} } })", "it does not say what the flake itself is"},
      {R"({ "root": "root", "nodes": { "root": [] } })", "`root` is no input"},
      {R"({ "root": "root", "nodes": { "root": { "inputs": 7 } } })", "`root` is no input"},
      {R"({ "root": "root", "nodes": { "root": { "inputs": {} }, "a": { "locked": "b" } } })", "`a` is no input"},
      {R"({ "root": "root", "nodes": { "root": { "inputs": { "a": "b" } } } })",
       "the input `a` of `root` is not in it"},
      {R"({ "root": "root", "nodes": { "root": { "inputs": { "a": 7 } } } })", "the input `a` of `root` is not in it"},
  };
  for (const auto& [text, why] : damaged) {
    EXPECT_EQ(told(compare_locks(text, lock)), "`flake.lock` is damaged: " + why) << text;
    EXPECT_FALSE(own_folders(text)) << text;
    EXPECT_FALSE(with_hashes(text, {})) << text;
    EXPECT_FALSE(lock_the_same(lock, text)) << text;
    EXPECT_FALSE(without_inputs(text, {"a"})) << text;
  }
  // What Nix never writes, and nobody is hurt by.
  EXPECT_EQ(told(compare_locks("", R"({ "root": "r", "nodes": { "r": { "inputs": { "a": "r", "b": "c" } },
                                        "c": { "locked": { "lastModified": "soon", "rev": 7 } } } })")),
            "b:  > no version\n");
}

}  // namespace
}  // namespace nmx::nix
