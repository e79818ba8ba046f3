#include <gtest/gtest.h>
#include <stdio.h>

#include <set>

#include "tests/stdlib/whole_site.hpp"

// What `backup` and `repository` make of a site: who backs up when, with which secrets, and who thins out.
namespace nmx::test {
namespace {

std::string text(WholeSite& site, const std::string& expression) { return *site.value(expression).string(); }

constexpr auto when_of =
    "{ for m in flatten([for m in host_module : [for name, b in m.config.services.restic.backups : { name = name, when "
    "= "
    "b.timerConfig.OnCalendar }] if can(m.config.services.restic.backups)]) : m.name => m.when }";

TEST(Backups, start_apart_and_always_at_the_same_minute) {
  const std::string blocks =
      "service vaultwarden {}\nservice jellyfin {}\nservice forgejo {}\nservice paperless {}\nrepository offsite { url "
      "= "
      "\"b2:bucket:path\" }\nbackup nightly { schedule = \"daily 23:50\", spread = 2h }\n";
  WholeSite site(blocks);
  ASSERT_EQ(site.mistakes(), "");
  WholeSite again(blocks);
  ASSERT_EQ(again.mistakes(), "");
  EXPECT_EQ(site.value(when_of), again.value(when_of));
  std::set<std::string> times;
  const auto all = site.value(when_of);
  for (const auto& [name, when] : *all.object()) {
    if (name == "offsite") continue;
    EXPECT_TRUE(*when.string() >= "*-*-* 23:50:00" || *when.string() < "*-*-* 01:50:00")
        << name << " at " << *when.string();
    times.insert(*when.string());
  }
  EXPECT_GE(times.size(), 3u);
  EXPECT_EQ(*all.object()->at_or_null("offsite").string(), "Sun *-*-* 06:00:00");
}

TEST(Backups, are_thinned_out_by_one_host_with_rights_that_the_others_lack) {
  WholeSite site(
      "service vaultwarden {}\nservice jellyfin {}\ncontainer vault {}\nrepository offsite {\n  url = "
      "\"b2:bucket:path\"\n  "
      "credentials = { B2_ACCOUNT_ID = \"adds\" }\n  maintenance { on = container.vault, credentials = { B2_ACCOUNT_ID "
      "= "
      "\"deletes\" } }\n}\nbackup nightly {}\nbackup hourly { of = [service.vaultwarden], schedule = \"hourly\", keep "
      "= { "
      "hourly = 24, daily = 0, weekly = 0, monthly = 0 } }\n");
  ASSERT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("keys(repository.offsite.maintainers)")), "[\"vault\"]");
  EXPECT_EQ(text(site, "reveal(secret_file[\"offsite-env-vault\"].value)"), "B2_ACCOUNT_ID=\"deletes\"");
  EXPECT_EQ(text(site, "reveal(secret_file[\"offsite-env-jellyfin\"].value)"), "B2_ACCOUNT_ID=\"adds\"");
  EXPECT_EQ(text(site,
                 "[for m in container.vault.modules : m.environment.etc[\"nmx/backup/offsite\"].text if "
                 "can(m.environment.etc[\"nmx/backup/offsite\"])][0]"),
            "repository offsite\nmakes\nkeep hourly --keep-hourly=24\nkeep nightly --keep-daily=7 --keep-monthly=12 "
            "--keep-weekly=4\n");
  EXPECT_EQ(display(site.value("length([for b in backup for j in b.jobs : j if j.makes])")), "0");
}

TEST(Backups, take_the_server_that_keeps_a_database_along) {
  WholeSite site(
      "service postgresql {}\nservice forgejo { database = service.postgresql }\nservice miniflux { database = "
      "service.postgresql }\nrepository offsite { url = \"b2:bucket:path\" }\nbackup nightly { of = [service.forgejo] "
      "}\n");
  ASSERT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("[for j in backup.nightly.jobs : \"${j.service}: ${join(\" \", j.databases)}\"]")),
            "[\"forgejo: \", \"postgresql: forgejo miniflux\"]");
}

TEST(Backups, of_a_folder_are_looked_after_by_each_host) {
  WholeSite site(
      "service vaultwarden {}\nservice jellyfin {}\nrepository disk { url = \"/srv/backup\" }\nbackup nightly {}\n");
  ASSERT_EQ(site.mistakes(), "");
  EXPECT_EQ(display(site.value("keys(repository.disk.maintainers)")), "[\"jellyfin\", \"vaultwarden\"]");
}

TEST(Backups, go_to_a_server_of_the_site_that_only_takes) {
  WholeSite site(
      "service vaultwarden {}\nservice restic-server {}\nrepository own {\n  secret_url = "
      "\"rest:http://backup:${service.restic-server.password}@${service.restic-server.container.ip}:8000/\"\n  "
      "maintenance { on "
      "= service.restic-server.container, url = \"/var/lib/restic\" }\n}\nbackup nightly {}\n");
  ASSERT_EQ(site.mistakes(), "");
  EXPECT_EQ(text(site, "repository.own.settings[\"restic-server\"].repository"), "/var/lib/restic");
  EXPECT_EQ(text(site, "repository.own.settings[\"vaultwarden\"].repositoryFile"), "/run/secrets/own-url-vaultwarden");
  EXPECT_EQ(display(site.value("keys(repository.own.settings[\"vaultwarden\"])")),
            "[\"passwordFile\", \"repositoryFile\"]");
  EXPECT_EQ(display(site.value("[for f in secret_file : f.name if startswith(f.name, \"own-url\")]")),
            "[\"own-url-vaultwarden\"]");
}

TEST(Backups, hand_credentials_over_as_the_shell_reads_them) {
  WholeSite site(
      "service vaultwarden {}\nrepository offsite { url = \"b2:bucket:path\", credentials = { B2_ACCOUNT_KEY = "
      "\"a\\\"b\\$c`d\\\\e f'g#h\" } }\nbackup nightly {}\n");
  ASSERT_EQ(site.mistakes(), "");
  auto* shell = popen("bash -s > /dev/null", "w");
  fputs((text(site, "reveal(secret_file[\"offsite-env-vaultwarden\"].value)") +
         "\n[ \"$B2_ACCOUNT_KEY\" = 'a\"b$c`d\\e f'\\''g#h' ]\n")
            .c_str(),
        shell);
  EXPECT_EQ(pclose(shell), 0);
}

}  // namespace
}  // namespace nmx::test
