#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/switched_site.hpp"
#include "tests/support/paths.hpp"

// From a service in a file to a machine that runs it: containers of the lab, first boot, systems built by the real Nix
// from nmx's own flake over a stand-in for nixpkgs, and switched over ssh.
namespace nmx::test {
namespace {

namespace fs = std::filesystem;

class Switch : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = SwitchedSite::missing()) GTEST_SKIP() << *missing;
    made_.emplace("examples/05-switched-machines");
    ASSERT_TRUE(made_->lab().ready());
    site_ = made_->folder();
  }

  ShellResult shell(const std::string& line) const { return made_->shell(line); }
  std::string run(const std::string& line) const { return made_->run(line); }
  void edit(const std::string& expression) const { made_->edit(expression); }
  void expect_silence() const { made_->expect_silence(); }
  std::string on(const std::string& host, const std::string& command, const std::string& options = {}) const {
    return made_->on(host, command, options);
  }
  std::string system(const std::string& host) const { return on(host, "readlink -f /run/current-system"); }

  std::optional<SwitchedSite> made_;
  fs::path site_;
};

TEST_F(Switch, a_service_ends_in_a_machine_that_runs_it) {
  run("nmx apply -auto-approve");
  expect_in(system("names"), "-nixos-system-names\n");
  expect_in(system("spare"), "-nixos-system-spare\n");
  expect_in(on("names", "systemctl is-active unbound"), "active");
  const auto known = run("git ls-files");
  for (const auto* file : {"flake.lock\n", "flake.nix\n", "hosts/names.nix\n", "hosts/spare.nix\n", "nmx/flake.nix\n"})
    expect_in(known, file);
  expect_silence();

  const auto spare = system("spare");
  edit("s|of the house|of the flat|");
  const auto plan = run("nmx plan");
  expect_in(plan, "names of the house → names of the flat");
  expect_in(plan, "1 to change");
  run("nmx apply -auto-approve");
  expect_in(on("names", "cat /run/current-system/configuration.json"), "of the flat");
  EXPECT_EQ(system("spare"), spare);
  expect_silence();
}

TEST_F(Switch, a_rotated_secret_reaches_its_machine_in_one_plan_that_is_saved) {
  run("echo 'secret_file word { host = container.names }' >> site.nmx");
  run("nmx plan -out the.plan && nmx apply the.plan");
  const auto names = system("names");
  const auto spare = system("spare");
  run("nmx secrets rotate secret_file.word");
  expect_in(run("nmx plan -out the.plan"), "secrets.word.value");
  expect_in(run("nmx apply the.plan"), "done switch names");
  EXPECT_NE(system("names"), names);
  EXPECT_EQ(system("spare"), spare);
  expect_silence();
  const auto stale = shell("nmx apply the.plan");
  EXPECT_EQ(stale.exit_code, 1);
  expect_in(stale.output, "stale");
}

TEST_F(Switch, a_machine_can_build_its_own_system) {
  edit("s|provider nix {|provider nix { build = target,|");
  run("nmx apply -auto-approve");
  expect_in(on("names", "systemctl is-active unbound"), "active");
  expect_silence();
}

TEST_F(Switch, an_edit_by_hand_of_the_flake_shows_as_another_system) {
  run("nmx apply -auto-approve");
  std::ofstream(site_ / "hosts/spare.local.nix") << "{ environment.etc.motd.text = \"by hand\"; }\n";
  run("git add hosts");
  const auto plan = run("nmx plan");
  expect_in(plan, "system");
  expect_in(plan, "1 to change");
  run("nmx apply -auto-approve");
  expect_in(on("spare", "cat /run/current-system/configuration.json"), "by hand");
  expect_silence();
}

TEST_F(Switch, an_upgrade_takes_new_inputs_to_the_machines_and_leaves_the_flake_alone_where_it_is_refused) {
  // An input that moves: the stand-in, in a folder of its own.
  run("cp -r '" + (source_folder() / "tests/flake/stand-in/nixpkgs").string() + "' ~/nixpkgs");
  run("sed -i \"s|nixpkgs.url = .*|nixpkgs.url = \\\"path:$HOME/nixpkgs\\\";|\" flake.nix");
  run("nmx apply -auto-approve");
  const auto names = system("names");
  const auto spare = system("spare");
  expect_in(run("nmx upgrade"), "Every input is at its newest.");

  run("sed -i 's|\"/usr/bin:/bin\"|\"/usr/bin:/bin:/opt/bin\"|' ~/nixpkgs/packages.nix");
  expect_silence();
  // Another inode would be another file, if only for a moment: whoever is asked has not answered yet.
  const auto before = run("stat -c %i flake.lock && cat flake.lock && git status --short");
  const auto refused = shell("nmx upgrade");
  EXPECT_EQ(refused.exit_code, 3) << refused.output;
  expect_in(refused.output, "nixpkgs");
  EXPECT_EQ(run("stat -c %i flake.lock && cat flake.lock && git status --short"), before);
  expect_silence();

  run("nmx upgrade spare -auto-approve");
  EXPECT_EQ(system("names"), names);
  EXPECT_NE(system("spare"), spare);
  run("nmx apply -auto-approve");
  EXPECT_NE(system("names"), names);
  expect_silence();
  const auto unknown = shell("nmx upgrade spar");
  expect_in(unknown.output, "the state knows no machine `spar`");
  expect_in(unknown.output, "did you mean `spare`?");
}

TEST_F(Switch, an_upgrade_that_changes_no_machine_is_asked_for_too_and_tells_of_the_inputs_of_inputs) {
  run("cp -r '" + (source_folder() / "tests/flake/stand-in/authentik-nix").string() + "' ~/authentik-nix");
  run("sed -i \"s|authentik-nix.url = .*|authentik-nix.url = \\\"path:$HOME/authentik-nix\\\";|\" flake.nix");
  run("nmx apply -auto-approve");
  run("echo '# newer' >> ~/authentik-nix/flake.nix");
  const auto lock = run("cat flake.lock");
  const auto refused = shell("nmx upgrade");
  EXPECT_EQ(refused.exit_code, 3) << refused.output;
  expect_in(refused.output, "  nmx/authentik-nix  ");
  expect_in(refused.output, "this plan needs `-approve live`");
  EXPECT_EQ(run("cat flake.lock"), lock);
  expect_in(run("nmx upgrade -approve live"), "The flake has them now.");
  EXPECT_NE(run("cat flake.lock"), lock);
  expect_in(run("nmx upgrade"), "Every input is at its newest.");
}

TEST_F(Switch, an_upgrade_tells_git_of_the_files_that_it_brings) {
  run("nmx apply -auto-approve");
  run("git rm -q --cached -f nmx/template/flake.nix && rm nmx/template/flake.nix");
  expect_in(run("nmx upgrade -auto-approve"), "nmx/  1 file as this nmx brings them");
  expect_in(run("git ls-files"), "nmx/template/flake.nix\n");
  expect_silence();
}

TEST_F(Switch, a_container_and_its_system_are_one_machine_in_every_environment) {
  run("printf 'environment prod { default = true }\nenvironment dev {}\n' >> site.nmx");
  run("nmx apply -e dev -auto-approve");
  for (const auto* name : {"container.spare", "spare", "spare-dev"})
    expect_in(on(name, "readlink -f /run/current-system", "-e dev"), "-nixos-system-spare\n");
}

TEST_F(Switch, a_damaged_lock_is_told_of) {
  run("echo '{\"nodes\": 7}' > flake.lock && git add flake.lock");
  const auto plan = shell("nmx plan");
  EXPECT_EQ(plan.exit_code, 1) << plan.output;
  expect_in(plan.output, "`flake.lock` is damaged: it does not say what the flake itself is");
  expect_in(plan.output, "`git checkout flake.lock`");
}

TEST_F(Switch, a_plan_leaves_the_lock_alone_and_an_apply_says_what_the_own_folders_hold) {
  run("nmx apply -auto-approve");
  run("sed -i 's|weekly|daily|' nmx/modules/base.nix");
  const auto lock = run("cat flake.lock");
  run("nmx plan");
  EXPECT_EQ(run("cat flake.lock"), lock);
  run("nmx apply -auto-approve");
  EXPECT_NE(run("cat flake.lock"), lock);
  run("cp flake.lock ours && nix flake lock path:. && cmp ours flake.lock");
}

TEST_F(Switch, an_edit_of_the_modules_that_came_with_nmx_counts) {
  run("nmx apply -auto-approve");
  run("sed -i 's|weekly|daily|' nmx/modules/base.nix");
  expect_in(run("nmx plan"), "2 to change");
  run("nmx apply -auto-approve");
  expect_in(on("spare", "cat /run/current-system/configuration.json"), "\"dates\":\"daily\"");
  expect_silence();
  // An upgrade brings them as they were.
  expect_in(run("nmx upgrade -auto-approve"), "nmx/  1 file as this nmx brings them");
  expect_in(on("spare", "cat /run/current-system/configuration.json"), "\"dates\":\"weekly\"");
}

TEST_F(Switch, a_machine_that_was_switched_by_others_is_brought_back) {
  run("nmx apply -auto-approve");
  const auto ours = system("spare");
  on("spare", "/nix/var/nix/profiles/system-1-link/bin/switch-to-configuration switch");
  const auto plan = run("nmx plan");
  expect_in(plan, "Changed outside nmx");
  expect_in(plan, "undoes");
  run("nmx apply -auto-approve");
  EXPECT_EQ(system("spare"), ours);
  expect_silence();
}

TEST_F(Switch, what_fails_goes_back_and_the_unit_has_the_last_word) {
  run("nmx apply -auto-approve");
  const auto before = system("spare");
  edit(
      R"(s|^container spare.*|container spare { nixos = { systemd.services.web.serviceConfig.ExecStart = "false cannot listen on :443" } }|)");
  const auto applied = shell("nmx apply -auto-approve");
  EXPECT_EQ(applied.exit_code, 1) << applied.output;
  expect_in(applied.output, "the following units failed: web.service");
  expect_in(applied.output, "cannot listen on :443");
  expect_in(applied.output, "went back and runs /nix/store/");
  EXPECT_EQ(system("spare"), before);
  const auto plan = run("nmx plan");
  expect_in(plan, "1 to change");
  edit("s|false cannot|true can|");
  run("nmx apply -auto-approve");
  expect_in(on("spare", "systemctl is-active web"), "active");
  expect_silence();
}

TEST_F(Switch, killed_in_the_middle_the_next_run_brings_it_to_an_end) {
  run("nmx apply -auto-approve");
  // Each time at another moment of: writing, building, copying, switching, checking.
  int number = 0;
  for (const auto* moment : {"0.4", "0.8", "1.2", "1.6", "2", "2.5"}) {
    const auto word = "word-" + std::to_string(++number);
    edit("s|names of the [a-z0-9-]*|names of the " + word + "|");
    const auto killed = shell(std::string("timeout --foreground -s KILL ") + moment + " nmx apply -auto-approve");
    EXPECT_TRUE(killed.exit_code == 137 || killed.exit_code == 0) << killed.output;
    run("nmx apply -auto-approve");
    expect_in(on("names", "cat /run/current-system/configuration.json"), word);
    EXPECT_EQ(on("names", "ls /run/lab/transient/nmx-confirm.timer 2>/dev/null"), "") << "it would still go back";
    expect_silence();
  }
}

TEST_F(Switch, a_machine_that_does_not_answer_is_left_alone_and_told_of) {
  run("nmx apply -auto-approve");
  run("curl -sfk -X POST -H \"Authorization: PVEAPIToken=$LAB_ROOT_TOKEN\" "
      "$PROXMOX_ENDPOINT/api2/json/nodes/pve1/lxc/101/status/stop");
  std::string plan;
  for (int attempt = 0; attempt < 50 && plan.find("cannot reach `spare`") == std::string::npos; ++attempt)
    plan = run("nmx plan");
  expect_in(plan, "Not reachable");
  expect_in(plan, "container.spare.system");
}

TEST_F(Switch, what_nix_refuses_is_told_before_anything_is_done) {
  edit(R"(s|^container spare.*|container spare { nixos = { services.unbound.enabled = true } }|)");
  const auto plan = shell("nmx plan");
  EXPECT_EQ(plan.exit_code, 1);
  expect_in(plan.output, "The option `services.unbound.enabled' does not exist: hosts/spare.nix");
  expect_in(plan.output, "site.nmx:");
  EXPECT_FALSE(fs::exists(site_ / "hosts"));
}

TEST_F(Switch, a_target_evaluates_no_machine_that_it_does_not_need) {
  edit("s|environment.etc.motd|services.nonsense.enable = true, environment.etc.motd|");
  expect_in(shell("nmx plan").output, "The option `services.nonsense' does not exist");
  const auto plan = run("nmx plan -target container.spare.system");
  expect_in(plan, "container spare");
}

TEST_F(Switch, a_file_of_somebody_else_is_told_of_before_anything_is_done) {
  run("mkdir hosts && echo '{ }' > hosts/spare.nix && git add hosts");
  const auto plan = shell("nmx plan");
  EXPECT_EQ(plan.exit_code, 1);
  expect_in(plan.output, "`hosts/spare.nix` is there and was not written by nmx");
}

TEST_F(Switch, without_nix_or_a_flake_the_plan_says_so) {
  run("rm flake.nix");
  auto plan = shell("nmx plan");
  EXPECT_EQ(plan.exit_code, 1);
  expect_in(plan.output, "there is no `flake.nix` in ");
  edit("s|provider nix {|provider nix { deploy = false, |");
  run("nmx plan");
}

TEST_F(Switch, a_flake_alone_is_no_site) {
  const auto fresh = made_->lab().folder() / "flake-alone";
  fs::create_directories(fresh);
  const auto said = run("cd '" + fresh.string() + "' && nmx init -flake");
  EXPECT_EQ(said.find("site.nmx"), std::string::npos) << said;
  EXPECT_FALSE(fs::exists(fresh / "site.nmx"));
  EXPECT_TRUE(fs::exists(fresh / "flake.nix"));
}

TEST_F(Switch, a_new_site_is_a_flake_that_comes_to_its_machines) {
  const auto fresh = made_->lab().folder() / "fresh";
  fs::create_directories(fresh / "elsewhere");
  run("mkdir -p ~/.ssh && cp operator.pub ~/.ssh/id_ed25519.pub && cp operator ~/.ssh/id_ed25519");
  const auto in_it = [&](const std::string& line) { return run("cd '" + fresh.string() + "' && " + line); };
  in_it("git init -q .");
  expect_in(in_it("nmx init"), "wrote site.nmx\nwrote .gitignore\nwrote .sops.yaml\nwrote flake.nix\nwrote nmx/ (");
  expect_in(in_it("cat .sops.yaml"), "age: age1");
  expect_in(in_it("nmx validate"), "valid");
  in_it("'" + (source_folder() / "tests/flake/stand-in.sh").string() +
        "' flake.nix && echo 'service unbound {}' >> site.nmx");
  expect_in(in_it("nmx plan"), "container.system  unbound");
  in_it("echo '# mine' >> flake.nix && rm nmx/modules/base.nix");
  expect_in(in_it("nmx init -flake"), "kept  flake.nix\nwrote nmx/ (1 file:");
  expect_in(in_it("tail -n 1 flake.nix"), "# mine");
}

}  // namespace
}  // namespace nmx::test
