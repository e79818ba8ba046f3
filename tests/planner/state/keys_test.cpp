#include "planner/store/keys.hpp"

#include <fstream>

#include "planner/state_file.hpp"
#include "planner/store/files.hpp"
#include "tests/planner/state/sample.hpp"

namespace nmx {
namespace {

/// Fast enough for tests; a real one is `fresh_argon2`.
const Argon2 quick{std::string(16, 's'), 1, 8192};

TEST(Keyring, makes_no_key_for_a_state_that_has_one_elsewhere) {
  const test::TemporaryFolder folder;
  auto ring = Keyring::open({"", folder.path() / "key", ""});
  ASSERT_TRUE(ring);
  const auto missing = ring->key_for({});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("is missing"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "key"));
  ASSERT_TRUE(ring->for_newborn());
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "key"));
  EXPECT_TRUE(ring->key_for({}));
}

TEST(Keyring, the_same_passphrase_and_salt_make_the_same_key) {
  auto first = Keyring::open({"", "", "correct horse"});
  auto second = Keyring::open({"", "", "correct horse"});
  auto other = Keyring::open({"", "", "battery staple"});
  const auto mark = [](Keyring& ring, const Argon2& how) { return key_mark(*ring.key_for(how), "l"); };
  EXPECT_EQ(mark(*first, quick), mark(*second, quick));
  EXPECT_NE(mark(*first, quick), mark(*other, quick));
  auto salted = quick;
  salted.salt[0] = 'x';
  EXPECT_NE(mark(*first, quick), mark(*first, salted));
}

TEST(Keyring, a_new_state_with_a_passphrase_gets_a_salt_of_its_own) {
  auto ring = Keyring::open({"", "", "correct horse"});
  const auto one = ring->for_newborn();
  const auto two = ring->for_newborn();
  ASSERT_TRUE(one && *one && two && *two);
  EXPECT_NE((*one)->salt, (*two)->salt);
  EXPECT_GE((*one)->memory, 256u << 20);
}

TEST(Keyring, says_which_kind_of_key_is_wanted) {
  const test::TemporaryFolder folder;
  auto passphrase = Keyring::open({"", "", "correct horse"});
  EXPECT_NE(passphrase->key_for({}).error().message.find("no passphrase"), std::string::npos);
  auto file = Keyring::open({"", folder.path() / "key", ""});
  EXPECT_NE(file->key_for(quick).error().help.find("NMX_STATE_PASSPHRASE"), std::string::npos);
}

TEST(Keyring, is_not_made_to_work_for_hours_by_a_state) {
  auto endless = quick;
  endless.operations = 1'000'000;
  EXPECT_FALSE(key_from_passphrase("p", endless));
  auto huge = quick;
  huge.memory = std::uint64_t{1} << 50;
  EXPECT_FALSE(key_from_passphrase("p", huge));
}

TEST(Keyring, brings_an_interrupted_change_of_the_key_file_to_its_end) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "key";
  auto ring = Keyring::open({"", file, ""});
  ASSERT_TRUE(ring->for_newborn());
  const auto before = *ring->key_for({});
  const auto next = ring->prepare_change();
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(key_mark(*ring->prepare_change(), "l"), key_mark(*next, "l"));  // made once
  // The state is still sealed with the old key.
  EXPECT_FALSE(*ring->finish_change("l", key_mark(before, "l")));
  EXPECT_EQ(key_mark(*Keyring::open({"", file, ""})->key_for({}), "l"), key_mark(before, "l"));
  // The state was written with the new one, and then came the crash.
  EXPECT_TRUE(*Keyring::open({"", file, ""})->finish_change("l", key_mark(*next, "l")));
  EXPECT_EQ(key_mark(*Keyring::open({"", file, ""})->key_for({}), "l"), key_mark(*next, "l"));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".next"));
  // What else is sealed with the old one, another environment for example, is not lost.
  EXPECT_EQ(key_mark(*Keyring::open({"", file, ""})->former_key("m", key_mark(before, "m")), "m"),
            key_mark(before, "m"));
  EXPECT_FALSE(Keyring::open({"", file, ""})->former_key("m", "another"));
}

TEST(Keyring, makes_no_key_in_place_of_one_that_is_given) {
  const auto ring = Keyring::open({std::string(64, 'a'), "", ""});
  ASSERT_TRUE(ring) << ring.error().message;
  EXPECT_FALSE(ring->prepare_change());
}

}  // namespace
}  // namespace nmx
