#include <gtest/gtest.h>

#include "planner/runtime/curl_env.hpp"
#include "providers/caddy/admin.hpp"
#include "providers/caddy/provider.hpp"
#include "tests/providers/caddy/doors.hpp"
#include "tests/providers/caddy/real_caddy.hpp"
#include "tests/providers/contract/rehearsal.hpp"

namespace nmx::test {
namespace {

/// The caddy provider in front of a real Caddy.
class RealWorld : public World {
 public:
  RealWorld() {
    ProviderSettings made;
    made.name = "caddy";
    made.settings = Object{{"url", caddy.admin()}, {"listen", List{fmt::format(":{}", caddy.https())}}};
    provider_ = *type_.make(made, env_);
  }
  Provider& provider() override { return *provider_; }
  const ResourceType& type() override { return *type_.types.front(); }
  bool lose() override { return false; }
  std::string log() override { return {}; }
  void drive(Task<Done> task) override { env_.drive(std::move(task)); }
  Env& env() { return env_; }

  RealCaddy caddy;

 private:
  CurlEnv env_;
  ProviderType type_ = caddy::provider_type();
  std::unique_ptr<Provider> provider_;
};

class CaddyByApi : public testing::Test {
 protected:
  void SetUp() override {
    if (world_.caddy.absent()) GTEST_SKIP() << "it is not installed";
    ASSERT_TRUE(world_.caddy.ready()) << world_.caddy.log();
  }
  Object site(std::string host = "app.example.com") const {
    return {{"hosts", List{std::move(host)}},
            {"upstreams", List{fmt::format("127.0.0.1:{}", service_.port())}},
            {"tls", "internal"}};
  }
  Object guarded() const {
    auto written = site();
    written.set("forward_auth", Object{{"outpost", fmt::format("127.0.0.1:{}", outpost_.port())}});
    written.set("bypass", List{"/api/*"});
    return written;
  }
  void apply(const Object& written) {
    const auto done = rehearsal_.apply(written);
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_EQ(rehearsal_.differences(written), std::vector<std::string>{});
  }

  TinyServer service_{service_answer};
  TinyServer outpost_{outpost_answer};
  RealWorld world_;
  Rehearsal rehearsal_{world_, "app"};
};

TEST_F(CaddyByApi, serves_a_site_with_a_certificate_of_its_own_authority) {
  apply(site());
  EXPECT_EQ(world_.caddy.curl("app.example.com", "/"), "service");
  ASSERT_TRUE(rehearsal_.destroy());
  EXPECT_NE(world_.caddy.curl("app.example.com", "/"), "service");
}

TEST_F(CaddyByApi, lets_in_who_signed_on_and_sends_others_to_sign_on) {
  apply(guarded());
  const auto status = [&](const std::string& path, const std::string& options) {
    return world_.caddy.curl("app.example.com", path, "-o /dev/null -w '%{http_code}' " + options);
  };
  EXPECT_EQ(status("/", ""), "302");
  EXPECT_EQ(status("/", "-H 'Cookie: session=eve'"), "403");
  EXPECT_EQ(world_.caddy.curl("app.example.com", "/", "-H 'Cookie: session=ada'"), "service");
  const auto requests = service_.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_NE(requests.front().find("X-Authentik-Username: ada"), std::string::npos) << requests.front();
  EXPECT_NE(requests.front().find("X-Authentik-Groups: family|admins"), std::string::npos);
  EXPECT_EQ(requests.front().find("X-Authentik-Email"), std::string::npos) << "what the outpost did not say stays out";
  EXPECT_EQ(world_.caddy.curl("app.example.com", "/api/x"), "service");
  EXPECT_EQ(world_.caddy.curl("app.example.com", "/outpost.goauthentik.io/ping"), "outpost");
}

TEST_F(CaddyByApi, keeps_a_hostile_clients_identity_from_the_service) {
  apply(guarded());
  world_.caddy.curl("app.example.com", "/api/x", spoofs);
  world_.caddy.curl("app.example.com", "/", std::string("-H 'Cookie: session=ada' ") + spoofs);
  EXPECT_EQ(service_.requests().size(), 2u);
  EXPECT_EQ(spoofed(service_), "");
  apply(site());
  world_.caddy.curl("app.example.com", "/", spoofs);
  EXPECT_EQ(service_.requests().size(), 3u);
  EXPECT_EQ(spoofed(service_), "");
}

TEST_F(CaddyByApi, lets_websockets_through_the_gate) {
  apply(guarded());
  const auto head = world_.caddy.curl("app.example.com", "/ws",
                                      "--http1.1 -i --max-time 2 -H 'Cookie: session=ada' -H 'Connection: "
                                      "Upgrade' -H 'Upgrade: websocket' -H "
                                      "'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='");
  EXPECT_EQ(head.find("HTTP/1.1 101"), 0u) << head;
}

TEST_F(CaddyByApi, sets_and_removes_headers) {
  auto written = site();
  written.set("request_headers", Object{{"X-From", "proxy"}, {"X-Drop", ""}});
  written.set("response_headers", Object{{"Strict-Transport-Security", "max-age=31536000"}});
  apply(written);
  const auto answer = world_.caddy.curl("app.example.com", "/", "-i -H 'X-Drop: me'");
  EXPECT_NE(answer.find("max-age=31536000"), std::string::npos) << answer;
  EXPECT_NE(service_.requests().front().find("X-From: proxy"), std::string::npos);
  EXPECT_EQ(service_.requests().front().find("X-Drop"), std::string::npos);
}

TEST_F(CaddyByApi, goes_on_serving_what_it_served_when_it_refuses_a_change) {
  apply(site());
  auto odd = site();
  odd.set("tls", "acme");
  odd.set("acme", Object{{"dns", Object{{"name", "cloudflare"}}}});
  const auto refused = rehearsal_.apply(odd);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("unknown module: dns.providers.cloudflare"), std::string::npos);
  EXPECT_NE(refused.error().help.find("lego"), std::string::npos);
  EXPECT_EQ(world_.caddy.curl("app.example.com", "/"), "service");
}

TEST_F(CaddyByApi, tells_a_writer_that_another_was_faster) {
  apply(site());
  caddy::Admin admin(world_.env(), {world_.caddy.admin(), {}});
  const auto first = finish(world_, admin.read());
  ASSERT_TRUE(first);
  ASSERT_FALSE(first->etag.empty()) << "Caddy sends it as a trailer";
  Rehearsal other(world_, "other");
  ASSERT_TRUE(other.apply(site("other.example.com")));
  const auto late = finish(world_, admin.replace(first->apps, first->etag));
  EXPECT_EQ(late.fate, caddy::Admin::Replaced::Fate::changed);
  EXPECT_EQ(world_.caddy.curl("other.example.com", "/"), "service");
}

}  // namespace
}  // namespace nmx::test
