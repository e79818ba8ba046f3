#include "providers/secret/secret.hpp"

#include <gtest/gtest.h>

#include "providers/support/age_key.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/openssh_key.hpp"
#include "providers/support/sops_file.hpp"

namespace nmx::secret {
namespace {

/// One secret through some plans; what was decided is applied.
class Keeping {
 public:
  explicit Keeping(std::string address) : address_(Address{}.child("resource").child("secret").child(address)) {}

  std::string plan(const Object& written) {
    const SecretType type;
    auto wanted = type.normalise(written, facts_);
    const auto decided = type.decide({address_, wanted, known_ ? &applied_ : nullptr, facts_, allocator_});
    if (!decided) return "error: " + decided.error().message;
    for (const auto& [name, value] : *decided) {
      if (!wanted.contains(name)) wanted.set(name, value);
    }
    EXPECT_TRUE(wanted.at_or_null("value").secret);
    applied_ = wanted;
    known_ = true;
    return Fields(wanted).text_or("value", "");
  }
  Object& applied() { return applied_; }
  void forget() { known_ = false; }
  void move(std::string address) { address_ = Address{}.child("resource").child("secret").child(address); }

 private:
  Address address_;
  Facts facts_{{"seed", Value("the state's").as_secret()}};
  Allocator allocator_{{}, 1};
  Object applied_;
  bool known_ = false;
};

TEST(Secret, is_the_same_at_each_plan_and_after_its_state_was_lost) {
  Keeping one("db");
  const auto first = one.plan({});
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(one.plan({}), first);
  one.forget();
  EXPECT_EQ(one.plan({}), first);
  EXPECT_NE(Keeping("other").plan({}), first);
}

TEST(Secret, changes_with_what_it_is_made_from_and_with_its_generation) {
  Keeping one("db");
  const auto first = one.plan({});
  const auto longer = one.plan({{"length", 40}});
  EXPECT_EQ(longer.size(), 40u);
  EXPECT_NE(longer.substr(0, 32), first);
  EXPECT_EQ(one.plan({}), first);
  EXPECT_NE(one.plan({{"generation", 2}}), first);
}

TEST(Secret, keeps_its_value_when_it_is_moved) {
  Keeping one("db");
  const auto first = one.plan({});
  one.move("database");
  EXPECT_EQ(one.plan({}), first);
  EXPECT_NE(one.plan({{"generation", 2}}), first);
}

TEST(Secret, that_is_written_is_taken_as_it_is) {
  Keeping one("api");
  EXPECT_EQ(one.plan({{"value", "t0ken"}}), "t0ken");
  EXPECT_EQ(*Fields(one.applied()).text("kind"), "taken");
  EXPECT_EQ(one.plan({{"value", "t0ken"}, {"kind", "uuid"}}),
            "error: `value` is written, and `uuid` asks nmx to make one");
  EXPECT_EQ(one.plan({{"kind", "taken"}}), "error: nobody has said what it is");
}

/// A SOPS file for the key whose bytes are all this letter.
std::string shared(char letter) {
  return *write_sops({{"mail", "over there"}, {"web", "elsewhere"}}, {age_key(std::string(32, letter)).recipient},
                     "seed");
}
Object in_file(const std::string& text, const std::string& key, const std::string& identity) {
  return {{"sops", Object{{"text", text}, {"key", key}, {"identity", Value(identity).as_secret()}}}};
}

TEST(Secret, of_a_sops_file_is_taken_and_nothing_is_kept_of_who_opened_it) {
  Keeping one("mail");
  const auto ada = age_key(std::string(32, 'a')).identity;
  EXPECT_EQ(one.plan(in_file(shared('a'), "mail", "# created: today\n" + ada + "\n")), "over there");
  EXPECT_EQ(*Fields(one.applied()).text("kind"), "taken");
  EXPECT_FALSE(one.applied().contains("sops"));
  const auto bea = age_key(std::string(32, 'b')).identity;
  EXPECT_EQ(one.plan(in_file(shared('a'), "web", bea + "\n" + ada)), "elsewhere") << "any of several opens it";

  const auto ssh = openssh_ed25519(std::string(32, 'o'), "ada");
  const auto for_ssh = *write_sops({{"mail", "by ssh"}}, {*age_recipient(ssh.public_line)}, "seed");
  EXPECT_EQ(one.plan(in_file(for_ssh, "mail", ssh.private_file)), "by ssh");
}

TEST(Secret, of_a_sops_file_says_why_there_is_none) {
  Keeping one("mail");
  const auto ada = age_key(std::string(32, 'a')).identity;
  EXPECT_EQ(one.plan(in_file(shared('b'), "mail", ada)),
            "error: cannot read the SOPS file: it is not encrypted for this identity");
  EXPECT_EQ(one.plan(in_file(shared('a'), "mial", ada)), "error: the SOPS file holds no `mial`");
  EXPECT_EQ(one.plan(in_file(shared('a'), "mail.password", ada)), "error: the SOPS file holds no `mail.password`");
  EXPECT_EQ(one.plan(in_file("{}", "mail", ada)), "error: cannot read the SOPS file: this is no SOPS file in JSON");
  EXPECT_EQ(one.plan(in_file(shared('a'), "mail", "a word")).substr(0, 41),
            "error: `identity` is no key that opens it");
  auto both = in_file(shared('a'), "mail", ada);
  both.set("value", "mine");
  EXPECT_EQ(one.plan(both), "error: `value` and `sops` both say what it is");
}

TEST(Secret, that_was_set_by_hand_stays_until_it_is_rotated) {
  Keeping one("api");
  const auto made = one.plan({});
  one.applied().set("value", Value("mine").as_secret());
  one.applied().set("given", true);
  EXPECT_EQ(one.plan({}), "mine");
  EXPECT_EQ(one.plan({{"length", 40}}), "mine");
  EXPECT_EQ(one.plan({{"kind", "taken"}}), "mine");
  EXPECT_EQ(one.plan({{"value", "written"}}), "written");
  one.applied().erase("given");
  one.applied().set("generation", 2);
  const auto rotated = one.plan({});
  EXPECT_NE(rotated, made);
  EXPECT_EQ(rotated.size(), 32u);
  EXPECT_EQ(one.plan({}), rotated);
}

TEST(Secret, hashes_again_only_when_the_password_changes) {
  Keeping one("basic");
  const auto first = one.plan({{"kind", "htpasswd"}, {"user", "ada"}, {"password", "one"}});
  EXPECT_EQ(one.plan({{"kind", "htpasswd"}, {"user", "ada"}, {"password", "one"}}), first);
  EXPECT_NE(one.plan({{"kind", "htpasswd"}, {"user", "ada"}, {"password", "two"}}), first);
}

}  // namespace
}  // namespace nmx::secret
