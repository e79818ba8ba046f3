#include "tests/e2e/backed_up_site.hpp"

#include <unistd.h>

#include <fstream>

namespace nmx::test {

void BackedUpSite::SetUp() {
  if (const auto missing = SwitchedSite::missing()) GTEST_SKIP() << *missing;
  for (const auto* program : {"/usr/bin/restic", "/usr/bin/sqlite3"}) {
    if (access(program, X_OK) != 0) GTEST_SKIP() << program << " is not here (Debian: restic sqlite3)";
  }
  site_.emplace("tests/e2e/sites/backup");
  ASSERT_TRUE(site_->lab().ready());
}

void BackedUpSite::TearDown() {
  for (const auto& process : servers_) shell("kill -- -" + process);
}

void BackedUpSite::begin(const std::string& blocks) const {
  std::ofstream(site_->folder() / "site.nmx", std::ios::app) << blocks;
  run("nmx apply -auto-approve");
  site_->expect_silence();
}

ShellResult BackedUpSite::backup(const std::string& words) const {
  return shell("nmx backup " + words + " -identity operator < /dev/null");
}

std::string BackedUpSite::do_backup(const std::string& words) const {
  const auto result = backup(words);
  EXPECT_EQ(result.exit_code, 0) << words << "\n" << result.output;
  return result.output;
}

std::string BackedUpSite::journal(const std::string& host, const std::string& job) const {
  return on(host, "cat /var/log/lab/restic-backups-" + job + ".service");
}

void BackedUpSite::serve(const std::string& command) {
  auto process = run("setsid " + command + " > server.log 2>&1 < /dev/null & echo $!");
  process.pop_back();
  servers_.push_back(std::move(process));
}

void BackedUpSite::write_passwords() const {
  on("vaultwarden",
     "mkdir -p /var/lib/vaultwarden/attachments && cd /var/lib/vaultwarden && echo paper > attachments/a && "
     "sqlite3 db.sqlite3 \"PRAGMA journal_mode = wal; CREATE TABLE cipher (id INTEGER, word TEXT); INSERT INTO cipher "
     "VALUES (1, \\\"one\\\"), (2, \\\"two\\\")\" && chmod 0640 db.sqlite3 && chown -R sshd:sshd .");
}

std::string BackedUpSite::passwords(const std::string& host) const {
  return on(
      host,
      "cd /var/lib/vaultwarden && find . -type f ! -name \"*-wal\" ! -name \"*-shm\" -printf \"%p %u %g %m\\n\" | "
      "sort; cat attachments/a; sqlite3 db.sqlite3 \"SELECT * FROM cipher\"");
}

}  // namespace nmx::test
