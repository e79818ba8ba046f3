#include "providers/authentik/blueprint_text.hpp"

#include <gtest/gtest.h>

namespace nmx::authentik {
namespace {

bool before(const std::string& text, const char* first, const char* second) {
  const auto at = text.find(first);
  return at != std::string::npos && at < text.find(second);
}

TEST(BlueprintText, places_parents_before_their_children) {
  const auto text = blueprint_text({{"authentik_group", Object{{"name", "admins"}, {"parents", List{"family"}}}},
                                    {"authentik_group", Object{{"name", "family"}}}});
  EXPECT_TRUE(before(text, "id: group-family", "id: group-admins")) << text;
  EXPECT_NE(text.find("        - !KeyOf group-family\n"), std::string::npos) << text;
}

TEST(BlueprintText, ends_where_groups_are_their_own_parents) {
  const auto text = blueprint_text({{"authentik_group", Object{{"name", "a"}, {"parents", List{"b"}}}},
                                    {"authentik_group", Object{{"name", "b"}, {"parents", List{"a"}}}}});
  EXPECT_NE(text.find("id: group-b"), std::string::npos);
}

TEST(BlueprintText, keeps_secrets_out_and_names_their_variables) {
  const auto text = blueprint_text(
      {{"authentik_user", Object{{"username", "ada"}, {"password", Value("hunter2-canary").as_secret()}}}});
  EXPECT_EQ(text.find("canary"), std::string::npos);
  EXPECT_NE(text.find("#   ADA_PASSWORD\n"), std::string::npos);
  EXPECT_NE(text.find("      password: !Env ADA_PASSWORD\n"), std::string::npos) << text;
}

TEST(BlueprintText, writes_programs_as_they_read) {
  const auto text =
      blueprint_text({{"authentik_expression_policy",
                       Object{{"name", "at home"}, {"expression", "if True:\n    return 1\n\nreturn 2\n"}}}});
  EXPECT_NE(text.find("      expression: |\n        if True:\n            return 1\n\n        return 2\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("    identifiers:\n      name: \"at home\"\n"), std::string::npos) << text;
}

TEST(BlueprintText, finds_what_it_does_not_hold) {
  const auto text = blueprint_text(
      {{"authentik_policy_binding", Object{{"application", "tv"}, {"group", "authentik Admins"}, {"order", 0}}}});
  EXPECT_NE(text.find("target: !Find [authentik_core.application, [slug, tv]]"), std::string::npos) << text;
  EXPECT_NE(text.find("group: !Find [authentik_core.group, [name, \"authentik Admins\"]]"), std::string::npos) << text;
}

TEST(BlueprintText, quotes_what_yaml_would_take_for_something_else) {
  const auto text = blueprint_text({{"authentik_group", Object{{"name", "no"}}},
                                    {"authentik_group", Object{{"name", "a: b #c"}}},
                                    {"authentik_group", Object{{"name", "12"}}}});
  for (const auto* quoted : {"name: \"no\"\n", "name: \"a: b #c\"\n", "name: \"12\"\n"})
    EXPECT_NE(text.find(quoted), std::string::npos) << quoted << "\n" << text;
}

TEST(BlueprintText, leaves_the_shared_outpost_alone) {
  const auto text = blueprint_text(
      {{"authentik_outpost", Object{{"name", "authentik Embedded Outpost"}, {"providers", List{"tv"}}}}});
  EXPECT_NE(text.find("entries: []\n"), std::string::npos) << text;
  EXPECT_NE(text.find("The embedded outpost is not in it"), std::string::npos);
}

}  // namespace
}  // namespace nmx::authentik
