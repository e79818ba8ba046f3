#include <gtest/gtest.h>

#include "tests/providers/caddy/doors.hpp"
#include "tests/providers/caddy/real_caddy.hpp"
#include "tests/stdlib/whole_site.hpp"

namespace nmx::test {
namespace {

constexpr auto site_text = R"(
service caddy     {}
service authentik {}
service sonarr    {}
domain "app.home.example.com" { to = service.sonarr, sso = forward_auth, bypass = ["/api/*"], tls = internal }
domain "open.home.example.com" { to = service.sonarr, sso = none, tls = internal }
group family {}
group admins {}
group owners { parent = group.admins }
domain "both.home.example.com" {
  to          = service.sonarr
  sso         = forward_auth
  allow       = [group.family]
  admin_paths = ["/admin", "/admin/*"]
  admins      = [group.owners]
  headers     = { X-Said = "he said \"so\"" }
}
domain "half.home.example.com" { to = service.sonarr, sso = none, admin_paths = ["/admin/*"], admins = [group.admins] }
)";

void replace(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

/// What the `domain` kind writes, in a real Caddy: only the addresses are others.
class DomainsInCaddy : public testing::Test {
 protected:
  std::string site_block(const std::string& name) {
    const auto domain = "domain[\"" + name + "\"]";
    auto text = *site_.value(domain + ".caddyfile").string();
    replace(text, *site_.value(domain + ".upstream").string(), fmt::format("127.0.0.1:{}", service_.port()));
    replace(text, *site_.value("service.authentik.endpoint").string(), fmt::format("127.0.0.1:{}", outpost_.port()));
    return name + " {\n" + text + "\n}\n";
  }
  void SetUp() override {
    ASSERT_EQ(site_.mistakes(), "");
    caddy_ = std::make_unique<RealCaddy>(site_block("app.home.example.com") + site_block("open.home.example.com") +
                                         site_block("both.home.example.com") + site_block("half.home.example.com"));
    if (caddy_->absent()) GTEST_SKIP() << "Caddy is not installed";
    ASSERT_TRUE(caddy_->ready()) << caddy_->log();
  }
  std::string status(const std::string& path, const std::string& options = "") const {
    return caddy_->curl("app.home.example.com", path, "-o /dev/null -w '%{http_code}' " + options);
  }

  WholeSite site_{std::string(site_text)};
  TinyServer service_{service_answer};
  TinyServer outpost_{outpost_answer};
  std::unique_ptr<RealCaddy> caddy_;
};

TEST_F(DomainsInCaddy, let_in_who_signed_on_and_send_others_to_sign_on) {
  EXPECT_EQ(status("/"), "302");
  EXPECT_EQ(status("/", "-H 'Cookie: session=eve'"), "403");
  EXPECT_EQ(service_.requests().size(), 0u);
  EXPECT_EQ(caddy_->curl("app.home.example.com", "/", "-H 'Cookie: session=ada'"), "service");
  EXPECT_NE(service_.requests().at(0).find("X-Authentik-Username: ada"), std::string::npos)
      << service_.requests().at(0);
  EXPECT_EQ(caddy_->curl("app.home.example.com", "/outpost.goauthentik.io/ping"), "outpost");
  const auto asked = outpost_.requests().size();
  EXPECT_EQ(caddy_->curl("app.home.example.com", "/api/x"), "service");
  EXPECT_EQ(outpost_.requests().size(), asked) << "nobody is asked on a path that is open";
}

TEST_F(DomainsInCaddy, keep_a_hostile_clients_identity_from_the_service) {
  caddy_->curl("app.home.example.com", "/", std::string("-H 'Cookie: session=ada' ") + spoofs);
  caddy_->curl("app.home.example.com", "/api/x", spoofs);
  caddy_->curl("open.home.example.com", "/", spoofs);
  EXPECT_EQ(service_.requests().size(), 3u);
  EXPECT_EQ(spoofed(service_), "");
}

TEST_F(DomainsInCaddy, keep_pages_for_administrators_from_others) {
  const std::string ada = "-H 'Cookie: session=ada' ";  // in family and admins, not in owners
  const auto status = [&](const std::string& host, const std::string& path, const std::string& options) {
    return caddy_->curl(host, path, "-o /dev/null -w '%{http_code}' " + options);
  };
  EXPECT_EQ(status("both.home.example.com", "/", ada), "200");
  EXPECT_EQ(status("both.home.example.com", "/admin", ada), "403");
  EXPECT_EQ(status("both.home.example.com", "/admin/x", ada + "-H 'X-Authentik-Groups: owners'"), "403");
  EXPECT_EQ(status("both.home.example.com", "/ADMIN/x", ada), "403");
  EXPECT_EQ(status("both.home.example.com", "//admin/x", ada), "403");
  EXPECT_EQ(status("both.home.example.com", "/%61dmin/x", ada), "403");
  EXPECT_EQ(status("half.home.example.com", "/", ""), "200");
  EXPECT_EQ(status("half.home.example.com", "/admin/x", ""), "302");
  EXPECT_EQ(status("half.home.example.com", "/admin/x", ada), "200");
  EXPECT_NE(caddy_->curl("both.home.example.com", "/", "-i " + ada).find("x-said: he said \"so\""), std::string::npos);
}

TEST_F(DomainsInCaddy, let_websockets_through) {
  const auto head = caddy_->curl(
      "app.home.example.com", "/ws",
      "--http1.1 -i --max-time 2 -H 'Cookie: session=ada' -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H "
      "'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='");
  EXPECT_EQ(head.find("HTTP/1.1 101"), 0u) << head;
}

}  // namespace
}  // namespace nmx::test
