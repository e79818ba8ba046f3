#include "providers/nix/merge.hpp"

#include <gtest/gtest.h>

namespace nmx::nix {
namespace {

std::string message(const List& modules) {
  const auto merged = merge(modules);
  return merged ? "merged " + display(Value(*merged), 200) : merged.error().message;
}

TEST(Merge, joins_objects_and_appends_lists) {
  const auto merged = merge({Object{{"a", Object{{"x", 1}, {"l", List{1}}}}, {"b", true}},
                             Object{{"a", Object{{"y", 2}, {"l", List{2, 1}}}}, {"b", true}}, Value{}});
  ASSERT_TRUE(merged);
  EXPECT_EQ(Value(*merged), Value(Object{{"a", Object{{"x", 1}, {"y", 2}, {"l", List{1, 2, 1}}}}, {"b", true}}));
}

TEST(Merge, leaves_out_what_is_null) {
  EXPECT_EQ(message({Object{{"a", Value{}}, {"b", Object{{"c", Value{}}}}}}), "merged { b = {} }");
}

TEST(Merge, names_both_values_that_disagree) {
  EXPECT_EQ(message({Object{{"services", Object{{"x.y", "one"}}}}, Object{{"services", Object{{"x.y", "two"}}}}}),
            "two modules set `services.\"x.y\"` to different values: \"one\" and \"two\"");
  EXPECT_NE(message({Object{{"a", List{}}}, Object{{"a", 1}}}).find("`a` to different values"), std::string::npos);
}

TEST(Merge, names_who_disagrees) {
  const auto said = [](const List& modules) {
    const auto merged = merge(modules, {"container.media", "service.kodi", "service.jellyfin"});
    return merged ? std::string("merged") : merged.error().message;
  };
  const auto enable = [](const Value& value) {
    return Object{{"services", Object{{"x", Object{{"enable", value}, {"user", "x"}}}}}};
  };
  EXPECT_EQ(said({enable(true), Object{}, enable(false)}),
            "two modules set `services.x.enable` to different values: true (container.media) and false "
            "(service.jellyfin)");
  EXPECT_EQ(said({enable(Nix{"lib.mkDefault true"}), enable(true), enable(false)}),
            "two modules set `services.x.enable` to different values: true (service.kodi) and false "
            "(service.jellyfin)");
  EXPECT_EQ(said({Object{}, Object{}, Object{}, Object{{"a", 1}}, Object{{"a", 2}}}),
            "two modules set `a` to different values: 1 and 2");
}

TEST(Merge, says_what_to_do_instead) {
  EXPECT_EQ(merge({Object{{"a", 1}}, Object{{"a", 2}}}).error().help,
            "take one of them out; `nix(\"lib.mkForce …\")` overrules the others");
  EXPECT_EQ(merge({Object{{"a", Value("x").as_secret()}}}).error().help,
            "deliver it as a file: `secret_file NAME { host = …, value = … }` and use its `path`");
}

TEST(Merge, obeys_priorities_as_nixos_does) {
  const Value force(Nix{"lib.mkForce 1"});
  const Value fallback(Nix{"lib.mkDefault 2"});
  EXPECT_EQ(message({Object{{"a", 3}}, Object{{"a", force}}, Object{{"a", fallback}}}),
            "merged { a = nix(\"lib.mkForce 1\") }");
  EXPECT_EQ(message({Object{{"a", fallback}}, Object{{"a", 3}}}), "merged { a = 3 }");
  EXPECT_EQ(message({Object{{"a", Nix{"lib.mkOverride 10 4"}}}, Object{{"a", force}}}),
            "merged { a = nix(\"lib.mkOverride 10 4\") }");
}

TEST(Merge, refuses_what_nix_has_no_form_for) {
  EXPECT_EQ(message({Object{{"a", Object{{"b", List{Value("x").as_secret()}}}}}}),
            "`a.b` holds a secret, which everybody who can log in could read in the Nix store");
  EXPECT_EQ(message({Object{{"a", Bytes{1}}}}), "`a` is a number of bytes, which has no form in Nix");
  EXPECT_EQ(message({Object{{"a", Duration{1}}}}), "`a` is a duration, which has no form in Nix");
  EXPECT_EQ(message({Value("text")}), "a NixOS module is an object of options, found `string`");
}

}  // namespace
}  // namespace nmx::nix
