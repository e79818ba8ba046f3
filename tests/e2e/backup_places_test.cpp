#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>

#include "tests/e2e/backed_up_site.hpp"
#include "tests/support/free_port.hpp"
#include "tests/support/scripted_server.hpp"

// Where backups go: the kinds of places that restic knows, as far as they can be had on one machine.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class BackupPlaces : public BackedUpSite {
 protected:
  static bool has(const char* program) { return access(program, X_OK) == 0; }
  /// Waits until somebody listens on a port of this machine.
  void await(int port) const {
    run(fmt::format("for i in $(seq 200); do bash -c '</dev/tcp/127.0.0.1/{}' 2>/dev/null && break; sleep 0.05; done",
                    port));
  }
  /// Backs up, looks at it, destroys, brings back.
  void take_it_there_and_back() const {
    write_passwords();
    const auto before = passwords();
    do_backup("run");
    do_backup("run");
    expect_in(do_backup("list"), "2 snapshots");
    expect_in(do_backup("verify"), "all can be brought back");
    expect_in(do_backup("check"), "sound");
    on("vaultwarden", "rm -rf /var/lib/vaultwarden");
    do_backup("restore vaultwarden -approve data-loss");
    EXPECT_EQ(passwords(), before);
    site_->expect_silence();
  }
};

TEST_F(BackupPlaces, can_be_an_s3_server) {
  const ScriptedServer ceph("ceph_s3.sh");
  if (!ceph.why().empty()) GTEST_SKIP() << "Ceph: " << ceph.why();
  begin(vaultwarden +
        fmt::format(
            "repository away {{\n  url = \"s3:http://127.0.0.1:{}/backups\"\n  credentials = {{ AWS_ACCESS_KEY_ID "
            "= \"ann-key\", AWS_SECRET_ACCESS_KEY = \"ann-secret\" }}\n}}\n",
            ceph.port()));
  take_it_there_and_back();
}

TEST_F(BackupPlaces, can_be_a_server_by_ssh) {
  if (!has("/usr/sbin/sshd")) GTEST_SKIP() << "no sshd here (Debian: openssh-server)";
  const auto port = free_port();
  run("ssh-keygen -q -t ed25519 -N '' -f login && ssh-keygen -q -t ed25519 -N '' -f host && mkdir -p /run/sshd");
  serve(
      fmt::format("/usr/sbin/sshd -D -f /dev/null -p {} -h $PWD/host -o AuthorizedKeysFile=$PWD/login.pub -o "
                  "StrictModes=no -o PidFile=none -o UsePAM=no -o Subsystem='sftp internal-sftp'",
                  port));
  await(port);
  begin(vaultwarden + fmt::format("repository away {{\n  url = \"sftp://root@127.0.0.1:{}/{}/repository\"\n  ssh_key = "
                                  "file(\"login\")\n  host_key = trimspace(file(\"host.pub\"))\n}}\n",
                                  port, site_->folder().string()));
  take_it_there_and_back();
  EXPECT_TRUE(fs::exists(site_->folder() / "repository/config"));

  // A service that moves to another machine takes its snapshots along.
  const auto before = passwords();
  site_->edit("s|^service vaultwarden {|container other {}\\nservice vaultwarden { container = container.other,|");
  run("nmx apply -approve data-loss");
  do_backup("restore vaultwarden -approve data-loss");
  EXPECT_EQ(passwords("other"), before);
  site_->expect_silence();
}

TEST_F(BackupPlaces, can_be_whatever_rclone_knows) {
  if (!has("/usr/bin/rclone")) GTEST_SKIP() << "no rclone here";
  begin(vaultwarden +
        "repository away {\n  url = \"rclone:elsewhere:home\"\n  rclone = \"[elsewhere]\\ntype = alias\\nremote = "
        "/srv/cloud\\n\"\n}\n");
  take_it_there_and_back();
  EXPECT_EQ(on("vaultwarden", "ls /srv/cloud/home/config"), "/srv/cloud/home/config\n");
}

class AppendOnly : public BackupPlaces {
 protected:
  /// A server of restic's own protocol for this folder.
  int serve_repository(const std::string& options) {
    const auto port = free_port();
    serve(fmt::format("rclone serve restic --addr 127.0.0.1:{} {} $PWD/repository", port, options));
    await(port);
    return port;
  }
  int count(const std::string& job) const {
    const auto listed = on("vaultwarden", "restic-" + job + " snapshots --json");
    int found = 0;
    for (auto at = listed.find("\"short_id\""); at != std::string::npos; at = listed.find("\"short_id\"", at + 1))
      ++found;
    return found;
  }
};

TEST_F(AppendOnly, hosts_add_and_one_host_thins_out) {
  if (!has("/usr/bin/rclone")) GTEST_SKIP() << "no rclone here";
  run("mkdir repository");
  const auto adding = serve_repository("--append-only --user ann --pass s3cret");
  const auto keeping = serve_repository("");
  begin(
      vaultwarden +
      fmt::format("container vault {{}}\nrepository away {{\n  secret_url = \"rest:http://ann:s3cret@127.0.0.1:{}/\"\n"
                  "  maintenance {{ on = container.vault, url = \"rest:http://127.0.0.1:{}/\" }}\n}}\n",
                  adding, keeping));
  write_passwords();
  // The vault makes it; until then nobody backs up into nothing.
  const auto early = backup("run");
  EXPECT_EQ(early.exit_code, 1);
  expect_in(early.output, "the repository `away` is made by another host");
  on("vault", "systemctl start restic-backups-away");
  do_backup("run");
  // Old ones, as if this had gone on for years, and one of a stranger.
  for (const auto* time : {"2020-01-01 00:00:00", "2021-01-01 00:00:00"}) {
    on("vaultwarden",
       std::string("restic-nightly-vaultwarden backup --tag nmx,backup:nightly,service:vaultwarden --time \"") + time +
           "\" /var/lib/vaultwarden");
  }
  on("vaultwarden", "restic-nightly-vaultwarden backup --tag mine --time \"2019-01-01 00:00:00\" /etc/nmx");
  EXPECT_EQ(count("nightly-vaultwarden"), 4);
  // Whoever has this host cannot delete what it backed up.
  EXPECT_EQ(run(fmt::format(
                "curl -s -o /dev/null -w '%{{http_code}}' -X DELETE http://ann:s3cret@127.0.0.1:{}/snapshots/$(ls "
                "repository/snapshots | head -n 1)",
                adding)),
            "403");
  EXPECT_EQ(count("nightly-vaultwarden"), 4);

  site_->edit("s|^backup nightly {}|backup nightly { keep = { daily = 1, weekly = 0, monthly = 0 } }|");
  run("nmx apply -auto-approve");
  on("vault", "systemctl start restic-backups-away");
  EXPECT_EQ(count("nightly-vaultwarden"), 2) << journal("vault", "away");
  expect_in(on("vault", "cat /var/lib/nmx/metrics/*.prom"), "nmx_repository_failed{repository=\"away\"} 0");
  expect_in(do_backup("list"), "1 snapshot");
  expect_in(do_backup("verify"), "all can be brought back");
  for (const auto* place : {"/etc", "/nix/store", "/run/current-system/", "/var/log"})
    EXPECT_EQ(on("vaultwarden", std::string("grep -rl s3cret ") + place + " 2>/dev/null"), "")
        << "the password lies open";
  expect_in(on("vaultwarden", "cat /run/secrets/away-url-vaultwarden"), "s3cret");
}

}  // namespace
}  // namespace nmx::test
