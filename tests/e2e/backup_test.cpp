#include <re2/re2.h>

#include "tests/e2e/backed_up_site.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

// Data of a service, backed up by the real restic from the units that nmx writes, destroyed, and brought back; and what
// is said where that does not go well.
namespace nmx::test {
namespace {

class Backup : public BackedUpSite {
 protected:
  void SetUp() override {
    BackedUpSite::SetUp();
    if (IsSkipped()) return;
    begin(vaultwarden + "repository disk { url = \"/srv/backup\" }\n");
    write_passwords();
  }
};

TEST_F(Backup, brings_back_what_was_destroyed) {
  const auto before = passwords();
  expect_in(before, "./attachments/a sshd sshd 644\n./db.sqlite3 sshd sshd 640\npaper\n1|one\n2|two\n");
  expect_in(do_backup("list"), "no snapshot yet");

  expect_in(do_backup("run"), "vaultwarden  nightly → disk  done");
  expect_in(do_backup("list"), "1 snapshot");
  expect_in(do_backup("verify"), "files, 1 database, all can be brought back");
  EXPECT_EQ(on("vaultwarden", "ls /var/tmp /var/backup"), "/var/backup:\n\n/var/tmp:\n") << "something is left behind";

  on("vaultwarden", "rm -rf /var/lib/vaultwarden/* && echo new > /var/lib/vaultwarden/new");
  const auto asked = backup("restore vaultwarden");
  EXPECT_EQ(asked.exit_code, 3) << asked.output;
  EXPECT_EQ(on("vaultwarden", "ls /var/lib/vaultwarden"), "new\n");
  expect_in(do_backup("restore vaultwarden -approve data-loss"), "restored");
  EXPECT_EQ(passwords(), before);
  EXPECT_EQ(on("vaultwarden", "ls -d /var/lib/vaultwarden*"), "/var/lib/vaultwarden\n") << "something is left behind";
  EXPECT_EQ(on("vaultwarden", "systemctl is-active vaultwarden"), "active\n");

  expect_in(do_backup("check -data 100%"), "sound");
  site_->expect_silence();
}

/// Ids and times are others each time.
std::string timeless(std::string text) {
  re2::RE2::GlobalReplace(&text, R"(\b[0-9a-f]{8}\b)", "0123abcd");
  re2::RE2::GlobalReplace(&text, R"(\d{4}-\d{2}-\d{2} \d{2}:\d{2})", "2026-11-26 03:12");
  re2::RE2::GlobalReplace(&text, R"(\d+ (s|min) ago)", "9 min ago");
  return text;
}

TEST_F(Backup, is_told_as_people_read_it) {
  std::string transcript;
  const auto say = [&](const std::string& words) {
    const auto result = backup(words);
    transcript += "$ nmx backup " + words + "\n" + result.output;
    if (result.exit_code != 0) transcript += "(exit " + std::to_string(result.exit_code) + ")\n";
  };
  for (const auto* words :
       {"list", "run", "list", "run vaultwarden", "list vaultwarden", "verify", "check -data 100%",
        "restore vaultwarden", "restore vaultwarden -approve data-loss", "restore vaultwarden -snapshot ffff",
        "restore -all -at 2020-01-01", "restore", "run jellyfin", "list -from hourly"})
    say(words);
  on("vaultwarden", "mv /var/lib/vaultwarden /var/lib/elsewhere");
  say("run");
  say("list");
  say("verify -at yesterday");
  expect_file(source_folder() / "tests/e2e/golden/backup.txt", timeless(transcript));
}

TEST_F(Backup, goes_back_in_time_and_to_other_owners) {
  do_backup("run");
  on("vaultwarden", "sqlite3 /var/lib/vaultwarden/db.sqlite3 \"INSERT INTO cipher VALUES (3, \\\"three\\\")\"");
  do_backup("run");
  const auto both = do_backup("list vaultwarden");
  const auto first = both.substr(both.find("\n    ") + 5, 8);
  // The host is made anew and numbers its users otherwise.
  on("vaultwarden", "sed -i s/:22:22:/:23:23:/ /etc/passwd; sed -i s/:22:/:23:/ /etc/group");
  do_backup("restore vaultwarden -approve data-loss -snapshot " + first);
  expect_in(passwords(), "./attachments/a sshd sshd 644\n./db.sqlite3 sshd sshd 640\npaper\n1|one\n2|two\n");
  EXPECT_EQ(passwords().find("three"), std::string::npos);
  do_backup("restore vaultwarden -approve data-loss");
  expect_in(passwords(), "3|three");
}

TEST_F(Backup, calls_what_is_not_whole_by_its_name) {
  do_backup("run");
  const auto fails = [&](const std::string& why) {
    const auto ran = backup("run");
    EXPECT_EQ(ran.exit_code, 1) << ran.output;
    expect_in(ran.output, why);
  };
  on("vaultwarden", "mv /var/lib/vaultwarden /var/lib/elsewhere");
  fails("/var/lib/vaultwarden is not there: nothing of it would be backed up");
  expect_in(backup("list").output, "the last run failed");
  on("vaultwarden", "mkdir /var/lib/vaultwarden");
  fails("/var/lib/vaultwarden is empty and was not before");
  on("vaultwarden", "rmdir /var/lib/vaultwarden; mv /var/lib/elsewhere /var/lib/vaultwarden");
  on("vaultwarden", "mv /srv/backup /srv/elsewhere");
  fails("the repository `disk` was there before");
  EXPECT_EQ(on("vaultwarden", "ls /srv"), "elsewhere\n") << "a new repository hides that the old one is gone";
  on("vaultwarden", "mv /srv/elsewhere /srv/backup; mv /var/lib/vaultwarden/db.sqlite3 /root");
  fails("there is no SQLite database /var/lib/vaultwarden/db.sqlite3");
  on("vaultwarden", "mv /root/db.sqlite3 /var/lib/vaultwarden");
  do_backup("run");
  expect_in(on("vaultwarden", "cat /var/lib/nmx/metrics/*.prom"),
            "nmx_backup_failed{backup=\"nightly\",service=\"vaultwarden\",repository=\"disk\"} 0");
}

TEST_F(Backup, is_incomplete_where_files_cannot_be_read) {
  // Nobody can read another process's memory from its beginning, not even root.
  site_->edit("s|^service vaultwarden {|service vaultwarden { state = [...default, \"/proc/1/mem\"],|");
  run("nmx apply -auto-approve");
  const auto ran = backup("run");
  EXPECT_EQ(ran.exit_code, 1) << ran.output;
  expect_in(ran.output, "incomplete: some files could not be read");
  expect_in(ran.output, "/proc/1/mem");
  expect_in(backup("list").output, "the last run could not read all files");
  const auto metrics = on("vaultwarden", "cat /var/lib/nmx/metrics/*.prom");
  expect_in(metrics, "repository=\"disk\"} 1");
  EXPECT_EQ(metrics.find("last_success"), std::string::npos) << metrics;
}

TEST_F(Backup, leaves_things_as_they_are_where_a_restore_fails) {
  // The newest snapshot lacks what it should hold.
  do_backup("run");
  on("vaultwarden",
     "mkdir -p /srv/other && restic-nightly-vaultwarden backup --tag nmx,backup:nightly,service:vaultwarden "
     "/srv/other");
  const auto verified = backup("verify");
  EXPECT_EQ(verified.exit_code, 1);
  expect_in(verified.output, "/var/lib/vaultwarden is not in the snapshot");
  on("vaultwarden", "echo changed > /var/lib/vaultwarden/attachments/a");
  const auto before = passwords();
  const auto restored = backup("restore vaultwarden -approve data-loss");
  EXPECT_EQ(restored.exit_code, 1) << restored.output;
  expect_in(restored.output, "the snapshot does not hold /var/lib/vaultwarden");
  EXPECT_EQ(passwords(), before);
  EXPECT_EQ(on("vaultwarden", "ls -d /var/lib/vaultwarden*"), "/var/lib/vaultwarden\n");
  EXPECT_EQ(on("vaultwarden", "systemctl is-active vaultwarden"), "active\n");
}

TEST_F(Backup, a_restore_that_was_cut_off_is_neither_backed_up_nor_restored_upon) {
  do_backup("run");
  // As the power going off leaves it.
  on("vaultwarden",
     "mv /var/lib/vaultwarden /var/lib/vaultwarden.before-restore && mkdir /var/lib/vaultwarden && echo half > "
     "/var/lib/vaultwarden/db.sqlite3 && echo \"/var/lib/vaultwarden is in /var/lib/vaultwarden.before-restore\" > "
     "/var/lib/nmx/backup/restoring-vaultwarden");
  for (const auto* words : {"run", "restore vaultwarden -approve data-loss"}) {
    const auto refused = backup(words);
    EXPECT_EQ(refused.exit_code, 1) << refused.output;
    expect_in(refused.output, "an earlier restore did not end");
    expect_in(refused.output, "/var/lib/vaultwarden is in /var/lib/vaultwarden.before-restore");
    EXPECT_EQ(on("vaultwarden", "cat /var/lib/vaultwarden.before-restore/attachments/a"), "paper\n");
  }
  on("vaultwarden",
     "rm -rf /var/lib/vaultwarden && mv /var/lib/vaultwarden.before-restore /var/lib/vaultwarden && rm "
     "/var/lib/nmx/backup/restoring-vaultwarden");
  do_backup("restore vaultwarden -approve data-loss");
  expect_in(passwords(), "1|one\n2|two\n");
}

}  // namespace
}  // namespace nmx::test
