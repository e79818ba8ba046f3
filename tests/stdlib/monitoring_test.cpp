#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "lang/value/value_json.hpp"
#include "tests/stdlib/whole_site.hpp"

// What the definitions write for Prometheus, Alertmanager and their like, read by the real programs.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

/// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    auto pattern = (fs::temp_directory_path() / "nmx-monitoring-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return path_ / name;
  }

 private:
  fs::path path_;
};

struct Ended {
  int code;
  std::string output;
};
Ended run(const std::string& command) {
  std::array<char, 4096> buffer{};
  std::string output;
  auto* pipe = popen((command + " 2>&1").c_str(), "r");
  while (const auto count = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), count);
  return {pclose(pipe), output};
}
bool is_installed(const std::string& program) { return run("command -v " + program).code == 0; }

/// A site that is watched, with enough in it to be worth it.
WholeSite& watched() {
  static WholeSite site(
      "profile monitoring { mail_to = [\"ada@example.com\"] }\nprofile media {}\nservice caddy {}\nservice authentik "
      "{}\n"
      "domain \"router.home.example.com\" { to = \"http://192.168.50.1\" }\n"
      "scrape router { targets = [\"192.168.50.1:9100\"], interval = 2m }\n"
      "alert \"Hot\" { expr = \"node_hwmon_temp_celsius > 80\", severity = critical, summary = \"{{ $labels.instance "
      "}} is hot\" }\n");
  static const auto mistakes = site.mistakes();
  if (!mistakes.empty()) throw std::logic_error(mistakes);
  return site;
}

/// JSON is YAML.
std::string yaml(const std::string& expression) {
  auto text = to_json(watched().value(expression), JsonStyle::pretty);
  if (!text) throw std::logic_error(text.error().message);
  return *text;
}

constexpr auto module_of_prometheus =
    "[for m in host_module : m.config.services.prometheus if can(m.config.services.prometheus.scrapeConfigs)][0]";

TEST(Rules, are_read_by_promtool) {
  if (!is_installed("promtool")) GTEST_SKIP() << "no promtool here";
  const Folder folder;
  const auto file = folder.write("rules.json", *watched().value("service.prometheus.rules").string());
  const auto checked = run("promtool check rules " + file.string());
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_NE(checked.output.find("8 rules found"), std::string::npos) << checked.output;
}

// By Prometheus's own tests of rules: Vaultwarden was backed up once, at the beginning, and Jellyfin never.
TEST(Rules, tell_of_backups_that_are_too_old_or_never_ran) {
  if (!is_installed("promtool")) GTEST_SKIP() << "no promtool here";
  WholeSite site(
      "service prometheus {}\nservice vaultwarden {}\nservice jellyfin {}\nrepository disk { url = \"/srv/backup\" }\n"
      "backup nightly {}\n");
  ASSERT_EQ(site.mistakes(), "");
  const Folder folder;
  folder.write("rules.json", *site.value("service.prometheus.rules").string());
  const auto file = folder.write("test.yaml", R"(
rule_files: [rules.json]
evaluation_interval: 30m
tests:
  - interval: 1m
    input_series:
      - series: nmx_backup_last_success_seconds{backup="nightly",service="vaultwarden",repository="disk"}
        values: 0+0x2400
    alert_rule_test:
      - { eval_time: 35h, alertname: BackupTooOld nightly }
      - eval_time: 38h
        alertname: BackupTooOld nightly
        exp_alerts:
          - exp_labels: { backup: nightly, service: vaultwarden, repository: disk, severity: critical }
            exp_annotations: { summary: the last good backup of vaultwarden to disk is 1d 14h 0m 0s old }
      - { eval_time: 35h, alertname: BackupNeverRan nightly }
      - eval_time: 38h
        alertname: BackupNeverRan nightly
        exp_alerts:
          - exp_labels: { backup: nightly, service: jellyfin, severity: critical }
            exp_annotations: { summary: jellyfin was never backed up by nightly }
)");
  const auto checked = run("promtool test rules " + file.string());
  EXPECT_EQ(checked.code, 0) << checked.output;
}

TEST(Scrapes, are_read_by_promtool) {
  if (!is_installed("promtool")) GTEST_SKIP() << "no promtool here";
  const Folder folder;
  const auto file =
      folder.write("prometheus.json",
                   fmt::format("{{\"global\": {}, \"scrape_configs\": {}, \"alerting\": {{\"alertmanagers\": {}}}}}",
                               yaml(fmt::format("{}.globalConfig", module_of_prometheus)),
                               yaml(fmt::format("{}.scrapeConfigs", module_of_prometheus)),
                               yaml(fmt::format("{}.alertmanagers", module_of_prometheus))));
  const auto checked = run("promtool check config " + file.string());
  EXPECT_EQ(checked.code, 0) << checked.output;
}

TEST(Scrapes, name_everything_of_the_site) {
  const auto text = yaml(fmt::format("{}.scrapeConfigs", module_of_prometheus));
  const auto at = [](const std::string& container, int port) {
    return fmt::format("{}:{}", *watched().value("container." + container + ".ip").string(), port);
  };
  for (const auto& target : {at("media", 9100), at("monitoring", 9100), at("caddy", 9180), at("media", 9707),
                             std::string("https://router.home.example.com/"),
                             std::string("https://grafana.home.example.com/"), std::string("192.168.50.1:9100")}) {
    EXPECT_NE(text.find(target), std::string::npos) << target;
  }
}

TEST(Alarms, are_sent_as_amtool_reads) {
  if (!is_installed("amtool")) GTEST_SKIP() << "no amtool here";
  const Folder folder;
  const auto file = folder.write(
      "alertmanager.json", yaml("[for m in host_module : m.config.services.prometheus.alertmanager.configuration if "
                                "can(m.config.services.prometheus.alertmanager.configuration)][0]"));
  const auto checked = run("amtool check-config " + file.string());
  EXPECT_EQ(checked.code, 0) << checked.output;
}

// A recording rule for each panel: promtool reads a query as Prometheus would.
TEST(Dashboards, ask_what_prometheus_understands) {
  if (!is_installed("promtool")) GTEST_SKIP() << "no promtool here";
  const Folder folder;
  const auto file = folder.write(
      "panels.json", yaml("{ groups = [{ name = \"panels\", rules = [for i, query in [for d in dashboard for p "
                          "in d.panel : p.query] : { record = \"panel:${i}\", expr = query }] }] }"));
  const auto checked = run("promtool check rules " + file.string());
  EXPECT_EQ(checked.code, 0) << checked.output;
  EXPECT_NE(checked.output.find("8 rules found"), std::string::npos) << checked.output;
}

TEST(Dashboards, lay_their_panels_out_side_by_side) {
  const auto positions =
      watched().value("[for p in dashboard[\"Containers\"].json.panels : \"${p.gridPos.x},${p.gridPos.y}\"]");
  EXPECT_EQ(display(positions, 200), R"(["0,0", "12,0", "0,8", "12,8", "0,16"])");
}

}  // namespace
}  // namespace nmx::test
