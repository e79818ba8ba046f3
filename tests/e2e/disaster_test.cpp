#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/backed_up_site.hpp"
#include "tests/support/free_port.hpp"

// Databases of all kinds, and what happens when everything is gone but the backups: docs/guide/disaster.md, step by
// step.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class Disaster : public BackedUpSite {
 protected:
  void SetUp() override {
    BackedUpSite::SetUp();
    if (IsSkipped()) return;
    for (const auto* program : {"/usr/bin/rclone", "/usr/sbin/mariadbd", "/usr/bin/psql"}) {
      if (access(program, X_OK) != 0)
        GTEST_SKIP() << program << " is not here (Debian: rclone mariadb-server-core postgresql)";
    }
    const auto port = free_port();
    run("mkdir ../repository");
    serve(fmt::format("rclone serve restic --addr 127.0.0.1:{} $PWD/../repository", port));
    begin(vaultwarden + fmt::format(R"(service postgresql {{ port sql {{ from = [network.lan] }} }}
service forgejo {{
  database = service.postgresql
  port http {{ from = [network.lan] }}
}}
service miniflux {{
  database = service.postgresql
  port http {{ from = [network.lan] }}
}}
service bookstack {{ port http {{ from = [network.lan] }} }}
repository away {{ url = "rest:http://127.0.0.1:{}/" }}
output backup_password {{ value = repository.away.password }}
)",
                                    port));
  }

  void fill() const {
    write_passwords();
    on("forgejo", "mkdir -p /var/lib/forgejo/repositories && echo commit > /var/lib/forgejo/repositories/a");
    on("postgresql",
       "setpriv --reuid=postgres --regid=postgres --clear-groups psql -q -d forgejo -c \"SET ROLE forgejo\" -c "
       "\"CREATE TABLE "
       "issue (id int PRIMARY KEY, title text); INSERT INTO issue SELECT n, \\$\\$issue \\$\\$ || n FROM "
       "generate_series(1, 1000) n; CREATE VIEW recent AS SELECT * FROM issue WHERE id > 990\"");
    on("bookstack", "mkdir -p /var/lib/bookstack/uploads && echo picture > /var/lib/bookstack/uploads/b");
    on("bookstack",
       "mariadb bookstack -e \"CREATE TABLE page (id int PRIMARY KEY, body longblob); INSERT INTO page VALUES (1, "
       "unhex(\\\"00ff27\\\")), (2, NULL); CREATE PROCEDURE count_pages() SELECT COUNT(*) FROM page\"");
  }
  std::string forgejo() const {
    return on("forgejo", "cat /var/lib/forgejo/repositories/*") +
           on("postgresql",
              "setpriv --reuid=postgres --regid=postgres --clear-groups psql -d forgejo -At -c \"SELECT "
              "md5(string_agg(title, "
              "\\$\\$,\\$\\$ ORDER BY id)), count(*), (SELECT count(*) FROM recent), (SELECT tableowner FROM pg_tables "
              "WHERE "
              "tablename = \\$\\$issue\\$\\$) FROM issue\"");
  }
  std::string bookstack() const {
    return on("bookstack",
              "cat /var/lib/bookstack/uploads/*; mariadb bookstack -N -e \"SELECT id, HEX(body) FROM page ORDER "
              "BY id; CALL count_pages()\"");
  }
  std::string everything() const { return passwords() + forgejo() + bookstack(); }

  /// Somebody pulls the plug: no container is left, and nothing that was in them.
  void empty_the_lab() const {
    const auto left = run(R"~(api() {
  curl -sk -X "$1" -H "Authorization: PVEAPIToken=$LAB_ROOT_TOKEN" "$PROXMOX_ENDPOINT/api2/json$2"
}
guests() { api GET /cluster/resources | grep -o '"vmid":[0-9]*' | cut -d: -f2 | sort -u; }
for round in $(seq 200); do
  [ -n "$(guests)" ] || break
  for id in $(guests); do api DELETE "/nodes/pve1/lxc/$id?force=1" >/dev/null; done
  sleep 0.3
done
guests)~");
    EXPECT_EQ(left, "");
  }
};

TEST_F(Disaster, databases_come_back_alone_and_with_their_services) {
  fill();
  const auto before = everything();
  expect_in(before, "|1000|10|forgejo\n");
  expect_in(before, "1\t00FF27\n2\tNULL\n2\n");
  do_backup("run");
  expect_in(do_backup("verify"), "all can be brought back");

  on("postgresql",
     "setpriv --reuid=postgres --regid=postgres --clear-groups psql -q -d forgejo -c \"DROP VIEW recent; DELETE FROM "
     "issue WHERE id > 3\"");
  on("forgejo", "rm -rf /var/lib/forgejo/*");
  on("bookstack", "mariadb bookstack -e \"DROP PROCEDURE count_pages; DELETE FROM page\"; rm -rf /var/lib/bookstack/*");
  EXPECT_NE(everything(), before);
  const auto restored = do_backup("restore forgejo bookstack -approve data-loss");
  expect_in(restored, "forgejo, its database on postgresql");
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(on("forgejo", "systemctl is-active forgejo"), "active\n");

  // Miniflux keeps nothing but that database, so it has no backup of its own.
  on("postgresql", "setpriv --reuid=postgres --regid=postgres --clear-groups dropdb miniflux");
  expect_in(do_backup("restore miniflux -approve data-loss"), "miniflux, its database on postgresql");
  expect_in(on("postgresql",
               "setpriv --reuid=postgres --regid=postgres --clear-groups psql -d miniflux -At -c \"SELECT "
               "current_user\""),
            "postgres");
}

TEST_F(Disaster, a_database_that_cannot_be_brought_back_is_as_it_was) {
  fill();
  do_backup("run");
  // The newest snapshot holds a dump that ends well and cannot be read.
  on("bookstack",
     "mkdir -p /var/backup/bookstack && cd /var/backup/bookstack && echo \"DROP DATABASE bookstack; SELECT nonsense;\" "
     "> "
     "bookstack.sql && echo \"-- Dump completed\" >> bookstack.sql && restic-nightly-bookstack backup --tag "
     "nmx,backup:nightly,service:bookstack /var/backup/bookstack /var/lib/bookstack && rm -rf /var/backup/bookstack");
  on("bookstack",
     "mariadb bookstack -e \"INSERT INTO page VALUES (3, \\\"new\\\")\"; echo new > /var/lib/bookstack/uploads/b");
  const auto before = bookstack();
  expect_in(before, "3\t6E6577\n");
  const auto failed = backup("restore bookstack -approve data-loss");
  EXPECT_EQ(failed.exit_code, 1) << failed.output;
  expect_in(failed.output, "going back to what was there before");
  EXPECT_EQ(bookstack(), before);
  EXPECT_EQ(on("bookstack", "ls /var/lib/nmx/backup | grep -c before-restore || true"), "0\n");
  do_backup("run");
}

TEST_F(Disaster, ends_with_one_apply_and_one_restore_where_the_state_is_kept) {
  fill();
  const auto before = everything();
  do_backup("run");
  empty_the_lab();
  EXPECT_EQ(shell("nmx plan -detailed-exitcode").exit_code, 2);
  run("nmx apply -approve data-loss");
  expect_in(do_backup("list"), "vaultwarden");
  do_backup("restore -all -approve data-loss");
  EXPECT_EQ(everything(), before);
  site_->expect_silence();
  do_backup("run");
}

TEST_F(Disaster, ends_with_one_apply_and_one_restore_where_the_state_is_lost) {
  fill();
  const auto before = everything();
  do_backup("run");
  const auto password = run("nmx output backup_password -reveal");
  empty_the_lab();
  fs::remove_all(site_->folder() / ".nmx");

  std::ofstream(site_->folder() / "../password") << password.substr(0, password.find('\n'));
  site_->edit("s|^repository away {|repository away { password = file(\"../password\"),|");
  run("nmx apply -auto-approve");
  do_backup("restore -all -approve data-loss");
  EXPECT_EQ(everything(), before);
  site_->expect_silence();
  do_backup("run");
}

}  // namespace
}  // namespace nmx::test
