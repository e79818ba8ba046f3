#include <gtest/gtest.h>

#include <algorithm>

#include "tests/stdlib/whole_site.hpp"

namespace nmx::test {
namespace {

constexpr auto household = R"(
service caddy     {}
service authentik {}
service grafana   { allow = [group.admins] }
service sonarr    { allow = [group.family, group.admins] }
service jellyfin  {}
group family {}
group admins { parent = group.family, admin = true }
person ada { email = "ada@example.com", groups = [group.admins] }
)";

/// The site of which nmx keeps the people and applications.
WholeSite& managed() {
  static WholeSite site(std::map<std::string, std::string>{
      {"site.nmx",
       std::string(
           "provider proxmox { endpoint = \"https://127.0.0.1:9\", token = \"root@pam!t=x\" }\n"
           "site home { domain = \"home.example.com\", manage_identity = true, operators = [\"ssh-ed25519 AAAA\"] }\n"
           "network lan { cidr = \"192.168.50.0/24\" }\n") +
           household}});
  static const auto mistakes = site.mistakes();
  if (!mistakes.empty()) throw std::logic_error(mistakes);
  return site;
}

TEST(SignOn, is_the_best_way_that_a_service_can) {
  WholeSite site(household);
  EXPECT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("{ for s in service : s.name => s.sso }"), 200),
            R"({ authentik = "none", caddy = "none", grafana = "oidc", jellyfin = "none", sonarr = "forward_auth" })");
}

TEST(SignOn, is_none_where_nobody_can_sign_on) {
  WholeSite site("service caddy {}\nservice grafana {}\n");
  EXPECT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("service.grafana.sso")), "\"none\"");
  WholeSite wanted("service caddy {}\nservice grafana { sso = oidc }\n");
  EXPECT_NE(wanted.mistakes().find("nobody to sign on at"), std::string::npos);
}

TEST(SignOn, cannot_be_one_that_a_service_does_not_know) {
  WholeSite site(std::string(household) + "service kavita { sso = oidc }\n");
  EXPECT_NE(site.mistakes().find("kavita cannot sign on by oidc"), std::string::npos);
}

TEST(SignOn, makes_an_application_for_each_way) {
  const auto resources = managed().resources();
  for (const auto* wanted : {"service.grafana.oidc", "service.grafana.app", "service.grafana.allow[\"admins\"]",
                             "service.authentik.embedded", "group.family.this", "person.ada.this"}) {
    EXPECT_NE(std::find(resources.begin(), resources.end(), wanted), resources.end()) << wanted;
  }
  EXPECT_EQ(
      std::count_if(resources.begin(), resources.end(),
                    [](const auto& one) { return one.find("sonarr") != std::string::npos && one.ends_with(".gate"); }),
      1);
}

TEST(SignOn, opens_the_outpost_when_the_bindings_are_there) {
  auto& evaluator = *managed().evaluator;
  const auto outpost = parse_address("service.authentik.embedded");
  const auto* instance = evaluator.find(*outpost);
  ASSERT_NE(instance, nullptr);
  const auto& waits_for = evaluator.configuration(*instance).dependencies;
  EXPECT_EQ(std::count_if(waits_for.begin(), waits_for.end(),
                          [](const Address& one) { return to_string(one).find(".allow[\"") != std::string::npos; }),
            2)
      << "those of sonarr: family and admins";
}

TEST(SignOn, tells_both_sides_the_same) {
  EXPECT_EQ(display(managed().value("service.grafana.oidc.callbacks"), 200),
            R"(["https://grafana.home.example.com/login/generic_oauth"])");
  EXPECT_EQ(display(managed().value("service.grafana.oidc.issuer"), 200),
            "\"https://auth.home.example.com/application/o/grafana/\"");
}

TEST(SignOn, keeps_forged_identities_from_reaching_a_service) {
  const auto caddyfile = *managed().value("domain[\"sonarr.home.example.com\"].caddyfile").string();
  const auto stripped = caddyfile.find("request_header -X-Authentik-*");
  EXPECT_LT(stripped, caddyfile.find("@guarded")) << caddyfile;
  EXPECT_LT(stripped, caddyfile.find("forward_auth")) << caddyfile;
  EXPECT_EQ(managed().value("domain[\"jellyfin.home.example.com\"].caddyfile").string()->find("forward_auth"),
            std::string::npos);
}

/// The site of the household, with more in it.
std::string managed_with(const std::string& more) {
  return "provider proxmox { endpoint = \"https://127.0.0.1:9\", token = \"root@pam!t=x\" }\n"
         "site home { domain = \"home.example.com\", manage_identity = true, operators = [\"ssh-ed25519 AAAA\"] }\n"
         "network lan { cidr = \"192.168.50.0/24\" }\n" +
         std::string(household) + more;
}

TEST(SignOn, by_ldap_makes_an_outpost_and_one_account_that_looks_people_up) {
  WholeSite site({{"site.nmx", managed_with("service mailserver { sso = ldap, allow = [group.family] }\n")}});
  EXPECT_EQ(site.mistakes(), "");
  const auto resources = site.resources();
  for (const auto* wanted : {"ldap_provider", "ldap_app", "ldap_outpost", "ldap_user", "ldap_right"}) {
    const auto address = std::string("service.authentik.") + wanted;
    EXPECT_NE(std::find(resources.begin(), resources.end(), address), resources.end()) << address;
  }
  EXPECT_EQ(display(site.value("service.mailserver.ldap.filter"), 200),
            "\"(&(objectClass=user)(|(memberOf=cn=admins,ou=groups,DC=home,DC=example,DC=com)"
            "(memberOf=cn=family,ou=groups,DC=home,DC=example,DC=com)))\"")
      << "who is in a group below is in the group";
  EXPECT_EQ(site.value("service.mailserver.ldap.bind_dn"), Value("cn=ldap-reader,ou=users,DC=home,DC=example,DC=com"));
  const auto* outpost = site.evaluator->find(*parse_address("service.authentik.ldap_outpost"));
  const auto* user = site.evaluator->find(*parse_address("service.authentik.ldap_user"));
  ASSERT_TRUE(outpost != nullptr && user != nullptr);
  EXPECT_TRUE(site.evaluator->configuration(*outpost).attributes.at_or_null("token").secret);
  EXPECT_TRUE(site.evaluator->configuration(*user).attributes.at_or_null("password").secret);
  const auto rule = *site.value("[for o in opening : o.rule if o.port == 3389][0]").string();
  EXPECT_NE(rule.find(*site.value("service.mailserver.container.ip").string()), std::string::npos) << rule;
}

TEST(SignOn, makes_no_outpost_for_ldap_where_nobody_asks_so) {
  const auto resources = managed().resources();
  EXPECT_EQ(std::count_if(resources.begin(), resources.end(),
                          [](const auto& one) { return one.find("authentik.ldap") != std::string::npos; }),
            0);
}

TEST(SignOn, binds_pages_for_administrators_to_a_group_apart) {
  WholeSite site(
      {{"site.nmx", managed_with("service vaultwarden { allow = [group.family], admins = [group.admins] }\n")}});
  EXPECT_EQ(site.mistakes(), "");
  const std::string domain = "domain[\"vaultwarden.home.example.com\"]";
  const auto caddyfile = *site.value(domain + ".caddyfile").string();
  EXPECT_NE(caddyfile.find("@guarded path /admin /admin/*"), std::string::npos) << caddyfile;
  const auto resources = site.resources();
  EXPECT_EQ(std::count_if(resources.begin(), resources.end(),
                          [](const auto& one) {
                            return one.find("vaultwarden.home.example.com") != std::string::npos &&
                                   one.find(".allow[\"admins\"]") != std::string::npos;
                          }),
            1);
  WholeSite none(std::string(household) + "service forgejo { admins = [group.admins] }\n");
  EXPECT_NE(none.mistakes().find("the proxy cannot tell the administrators' pages of forgejo from others"),
            std::string::npos);
}

}  // namespace
}  // namespace nmx::test
