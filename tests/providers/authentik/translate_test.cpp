#include "providers/authentik/translate.hpp"

#include <gtest/gtest.h>

#include "lang/value/value_json.hpp"

namespace nmx::authentik {
namespace {

TEST(AuthentikTranslate, writes_durations_in_the_largest_unit_that_fits) {
  EXPECT_EQ(write_validity(Duration{86'400'000}), "days=1");
  EXPECT_EQ(write_validity(Duration{5'400'000}), "minutes=90");
  EXPECT_EQ(write_validity(Duration{3'600'000}), "hours=1");
  EXPECT_EQ(write_validity(Duration{1'500}), "milliseconds=1500");
}

TEST(AuthentikTranslate, reads_durations_of_several_parts) {
  EXPECT_EQ(read_validity("hours=1;minutes=30"), Duration{5'400'000});
  EXPECT_EQ(read_validity("hours=24"), read_validity("days=1"));
  EXPECT_EQ(read_validity("weeks=1"), Duration{604'800'000});
  EXPECT_EQ(read_validity("fortnights=1"), std::nullopt);
  EXPECT_EQ(read_validity("hours"), std::nullopt);
}

TEST(AuthentikTranslate, names_what_it_knows_and_shows_the_id_of_what_it_does_not) {
  const auto model = application_model();
  Directory directory;
  directory.learn(Names::provider, "tv", 7);
  const auto json = *from_json(R"({"slug": "tv", "provider": 7, "backchannel_providers": [9, 7], "pk": "u"})");
  const auto object = from_api(model, json, directory);
  EXPECT_EQ(object.at_or_null("provider_name"), Value("tv"));
  EXPECT_EQ(object.at_or_null("backchannel_provider_names"), Value(List{"9", "tv"}));
}

TEST(AuthentikTranslate, follows_a_rename) {
  Directory directory;
  directory.learn(Names::group, "family", "u1");
  directory.learn(Names::group, "household", "u1");
  EXPECT_EQ(directory.id(Names::group, "family"), std::nullopt);
  EXPECT_EQ(directory.id(Names::group, "household"), Value("u1"));
}

TEST(AuthentikTranslate, tells_of_a_field_that_came_too_late_for_the_plan) {
  const Object wanted{{"slug", "tv"}, {"hide", true}};
  const auto body = to_api(application_model(), wanted, {"slug", "hide"}, {}, Release{2025, 12});
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().message, "`hide` needs Authentik 2026.5, and this server is 2025.12");
}

TEST(AuthentikTranslate, leaves_out_a_default_that_the_release_does_not_know) {
  const auto model = oauth2_provider_model();
  const Object wanted{{"name", "grafana"}, {"grant_types", List{"authorization_code", "refresh_token"}}};
  const auto body = to_api(model, wanted, {"name", "grant_types"}, {}, Release{2025, 10});
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(Value(*body), Value(Object{{"name", "grafana"}}));
}

TEST(AuthentikTranslate, calls_the_servers_own_mappings_by_what_is_asked_for) {
  EXPECT_EQ(mapping_name(*from_json(R"({"name": "x", "managed": "goauthentik.io/providers/oauth2/scope-openid"})")),
            "openid");
  EXPECT_EQ(mapping_name(*from_json(R"({"name": "quota", "managed": null})")), "quota");
}

}  // namespace
}  // namespace nmx::authentik
