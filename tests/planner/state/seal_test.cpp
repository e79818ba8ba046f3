#include "planner/seal.hpp"

#include <sys/stat.h>

#include <fstream>

#include "planner/checksum.hpp"
#include "tests/planner/state/sample.hpp"

namespace nmx {
namespace {

StateKey key(char fill) { return StateKey::from_bytes(std::string(32, fill)); }

TEST(Seal, opens_what_it_closed) {
  const Seal seal(key('a'), "lineage");
  const auto sealed = seal.close("secret.db/value", "hunter2");
  EXPECT_EQ(sealed.find("hunter2"), std::string::npos);
  EXPECT_EQ(*seal.open("secret.db/value", sealed), "hunter2");
  EXPECT_EQ(*seal.open("p", seal.close("p", "")), "");
}

TEST(Seal, is_the_same_for_the_same_and_another_for_anything_else) {
  const Seal seal(key('a'), "lineage");
  const auto sealed = seal.close("p", "x");
  EXPECT_EQ(sealed, seal.close("p", "x"));
  EXPECT_NE(sealed, seal.close("p", "y"));
  EXPECT_NE(sealed, seal.close("q", "x"));
  EXPECT_NE(sealed, Seal(key('a'), "other").close("p", "x"));
  EXPECT_NE(sealed, Seal(key('b'), "lineage").close("p", "x"));
}

TEST(Seal, stays_shut_for_another_key_place_or_lineage) {
  const auto sealed = Seal(key('a'), "lineage").close("p", "x");
  EXPECT_FALSE(Seal(key('b'), "lineage").open("p", sealed));
  EXPECT_FALSE(Seal(key('a'), "lineage").open("q", sealed));
  EXPECT_FALSE(Seal(key('a'), "other").open("p", sealed));
}

TEST(Seal, finds_every_changed_character) {
  const Seal seal(key('a'), "lineage");
  const auto sealed = seal.close("p", "a secret of some length");
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(seal.open("p", changed)) << at;
  }
  EXPECT_FALSE(seal.open("p", ""));
}

TEST(Seal, derives_values_by_label_and_lineage) {
  const Seal seal(key('a'), "lineage");
  EXPECT_EQ(seal.derive("x").size(), 32u);
  EXPECT_EQ(seal.derive("x"), Seal(key('a'), "lineage").derive("x"));
  EXPECT_NE(seal.derive("x"), seal.derive("y"));
  EXPECT_NE(seal.derive("x"), Seal(key('a'), "other").derive("x"));
  // Label and lineage do not run into one another.
  EXPECT_NE(Seal(key('a'), "ab").derive("c"), Seal(key('a'), "a").derive("bc"));
}

TEST(StateKey, is_made_once_and_for_its_owner_alone) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "key";
  const auto made = StateKey::load("", file);
  ASSERT_TRUE(made);
  struct stat about {};
  ASSERT_EQ(::stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_EQ(about.st_size, 32);
  const auto again = StateKey::load("", file);
  ASSERT_TRUE(again);
  EXPECT_EQ(Seal(*made, "l").derive("x"), Seal(*again, "l").derive("x"));
}

TEST(StateKey, comes_as_hexadecimal_base64_or_file) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "elsewhere";
  std::ofstream(file) << std::string(32, 'k');
  ::chmod(file.c_str(), 0600);
  const auto expected = Seal(key('k'), "l").derive("x");
  for (const auto& setting :
       {to_hex(std::string(32, 'k')), std::string("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="), file.string()}) {
    const auto loaded = StateKey::load(setting, folder.path() / "never-made");
    ASSERT_TRUE(loaded) << setting;
    EXPECT_EQ(Seal(*loaded, "l").derive("x"), expected) << setting;
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "never-made"));
}

TEST(StateKey, refuses_what_is_no_key_without_showing_it) {
  const test::TemporaryFolder folder;
  const auto wrong = StateKey::load("sesame-open", folder.path() / "key");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message.find("sesame"), std::string::npos);

  const auto file = folder.path() / "key";
  std::ofstream(file) << std::string(32, 'k');
  ::chmod(file.c_str(), 0644);
  const auto open = StateKey::load("", file);
  ASSERT_FALSE(open);
  EXPECT_NE(open.error().message.find("others may read"), std::string::npos);

  std::ofstream(file) << "short";
  ::chmod(file.c_str(), 0600);
  EXPECT_FALSE(StateKey::load("", file));
}

}  // namespace
}  // namespace nmx
