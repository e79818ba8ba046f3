#include "providers/secret/generate.hpp"

#include <crypt.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "lang/value/functions/digest.hpp"
#include "providers/support/age_key.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx::secret {
namespace {

Generated made(Recipe recipe, std::string_view label = "here") {
  DerivedBytes bytes("a key", label);
  auto generated = generate(recipe, bytes);
  EXPECT_TRUE(generated) << (generated ? "" : generated.error().message);
  return generated ? *std::move(generated) : Generated{};
}

TEST(DerivedBytes, are_the_same_for_the_same_label_alone) {
  EXPECT_EQ(DerivedBytes("k", "a").take(100), DerivedBytes("k", "a").take(100));
  EXPECT_NE(DerivedBytes("k", "a").take(16), DerivedBytes("k", "b").take(16));
  EXPECT_NE(DerivedBytes("k", "a").take(16), DerivedBytes("l", "a").take(16));
}

TEST(DerivedBytes, give_each_number_as_often) {
  DerivedBytes bytes("k", "dice");
  std::map<std::size_t, int> counts;
  for (int i = 0; i < 62'000; ++i) ++counts[bytes.below(62)];
  ASSERT_EQ(counts.size(), 62u);
  for (const auto& [number, count] : counts) EXPECT_NEAR(count, 1000, 200) << number;
}

TEST(Generate, makes_passwords_of_the_characters_that_are_wanted) {
  const auto plain = made({.kind = "password", .length = 200});
  EXPECT_EQ(plain.value.size(), 200u);
  EXPECT_EQ(plain.value.find_first_not_of(letters_and_digits), std::string::npos);
  EXPECT_EQ(made({.kind = "password", .length = 64, .characters = "01"}).value.find_first_not_of("01"),
            std::string::npos);
}

TEST(Generate, refuses_characters_that_make_no_password) {
  for (const auto* characters : {"a", "aa", "a\n", "aä"}) {
    DerivedBytes bytes("k", "l");
    EXPECT_FALSE(generate({.kind = "password", .characters = characters}, bytes)) << characters;
  }
}

TEST(Generate, writes_bytes_in_three_encodings) {
  const auto text = made({.kind = "bytes", .length = 33, .encoding = "base64"}).value;
  EXPECT_EQ(from_base64(text)->size(), 33u);
  const auto hex = made({.kind = "bytes", .length = 33, .encoding = "hex"}).value;
  EXPECT_EQ(hex, hexadecimal(*from_base64(text)));
  const auto url = made({.kind = "bytes", .length = 34, .encoding = "base64url"}).value;
  EXPECT_EQ(url.find_first_of("+/="), std::string::npos);
}

TEST(Generate, makes_a_version_4_uuid) {
  const auto uuid = made({.kind = "uuid"}).value;
  ASSERT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
}

TEST(Generate, makes_key_pairs_whose_halves_belong_together) {
  const auto ssh = made({.kind = "ed25519"});
  EXPECT_EQ(*openssh_public_line(ssh.value), ssh.public_part);
  const auto age = made({.kind = "age"});
  EXPECT_EQ(age_key(*identity_scalar(age.value)).recipient, age.public_part);
  const auto wireguard = made({.kind = "x25519"});
  EXPECT_EQ(age_key(*from_base64(wireguard.value)).recipient.substr(0, 4), "age1");
  EXPECT_EQ(*recipient_point(age_key(*from_base64(wireguard.value)).recipient), *from_base64(wireguard.public_part));
}

TEST(Generate, hashes_a_password_as_crypt_checks_it) {
  const auto line = made({.kind = "htpasswd", .user = "ada", .password = "correct horse"}).value;
  ASSERT_EQ(line.substr(0, 8), "ada:$2y$");
  const auto hash = line.substr(4);
  EXPECT_EQ(std::string(crypt("correct horse", hash.c_str())), hash);
  EXPECT_NE(std::string(crypt("correct horsf", hash.c_str())), hash);
  DerivedBytes bytes("k", "l");
  EXPECT_FALSE(generate({.kind = "htpasswd", .password = std::string(73, 'x')}, bytes));
  EXPECT_FALSE(generate({.kind = "htpasswd", .user = "a:b", .password = "x"}, bytes));
}

}  // namespace
}  // namespace nmx::secret
