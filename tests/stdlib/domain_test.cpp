#include <gtest/gtest.h>

#include <algorithm>

#include "tests/stdlib/whole_site.hpp"

namespace nmx::test {
namespace {

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

Object attributes(WholeSite& site, const std::string& address) {
  site.evaluator->instantiate();
  const auto* instance = site.evaluator->find(*parse_address(address));
  return instance == nullptr ? Object{} : site.evaluator->configuration(*instance).attributes;
}
std::string text(const Object& object, std::string_view name) { return display(object.at_or_null(name), 200); }

constexpr auto server = R"(
provider dns { kind = "rfc2136", server = "192.168.50.53", zones = ["home.example.com"] }
)";
constexpr auto door = "service caddy {}\nservice sonarr {}\n";

TEST(Domain, is_a_name_in_the_sites_name_server) {
  WholeSite site(std::string(server) + door + "domain \"tv.home.example.com\" { to = service.sonarr }\n");
  EXPECT_EQ(site.mistakes(), "");
  const auto record = attributes(site, "domain[\"tv.home.example.com\"].record");
  EXPECT_EQ(text(record, "type"), "\"A\"");
  EXPECT_EQ(record.at_or_null("value"), site.value("service.caddy.container.ip")) << "it leads to the proxy";
  EXPECT_EQ(text(record, "ptr"), "false") << "the address leads back to the machine alone";
  const auto machine = attributes(site, "service.caddy.container.name");
  EXPECT_EQ(text(machine, "name"), "\"caddy.host.home.example.com.\"");
}

TEST(Domain, without_a_name_server_is_for_people_to_enter) {
  WholeSite site(std::string(door) + "domain \"tv.home.example.com\" { to = service.sonarr }\n");
  EXPECT_EQ(site.mistakes(), "");
  const auto by_hand = attributes(site, "domain[\"tv.home.example.com\"].names");
  EXPECT_EQ(text(by_hand, "value").substr(0, 34), "\"DNS: tv.home.example.com A 192.16") << text(by_hand, "value");
  const auto resources = site.resources();
  EXPECT_FALSE(has(resources, "domain[\"tv.home.example.com\"].record"));
}

TEST(Domain, is_for_people_to_enter_where_nmx_does_not_keep_the_names_of_the_sites_own_server) {
  WholeSite site(std::string(door) + "service unbound {}\ndomain \"tv.home.example.com\" { to = service.sonarr }\n");
  EXPECT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("site.names")), "false") << "nothing switches its machine";
  EXPECT_FALSE(attributes(site, "domain[\"tv.home.example.com\"].names").empty());
  const auto settings = display(site.value("service.unbound.nixos.services.unbound.settings"), 2000);
  EXPECT_EQ(settings.find("auth-zone"), std::string::npos) << "empty zones would hide the names: " << settings;
  EXPECT_EQ(settings.find("local-zone"), std::string::npos) << settings;
}

TEST(Domain, of_a_machine_outside_of_the_sites_domain_is_in_a_zone_of_its_own) {
  const auto with = [](const std::string& machines) {
    return std::map<std::string, std::string>{
        {"site.nmx",
         "site home { domain = \"home.example.com\", machines = \"" + machines +
             "\", operators = [\"ssh-ed25519 AAAA\"] }\n"
             "provider proxmox { endpoint = \"https://127.0.0.1:9\", token = \"root@pam!t=x\" }\nprovider nix {}\n"
             "network lan { cidr = \"192.168.50.0/24\" }\nservice unbound {}\ncontainer box {}\n"}};
  };
  WholeSite outside(with("machines.lan"));
  EXPECT_EQ(outside.mistakes(), "");
  EXPECT_EQ(text(attributes(outside, "container.box.name"), "zone"), "\"machines.lan\"");
  EXPECT_EQ(text(attributes(outside, "container.box.name"), "name"), "\"box.machines.lan.\"");
  EXPECT_EQ(display(outside.value("service.unbound.zones"), 200),
            "[\"home.example.com\", \"machines.lan\", \"50.168.192.in-addr.arpa\"]");
  const auto settings = display(outside.value("service.unbound.nixos.services.unbound.settings"), 2000);
  EXPECT_NE(settings.find("/var/lib/unbound/zones/machines.lan.zone"), std::string::npos) << settings;
  WholeSite below(with("m.home.example.com"));
  EXPECT_EQ(below.mistakes(), "");
  EXPECT_EQ(text(attributes(below, "container.box.name"), "zone"), "\"home.example.com\"");
}

TEST(Container, is_asked_by_commands_that_a_shell_takes_as_they_are) {
  WholeSite site(std::map<std::string, std::string>{
      {"site.nmx",
       "site home { domain = \"home.example.com\", operators = [\"ssh-ed25519 AAAA\"] }\n"
       "provider proxmox { endpoint = \"https://127.0.0.1:9\", token = \"root@pam!t=x\" }\n"
       "network lan { cidr = \"192.168.50.0/24\" }\nservice odd {}\n"},
      {"kinds/odd.nmx",
       "kind service.odd {\n  port http { number = 8080 }\n"
       "  health http { path = \"/it's?a=1&b=$HOME\", expect = [200, 401] }\n}\n"}});
  EXPECT_EQ(site.mistakes(), "");
  EXPECT_EQ(site.value("container.odd.asked"),
            Value(List{"nmx-check 'http://192.168.50.20:8080/it'\\''s?a=1&b=$HOME' 200 401"}));
}

TEST(Domain, that_is_public_is_told_to_the_world) {
  const std::string world =
      "site home { domain = \"home.example.com\", public_address = \"dyn.example.net\" }\n"
      "provider proxmox { endpoint = \"https://127.0.0.1:9\", token = \"root@pam!t=x\" }\n"
      "network lan { cidr = \"192.168.50.0/24\" }\n";
  const std::string tv =
      "domain \"tv.example.org\" { to = \"http://192.168.50.9\", exposure = public }\n"
      "service caddy {}\n";
  const auto with = [&](const std::string& more) {
    auto text = world + tv + more;
    text.replace(text.find("public_address"), 0, "operators = [\"ssh-ed25519 AAAA\"], ");
    return std::map<std::string, std::string>{{"site.nmx", text}};
  };
  WholeSite told(with("provider dns public { kind = \"cloudflare\", token = \"t\" }\n"));
  EXPECT_EQ(told.mistakes(), "");
  const auto record = attributes(told, "domain[\"tv.example.org\"].public");
  EXPECT_EQ(text(record, "type"), "\"CNAME\"");
  EXPECT_EQ(text(record, "value"), "\"dyn.example.net\"");
  EXPECT_EQ(told.evaluator->find(*parse_address("domain[\"tv.example.org\"].public"))->provider, "dns.public");
  EXPECT_EQ(told.value("domain[\"tv.example.org\"].caddyfile").string()->find("@outside"), std::string::npos);

  WholeSite by_hand(with(""));
  EXPECT_EQ(text(attributes(by_hand, "domain[\"tv.example.org\"].public_names"), "value"),
            "\"public DNS: tv.example.org CNAME dyn.example.net\"");
}

TEST(Domain, that_is_internal_answers_private_networks_alone) {
  WholeSite site(std::string(door) + "domain \"tv.home.example.com\" { to = service.sonarr }\n");
  EXPECT_EQ(site.mistakes(), "");
  const auto caddyfile = *site.value("domain[\"tv.home.example.com\"].caddyfile").string();
  EXPECT_LT(caddyfile.find("respond @outside 403"), caddyfile.find("reverse_proxy")) << caddyfile;
}

TEST(Domain, says_who_gets_in) {
  WholeSite site(
      std::string(door) +
      "service authentik {}\ngroup family {}\n"
      "domain \"tv.home.example.com\" { to = service.sonarr, sso = forward_auth, allow = [group.family] }\n");
  EXPECT_EQ(site.mistakes(), "");
  const auto reach = attributes(site, "domain[\"tv.home.example.com\"].reach");
  EXPECT_EQ(text(reach, "who"), "[\"family\"]");
  EXPECT_EQ(text(reach, "sign_on"), "\"forward_auth\"");
  EXPECT_EQ(text(reach, "from"), "\"private\"");
  EXPECT_EQ(text(reach, "open"), "[\"/api/*\", \"/feed/*\", \"/ping\"]");
}

TEST(Domain, from_elsewhere_is_a_zone_of_its_own) {
  WholeSite site(std::string(door) +
                 "service unbound {}\ndomain \"tv.example.org\" { to = service.sonarr, aliases = "
                 "[\"kino.home.example.com\"] }\n");
  EXPECT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("service.unbound.zones"), 200),
            "[\"home.example.com\", \"tv.example.org\", \"50.168.192.in-addr.arpa\"]");
}

TEST(Domain, of_a_wildcard_has_no_gate) {
  WholeSite site(std::string(door) +
                 "service authentik {}\ndomain \"*.home.example.com\" { to = service.sonarr, sso = forward_auth }\n");
  EXPECT_NE(site.mistakes().find("nobody can sign on at every name below home.example.com at once"), std::string::npos)
      << site.mistakes();
}

TEST(Network, asks_the_sites_own_name_server_first) {
  WholeSite site("service unbound {}\n");
  EXPECT_EQ(site.mistakes(), "");
  EXPECT_EQ(site.value("network.lan.nameservers[0]"), site.value("service.unbound.container.ip"));
  EXPECT_EQ(display(site.value("network.lan.nameservers[1]")), "\"192.168.50.1\"");
}

}  // namespace
}  // namespace nmx::test
