#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/e2e/switched_site.hpp"

// An empty Proxmox, one apply: names, proxy, sign-on and services that sign on through it. Caddy and Unbound are the
// real ones, Authentik is the lab's, and all of them run in the containers that the same apply makes.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class Household : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = SwitchedSite::missing()) GTEST_SKIP() << *missing;
    for (const auto* program : {"/usr/bin/caddy", "/usr/sbin/unbound", "/usr/bin/dig", "/usr/bin/curl"}) {
      if (!fs::exists(program)) GTEST_SKIP() << program << " is not here (Debian: caddy unbound bind9-dnsutils curl)";
    }
    site_.emplace("examples/03-single-sign-on");
    ASSERT_TRUE(site_->lab().ready());
  }

  std::string run(const std::string& line) const { return site_->run(line); }
  /// Where a container answers on loopback.
  std::string address(const std::string& container) const {
    const auto ip =
        run("nmx output -json | grep -o '\"" + container + "\": *\"[0-9.]*\"' | grep -o '[0-9.]*\"$' | tr -d '\"\\n'");
    return "127" + ip.substr(std::min(ip.find('.'), ip.size()));
  }
  std::string ask(const std::string& question) const {
    return site_
        ->shell("dig +time=2 +tries=1 +short @" + address("unbound") + " -p " + std::to_string(site_->port(53)) + " " +
                question)
        .output;
  }
  /// What a browser gets: by the name, with the certificate of the proxy's own authority.
  std::string browse(const std::string& host, const std::string& path, const std::string& options = "") const {
    const auto port = std::to_string(site_->port(443));
    return site_
        ->shell("curl -s --max-time 10 --noproxy '*' --cacert \"$(find '" + (site_->lab().folder() / "lab").string() +
                "' -name root.crt | head -n 1)\" --resolve " + host + ":" + port + ":" + address("caddy") +
                " -H 'Host: " + host + "' " + options + " 'https://" + host + ":" + port + path + "'")
        .output;
  }
  std::string status(const std::string& host, const std::string& options = "", const std::string& path = "/") const {
    return browse(host, path, "-o /dev/null -w '%{http_code}' " + options);
  }
  /// The cookie of who has signed on.
  std::string session(const std::string& user) const {
    const auto answer = browse("auth.home.example.com", "/lab/login", "-o /dev/null -D - -d username=" + user);
    const auto at = answer.find("et-cookie: ");
    const auto begin = at == std::string::npos ? answer.find("et-Cookie: ") : at;
    if (begin == std::string::npos) return "";
    return "-H 'Cookie: " + answer.substr(begin + 11, answer.find(';', begin) - begin - 11) + "' ";
  }

  std::optional<SwitchedSite> site_;
};

TEST_F(Household, comes_up_in_one_apply_changes_and_goes) {
  const auto applied = run("nmx apply -auto-approve");
  const auto at = [&](const std::string& step) {
    const auto found = applied.find("done " + step);
    EXPECT_NE(found, std::string::npos) << step << " is not in:\n" << applied;
    return found;
  };
  EXPECT_LT(at("switch authentik"), at("create group family")) << "Authentik is asked when it is well";
  EXPECT_LT(at("switch unbound"), at("create A sonarr.home.example.com")) << "so is Unbound";
  site_->expect_silence();

  EXPECT_EQ(ask("sonarr.home.example.com"),
            run("nmx output -json | grep -o '\"caddy\": *\"[0-9.]*' | grep -o '[0-9.]*$'"));
  EXPECT_EQ(ask("-x " + ask("grafana.host.home.example.com")), "grafana.host.home.example.com.\n");

  // Nobody, somebody who may, somebody who may not.
  EXPECT_EQ(status("sonarr.home.example.com"), "302");
  const auto bob = session("bob");
  EXPECT_EQ(browse("sonarr.home.example.com", "/", bob), "sonarr bob");
  EXPECT_EQ(browse("navidrome.home.example.com", "/", bob), "navidrome bob");
  EXPECT_EQ(status("sonarr.home.example.com", session("eve")), "403");
  // A path for programs, and a name that nobody may give himself.
  EXPECT_EQ(browse("sonarr.home.example.com", "/api/v3/status", "-H 'X-Authentik-Username: root'"), "sonarr ");
  EXPECT_EQ(browse("grafana.home.example.com", "/", "-H 'X-Authentik-Username: root'"), "grafana ");
  // Both sides of OpenID Connect were told the same, and neither by the other.
  const auto told = site_->on("grafana", "cat /run/secrets/grafana-oidc_secret");
  EXPECT_EQ(told.size(), 64u) << told;
  const auto known = site_->on("authentik", "cat /var/lib/authentik/authentik.json");
  expect_in(known, "\"client_secret\": \"" + told + "\"");
  expect_in(known, site_->on("authentik",
                             "sed -n s/AUTHENTIK_BOOTSTRAP_TOKEN=//p /run/secrets/authentik-env | tr -d \"\\n\""));

  // Each is changed, and all that hangs on it.
  site_->edit("s|^service unbound .*|service unbound { forward = [\"1.1.1.1@853#one.one.one.one\"] }|");
  site_->edit("s|^service authentik.*|service authentik { settings = { email.from = \"auth@example.com\" } }|");
  site_->edit("s|^service grafana .*|service grafana { title = \"Charts\", allow = [group.family] }|");
  site_->edit("s|^service sonarr .*|service sonarr { allow = [group.admins] }|");
  site_->edit(
      "s|^service navidrome .*|service navidrome { allow = [group.family], domain = \"music.home.example.com\" }|");
  site_->edit(
      "$ a domain \"tv.home.example.com\" { to = service.sonarr, sso = forward_auth, aliases = "
      "[\"films.home.example.com\"] }");
  run("nmx apply -auto-approve");
  site_->expect_silence();
  EXPECT_EQ(status("sonarr.home.example.com", bob), "403");
  EXPECT_EQ(browse("sonarr.home.example.com", "/", session("ada")), "sonarr ada");
  EXPECT_EQ(browse("music.home.example.com", "/", bob), "navidrome bob");
  EXPECT_EQ(ask("navidrome.home.example.com"), "");
  EXPECT_EQ(ask("films.home.example.com"), ask("sonarr.home.example.com"));
  EXPECT_EQ(ask("-x " + ask("sonarr.home.example.com")), "caddy.host.home.example.com.\n");

  run("nmx destroy -approve data-loss");
  EXPECT_EQ(run("nmx state list"), "");
  EXPECT_EQ(site_->shell("find hosts secrets -type f").output, "");
}

}  // namespace
}  // namespace nmx::test
