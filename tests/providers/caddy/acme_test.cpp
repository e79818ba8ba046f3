#include <fmt/core.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "planner/runtime/curl_env.hpp"
#include "providers/caddy/provider.hpp"
#include "providers/dns/provider.hpp"
#include "tests/providers/caddy/doors.hpp"
#include "tests/providers/caddy/real_caddy.hpp"
#include "tests/providers/contract/rehearsal.hpp"
#include "tests/providers/dns/real_server.hpp"
#include "tests/support/free_port.hpp"

namespace nmx::test {
namespace {

/// One provider in front of a real server.
class Reached : public World {
 public:
  Reached(ProviderType type, Object settings) : type_(std::move(type)) {
    ProviderSettings made;
    made.name = type_.name;
    made.settings = std::move(settings);
    made.derive = [](std::string_view label) { return "0123" + std::string(label); };
    provider_ = *type_.make(made, env_);
  }
  Provider& provider() override { return *provider_; }
  const ResourceType& type() override { return *type_.types.front(); }
  bool lose() override { return false; }
  std::string log() override { return {}; }
  void drive(Task<Done> task) override { env_.drive(std::move(task)); }

 private:
  CurlEnv env_;
  ProviderType type_;
  std::unique_ptr<Provider> provider_;
};

/// Pebble asks the name server of the test for names, and its ports of Caddy.
class Acme : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* program : {"/usr/bin/pebble", "/usr/bin/lego", "/usr/bin/openssl"}) {
      if (access(program, X_OK) != 0) GTEST_SKIP() << program << " is not installed";
    }
    if (caddy_.absent() || dns_.absent()) GTEST_SKIP() << "Caddy or BIND is not installed";
    ASSERT_TRUE(caddy_.ready()) << caddy_.log();
    ASSERT_TRUE(dns_.ready()) << dns_.log();
    caddy_.shell(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=pebble -addext subjectAltName=IP:127.0.0.1 "
        "-keyout pebble.key -out pebble.crt");
    std::ofstream(caddy_.folder() / "pebble.json")
        << fmt::format(R"({{"pebble":{{"listenAddress":"127.0.0.1:{}","managementListenAddress":"127.0.0.1:{}",)"
                       R"("certificate":"pebble.crt","privateKey":"pebble.key","httpPort":{},"tlsPort":{}}}}})",
                       port_, management_, caddy_.http(), caddy_.https());
    caddy_.shell(
        fmt::format("PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 setsid pebble -config pebble.json -dnsserver "
                    "127.0.0.1:{} >pebble.log 2>&1 & echo $! >pebble.pid",
                    dns_.port()));
    for (int tries = 0; tries < 100; ++tries) {
      if (!root().empty()) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_FALSE(root().empty()) << caddy_.shell("cat pebble.log");
  }
  void TearDown() override { caddy_.shell("[ ! -e pebble.pid ] || kill $(cat pebble.pid)"); }

  /// What its certificates are verified by.
  std::string root() const {
    caddy_.shell(
        fmt::format("curl -s --noproxy '*' -o root.pem --cacert pebble.crt https://127.0.0.1:{}/roots/0", management_));
    return caddy_.shell("cat root.pem 2>/dev/null");
  }
  std::string directory() const { return fmt::format("https://127.0.0.1:{}/dir", port_); }
  std::string verified() const {
    return caddy_.shell(
        fmt::format("curl -s --max-time 5 --noproxy '*' --cacert root.pem --resolve app.example.com:{0}:127.0.0.1 "
                    "https://app.example.com:{0}/",
                    caddy_.https()));
  }
  std::string verified_soon() const {
    std::string answer;
    for (int tries = 0; tries < 150 && answer != "service"; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      answer = verified();
    }
    return answer;
  }

  TinyServer service_{service_answer};
  RealCaddy caddy_;
  RealServer dns_{RealServer::Kind::bind};
  std::uint16_t port_ = free_port();
  std::uint16_t management_ = free_port();
};

TEST_F(Acme, by_http_gives_caddy_a_certificate_for_a_name_that_nmx_made) {
  Reached names(dns::provider_type(), dns_.settings());
  Rehearsal record(names, "app");
  ASSERT_TRUE(record.apply(Object{{"zone", "example.com"}, {"name", "app"}, {"type", "A"}, {"value", "127.0.0.1"}}));
  Reached proxy(caddy::provider_type(),
                Object{{"url", caddy_.admin()}, {"listen", List{fmt::format(":{}", caddy_.https())}}});
  Rehearsal site(proxy, "app");
  const auto made = site.apply(Object{{"hosts", List{"app.example.com"}},
                                      {"upstreams", List{fmt::format("127.0.0.1:{}", service_.port())}},
                                      {"acme", Object{{"ca", directory()},
                                                      {"root", (caddy_.folder() / "pebble.crt").string()},
                                                      {"email", "admin@example.com"}}}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(verified_soon(), "service") << caddy_.log() << caddy_.shell("tail -20 pebble.log");
}

TEST_F(Acme, by_dns_gives_lego_a_certificate_that_caddy_serves_from_files) {
  const auto said = caddy_.shell(
      fmt::format("LEGO_CA_CERTIFICATES=$PWD/pebble.crt RFC2136_NAMESERVER=127.0.0.1:{0} RFC2136_TSIG_KEY=nmx. "
                  "RFC2136_TSIG_ALGORITHM=hmac-sha256. RFC2136_TSIG_SECRET={1} lego --accept-tos "
                  "--email "
                  "admin@example.com --server {2} --dns rfc2136 --dns.disable-cp --dns.resolvers 127.0.0.1:{0} "
                  "--domains '*.example.com' --path "
                  "$PWD/lego run",
                  dns_.port(), RealServer::secret(), directory()));
  Reached proxy(caddy::provider_type(),
                Object{{"url", caddy_.admin()}, {"listen", List{fmt::format(":{}", caddy_.https())}}});
  Rehearsal site(proxy, "app");
  const auto at = caddy_.folder() / "lego" / "certificates";
  const auto made = site.apply(Object{{"hosts", List{"app.example.com"}},
                                      {"upstreams", List{fmt::format("127.0.0.1:{}", service_.port())}},
                                      {"tls", "files"},
                                      {"certificate", Object{{"certificate", (at / "_.example.com.crt").string()},
                                                             {"key", (at / "_.example.com.key").string()}}}});
  ASSERT_TRUE(made) << made.error().message << said;
  EXPECT_EQ(verified_soon(), "service") << said;
}

}  // namespace
}  // namespace nmx::test
