#include <gtest/gtest.h>

#include "providers/lab/authentik/service.hpp"
#include "tests/providers/contract/authentik_world.hpp"
#include "tests/providers/contract/worlds.hpp"

namespace nmx::test {
namespace {

using lab::authentik::collection;
using lab::authentik::Json;

Address address(std::string name) { return Address{}.child("resource").child(std::move(name)); }

Json object_of(AuthentikWorld& world, const char* of, const char* field, const char* value) {
  Json found;
  world.server().change([&](lab::authentik::World& real) {
    if (const auto* object = real.find_by(of, field, value)) found = *object;
  });
  return found;
}

Object proxy(const std::string& name) {
  return Object{{"name", name}, {"external_host", "https://" + name + ".example.com"}};
}

TEST(Authentik, refuses_a_strangers_object_while_planning) {
  AuthentikWorld world("authentik_group");
  Rehearsal rehearsal(world, "family");
  const auto done = rehearsal.apply(Object{{"name", "family"}, {"superuser", true}});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "this Authentik already has a group `family`, and nmx did not make it");
  EXPECT_NE(done.error().help.find("import { to = container.family.object, id = \""), std::string::npos);
  EXPECT_EQ(world.count("PATCH") + world.count("POST"), 0);
}

TEST(Authentik, takes_what_is_as_wanted_already_without_writing) {
  AuthentikWorld world("authentik_group");
  Rehearsal rehearsal(world, "family");
  ASSERT_TRUE(rehearsal.apply(Object{{"name", "family"}}));
  EXPECT_EQ(world.count("PATCH") + world.count("POST"), 0);
  EXPECT_EQ(rehearsal.id(), object_of(world, "groups", "name", "family")["pk"].get<std::string>());
}

TEST(Authentik, knows_its_own_object_by_the_mark_when_the_state_was_lost) {
  AuthentikWorld world("authentik_group");
  ASSERT_TRUE(Rehearsal(world, "admins").apply(Object{{"name", "admins"}}));
  Rehearsal again(world, "admins");
  const auto done = again.apply(Object{{"name", "admins"}, {"superuser", true}});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(again.operations().at(0).verb, "adopt");
  EXPECT_EQ(object_of(world, "groups", "name", "admins")["is_superuser"], true);
  EXPECT_EQ(world.count("POST /core/groups/"), 1);
}

TEST(Authentik, sends_a_change_alone_and_what_the_server_would_otherwise_reset) {
  AuthentikWorld world("authentik_proxy_provider");
  Rehearsal rehearsal(world, "tv");
  ASSERT_TRUE(rehearsal.apply(proxy("tv")));
  const auto before = world.log().size();
  auto changed = proxy("tv");
  changed.set("skip_path_regex", List{"^/ping$"});
  ASSERT_TRUE(rehearsal.apply(changed));
  const auto sent = world.log().substr(before);
  EXPECT_NE(sent.find(R"({"mode":"forward_single","skip_path_regex":"^/ping$"})"), std::string::npos) << sent;
}

TEST(Authentik, writes_nothing_where_everything_is_equal) {
  AuthentikWorld world("authentik_proxy_provider");
  Rehearsal rehearsal(world, "tv");
  ASSERT_TRUE(rehearsal.apply(proxy("tv")));
  world.server().reset_requests();
  ASSERT_TRUE(rehearsal.apply(proxy("tv")));
  EXPECT_EQ(world.count("PATCH") + world.count("PUT") + world.count("POST"), 0);
}

TEST(Authentik, refreshes_any_number_of_objects_by_some_ten_lists) {
  AuthentikWorld world("authentik_group");
  world.server().change([](lab::authentik::World& real) {
    for (int i = 0; i < 250; ++i) real.add(collection("groups"), {{"name", "g" + std::to_string(i)}});
  });
  const auto last = object_of(world, "groups", "name", "g249")["pk"].get<std::string>();
  ASSERT_TRUE(finish(world, world.provider().connect()));
  const auto observed = finish(world, world.provider().read({{address("g"), "authentik_group", last, {}}}));
  EXPECT_EQ(observed.at(0).status, Observed::Status::present);
  EXPECT_EQ(world.count("GET /core/groups/"), 3) << "three pages of a hundred";
  EXPECT_EQ(world.count("GET"), 13) << "the login, the version, eight lists of one page, one of three";
}

TEST(Authentik, leaves_the_providers_of_others_at_the_embedded_outpost) {
  AuthentikWorld world("authentik_outpost");
  const auto theirs = object_of(world, "proxy_providers", "name", "films")["pk"];
  Json mine;
  world.server().change([&](lab::authentik::World& real) {
    auto copy = *real.find_by("proxy_providers", "name", "films");
    copy.erase("pk");
    copy["name"] = "tv";
    mine = real.add(collection("proxy_providers"), copy)["pk"];
    (*real.find_by("outposts", "type", "proxy"))["providers"] = Json::array({theirs});
  });
  Rehearsal rehearsal(world, "embedded");
  ASSERT_TRUE(rehearsal.apply(Object{{"providers", List{"tv"}}}));
  EXPECT_EQ(object_of(world, "outposts", "type", "proxy")["providers"], Json::array({theirs, mine}));
  EXPECT_EQ(rehearsal.differences(Object{{"providers", List{"tv"}}}), std::vector<std::string>{});
  ASSERT_TRUE(rehearsal.apply(Object{{"providers", List{}}, {"host", "https://auth.example.com"}}));
  EXPECT_EQ(object_of(world, "outposts", "type", "proxy")["providers"], Json::array({theirs}));
  EXPECT_EQ(object_of(world, "outposts", "type", "proxy")["config"]["authentik_host"], "https://auth.example.com");
  ASSERT_TRUE(rehearsal.destroy());
  EXPECT_EQ(object_of(world, "outposts", "type", "proxy")["providers"], Json::array({theirs}));
}

TEST(Authentik, speaks_to_the_oldest_release_in_its_own_fields) {
  AuthentikWorld world("authentik_oauth2_provider", "2025.10");
  Rehearsal rehearsal(world, "grafana");
  const Object written{{"name", "grafana"}, {"redirect_uris", List{"https://grafana.example.com/cb"}}};
  const auto done = rehearsal.apply(written);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
  auto logout = written;
  logout.set("redirect_uris", List{Object{{"url", "https://grafana.example.com/out"}, {"use", "logout"}}});
  const auto refused = rehearsal.apply(logout);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "redirect addresses for logging out need Authentik 2026.5");
}

TEST(Authentik, knows_one_parent_of_a_group_before_2025_12) {
  AuthentikWorld world("authentik_group", "2025.10");
  Rehearsal rehearsal(world, "admins");
  const Object written{{"name", "admins"}, {"parents", List{"family"}}};
  const auto done = rehearsal.apply(written);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
  const auto refused = rehearsal.apply(Object{{"name", "admins"}, {"parents", List{"family", "friends"}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "more than one of `parents` needs Authentik 2025.12");
}

TEST(Authentik, refuses_fields_that_the_release_does_not_have) {
  AuthentikWorld world("authentik_application", "2025.12");
  Rehearsal rehearsal(world, "tv");
  const auto refused = rehearsal.apply(Object{{"slug", "tv"}, {"name", "TV"}, {"hide", true}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "`hide` needs Authentik 2026.5");
}

TEST(Authentik, finds_applications_that_a_plain_user_may_not_use) {
  AuthentikWorld world("authentik_application", "", "reader-lab-authentik-token");
  const auto films = object_of(world, "applications", "slug", "films");
  world.server().change([&](lab::authentik::World& real) {
    real.add(
        collection("bindings"),
        {{"target", films["pbm_uuid"]}, {"group", real.find_by("groups", "name", "family")->at("pk")}, {"order", 0}});
  });
  ASSERT_TRUE(finish(world, world.provider().connect()));
  const ObjectId id{address("films"), "authentik_application", films["pk"], Object{{"slug", "films"}}};
  EXPECT_EQ(finish(world, world.provider().read({id})).at(0).status, Observed::Status::present);
}

TEST(Authentik, tells_a_wrong_token_and_what_to_do) {
  AuthentikWorld world("authentik_group", "", "wrong");
  const auto connected = finish(world, world.provider().connect());
  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().message, "GET /core/users/me/: Token invalid/expired");
  EXPECT_EQ(connected.error().help, "the token is wrong or expired; its intent must be `API` (Directory > Tokens)");
}

TEST(Authentik, sets_the_token_of_an_outpost_to_the_one_that_was_chosen) {
  AuthentikWorld world("authentik_outpost");
  Rehearsal rehearsal(world, "ldap");
  ASSERT_TRUE(rehearsal.apply(Object{{"name", "ldap"}, {"providers", List{"films"}}, {"token", "chosen"}}));
  const auto outpost = object_of(world, "outposts", "name", "ldap");
  const auto identifier = "ak-outpost-" + outpost["pk"].get<std::string>() + "-api";
  EXPECT_EQ(object_of(world, "tokens", "identifier", identifier.c_str())["key"], "chosen");
}

TEST(Authentik, deletes_a_binding_that_a_late_request_made_twice) {
  AuthentikWorld world("authentik_policy_binding");
  Rehearsal rehearsal(world, "films");
  ASSERT_TRUE(rehearsal.apply(Object{{"application", "films"}, {"group", "family"}}));
  world.server().change([](lab::authentik::World& real) {
    auto twin = real.in("bindings").begin()->second;
    twin.erase("pk");
    real.add(collection("bindings"), twin);
  });
  ASSERT_TRUE(rehearsal.destroy());
  world.server().change([](lab::authentik::World& real) { EXPECT_TRUE(real.in("bindings").empty()); });
}

TEST(Authentik, finds_out_what_became_of_a_lost_creation) {
  AuthentikWorld world("authentik_proxy_provider");
  Rehearsal rehearsal(world, "tv");
  ASSERT_TRUE(rehearsal.apply(proxy("tv")));
  const auto creation = rehearsal.operations().at(0);
  const auto told = finish(world, world.provider().reconcile(creation));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->fate, Fate::done);
  EXPECT_EQ(told->answer.id, rehearsal.id());
  ASSERT_TRUE(rehearsal.destroy());
  const auto gone = finish(world, world.provider().reconcile(creation));
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->fate, Fate::not_done);
}

TEST(Authentik, finds_whatever_it_made_when_the_answer_is_lost) {
  for (const auto& scenario : authentik_scenarios()) {
    SCOPED_TRACE(scenario.type);
    AuthentikWorld world(scenario.type);
    Rehearsal rehearsal(world, "example");
    rehearsal.complete(scenario.example);
    world.lose_next_answer();
    const auto done = rehearsal.apply(scenario.example);
    ASSERT_FALSE(done);
    EXPECT_NE(done.error().message.find("no answer, it may have been carried out"), std::string::npos);
    const auto told = finish(world, world.provider().reconcile(rehearsal.operations().at(0)));
    ASSERT_TRUE(told) << told.error().message;
    EXPECT_EQ(told->fate, Fate::done);
    EXPECT_FALSE(told->answer.id.empty());
  }
}

TEST(Authentik, shows_the_servers_words_with_the_path_of_the_field) {
  AuthentikWorld world("authentik_oauth2_provider");
  Rehearsal rehearsal(world, "grafana");
  const auto done =
      rehearsal.apply(Object{{"name", "grafana"}, {"redirect_uris", List{Object{{"url", ""}, {"use", "logout"}}}}});
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("redirect_uris[0].url: This field is required."), std::string::npos)
      << done.error().message;
}

TEST(Authentik, tells_an_unknown_flow_while_planning) {
  AuthentikWorld world("authentik_proxy_provider");
  Rehearsal rehearsal(world, "tv");
  auto written = proxy("tv");
  written.set("authorization_flow", "default-provider-authorization-implicit-consen");
  const auto done = rehearsal.apply(written);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().help, "did you mean `default-provider-authorization-implicit-consent`?");
}

}  // namespace
}  // namespace nmx::test
