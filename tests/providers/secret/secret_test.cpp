#include "providers/secret/secret.hpp"

#include <gtest/gtest.h>

#include "providers/support/json_fields.hpp"

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
