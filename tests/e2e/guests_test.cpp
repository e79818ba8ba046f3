#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "providers/lab/guests/guests.hpp"
#include "tests/support/files.hpp"
#include "tests/support/lab_process.hpp"
#include "tests/support/paths.hpp"

// Containers of `nmx lab` that were started answer to ssh, as hosts made from the base image would.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class Guests : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = lab::Guests::missing()) GTEST_SKIP() << *missing;
    lab_.emplace(NMX_BINARY, "-speed 200");
    ASSERT_TRUE(lab_->ready()) << lab_->log();
    site_ = lab_->folder() / "site";
    fs::copy(source_folder() / "tests/e2e/sites/guest", site_, fs::copy_options::recursive);
    run("ssh-keygen -q -t ed25519 -N '' -C ada@example.com -f operator");
  }

  /// One line of bash in the site; fails the test unless it succeeds.
  std::string run(const std::string& line) {
    const auto result = lab_->shell(line, site_);
    EXPECT_EQ(result.exit_code, 0) << line << "\n" << result.output;
    return result.output;
  }
  /// On the guest, once it answers: a container takes a moment to boot.
  ShellResult on_guest(const std::string& command, int attempts = 100) {
    const auto port = lab_->variable("NMX_CONNECT_TO").substr(3);
    const auto base = port.empty() ? 20'000 : std::stoi(port.substr(1));
    const auto line = "ssh -p " + std::to_string(base + 22) +
                      " -i operator -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=known_hosts"
                      " -o HostKeyAlias=web root@127.168.50.31 '" +
                      command + "'";
    for (int attempt = 1;; ++attempt) {
      auto result = lab_->shell(line, site_);
      if (attempt >= attempts || result.output.find("Connection refused") == std::string::npos) return result;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  /// As planned, before the guest exists.
  void plan_and_note_the_host_key() {
    run("nmx plan -out the.plan");
    const auto plan = run("nmx show -json the.plan");
    const auto at = plan.find("web ssh-ed25519 ");
    ASSERT_NE(at, std::string::npos) << plan;
    std::ofstream(site_ / "known_hosts") << plan.substr(at, plan.find('"', at) - at) << "\n";
  }

  std::optional<LabProcess> lab_;
  fs::path site_;
};

TEST_F(Guests, prove_who_they_are_by_the_key_that_was_planned) {
  plan_and_note_the_host_key();
  EXPECT_EQ(on_guest("true", 1).exit_code, 255) << "it answers before it exists";
  run("nmx apply -auto-approve the.plan");

  const auto greeting = on_guest("hostname; readlink -f /run/current-system");
  EXPECT_EQ(greeting.output, "web\n/nix/store/00000000000000000000000000000000-nixos-system-base\n");
  EXPECT_NE(run("hostname"), "web\n") << "a guest's name is its own, not the machine's";
  EXPECT_EQ(on_guest("stat -c %a /etc/ssh/ssh_host_ed25519_key").output, "600\n");
  const auto operator_key = read_file(site_ / "operator.pub");
  EXPECT_EQ(on_guest("cat .ssh/authorized_keys").output, operator_key.substr(0, operator_key.rfind(' ')) + "\n")
      << "the key's comment carried the host key, and must be gone";
  EXPECT_EQ(read_file(lab_->folder() / "lab" / "lab.json").find("nmx-host-key"), std::string::npos);
}

TEST_F(Guests, keep_their_host_key_and_files_when_they_restart) {
  plan_and_note_the_host_key();
  run("nmx apply -auto-approve the.plan");
  EXPECT_EQ(on_guest("echo kept > /root/note").exit_code, 0);
  const std::string status =
      "curl -sfk -H \"Authorization: PVEAPIToken=$LAB_ROOT_TOKEN\" "
      "$PROXMOX_ENDPOINT/api2/json/nodes/pve1/lxc/100/status/";
  // The lab's tasks end when it is asked for something.
  const auto wait_for = [&](const std::string& word) {
    run("until " + status + "current | grep -q '\"status\":\"" + word + "\"'; do sleep 0.02; done");
  };
  run(status + "stop -X POST");
  wait_for("stopped");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(on_guest("true", 1).exit_code, 255) << "a stopped guest answers";
  run(status + "start -X POST");
  wait_for("running");
  EXPECT_EQ(on_guest("cat /root/note").output, "kept\n");
}

TEST_F(Guests, see_nothing_of_the_machine_but_its_programs) {
  plan_and_note_the_host_key();
  run("nmx apply -auto-approve the.plan");
  EXPECT_NE(on_guest("touch /usr/bin/intruder").exit_code, 0);
  EXPECT_NE(on_guest("mount -t tmpfs tmpfs /tmp").exit_code, 0);
  EXPECT_EQ(on_guest("ls " + site_.string()).exit_code, 2);
  EXPECT_EQ(on_guest("cat /proc/1/comm").output, "init\n");
  EXPECT_EQ(on_guest("env").output.find("PROXMOX"), std::string::npos);
}

TEST_F(Guests, end_with_a_lab_that_is_killed) {
  plan_and_note_the_host_key();
  run("nmx apply -auto-approve the.plan");
  ASSERT_EQ(on_guest("true").exit_code, 0);
  lab_->kill(SIGKILL);
  ShellResult result;
  for (int attempt = 0; attempt < 100 && result.exit_code == 0; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    result = on_guest("true", 1);
  }
  EXPECT_NE(result.output.find("Connection refused"), std::string::npos) << result.output;
}

TEST_F(Guests, are_reached_by_name_once_they_are_in_the_state) {
  plan_and_note_the_host_key();
  run("nmx apply -auto-approve the.plan");
  ASSERT_EQ(on_guest("echo it listens > /var/log/lab/caddy.service").exit_code, 0);
  EXPECT_EQ(run("nmx exec web -identity operator -- printf '%s|' -n \"it's\" '*'"), "-n|it's|*|");
  EXPECT_EQ(lab_->shell("nmx exec web -identity operator -- sh -c 'exit 7'", site_).exit_code, 7);
  EXPECT_EQ(run("nmx logs caddy -on web -identity operator"), "it listens\n");
  EXPECT_EQ(run("echo hostname | nmx shell web -identity operator"), "web\n");
  const auto unknown = lab_->shell("nmx shell wep", site_);
  EXPECT_EQ(unknown.output, "error: the state knows no machine `wep`\n  help: did you mean `web`?\n");
  EXPECT_EQ(unknown.exit_code, 1);
}

TEST_F(Guests, go_back_a_generation) {
  if (access("/usr/bin/nix-env", X_OK) != 0) GTEST_SKIP() << "no Nix here (Debian: nix-bin)";
  plan_and_note_the_host_key();
  run("nmx apply -auto-approve the.plan");
  const std::string second = "/nix/store/11111111111111111111111111111111-nixos-system-second";
  const auto made = on_guest("cp -r /nix/store/*-base " + second + " && sed -i s,/nix/store/[^[:space:]]*," + second +
                             ", " + second + "/bin/switch-to-configuration && ln -s " + second +
                             " /nix/var/nix/profiles/system-2-link && ln -sfn system-2-link "
                             "/nix/var/nix/profiles/system && /nix/var/nix/profiles/system/bin/switch-to-configuration "
                             "switch; readlink /run/current-system");
  ASSERT_NE(made.output.find(second), std::string::npos) << made.output;
  const auto back = run("nmx rollback web -identity operator");
  EXPECT_NE(back.find("`web` runs /nix/store/00000000000000000000000000000000-nixos-system-base again"),
            std::string::npos)
      << back;
  const auto none = lab_->shell("nmx rollback web -identity operator", site_);
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.output.find("no profile version older than the current (1) exists"), std::string::npos) << none.output;
}

}  // namespace
}  // namespace nmx::test
