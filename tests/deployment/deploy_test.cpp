#include "providers/nix/deploy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/deployment/host.hpp"

namespace nmx::nix {
namespace {

using std::chrono::seconds;

constexpr auto base_system = "00000000000000000000000000000000-nixos-system-base";

Task<Done> until(Env* env, std::function<bool()> reached) {
  for (int attempt = 0; attempt < 600 && !reached(); ++attempt) {
    auto pause = env->sleep(Milliseconds{50});
    co_await pause;
  }
  co_return Done{};
}

class Deploy : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = test::Host::missing()) GTEST_SKIP() << *missing;
    host_.emplace();
    to_.flake = host_->flake();
    to_.host = "web";
    to_.ssh = host_->ssh();
    to_.healthy_within = seconds(2);
    to_.confirmed_within = seconds(30);
  }

  Result<Deployed> bring() {
    return host_->env().drive(
        deploy(&host_->env(), &places_, to_, [this](std::string what) { seen_.push_back(std::move(what)); }));
  }
  std::string evaluated() {
    const auto path = host_->env().drive(evaluate(&host_->env(), &places_, to_.flake, "web"));
    EXPECT_TRUE(path) << path.error().message;
    return path ? *path : "";
  }
  /// The name in the store of what the host runs.
  std::string runs() const { return host_->link("run/current-system"); }
  /// The name in the store of what it would boot.
  std::string boots() const {
    return host_->link("nix/var/nix/profiles/" + host_->link("nix/var/nix/profiles/system"));
  }

  std::optional<test::Host> host_;
  Workplaces places_;
  Deployment to_;
  std::vector<std::string> seen_;
};

TEST_F(Deploy, brings_a_host_to_its_system_and_then_costs_one_command) {
  host_->describe("unit caddy.service\n");
  to_.toplevel = evaluated();
  const auto first = bring();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_TRUE(first->changed);
  EXPECT_EQ("/nix/store/" + runs(), to_.toplevel);
  EXPECT_EQ("/nix/store/" + boots(), to_.toplevel);
  EXPECT_EQ(host_->inside("run/lab/units/caddy.service"), "active\n");
  EXPECT_NE(std::find(seen_.begin(), seen_.end(), "switching"), seen_.end());
  EXPECT_EQ(host_->inside("run/lab/transient/nmx-confirm.timer"), "") << "it would still go back";

  host_->env().ssh_commands = 0;
  const auto second = bring();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE(second->changed);
  EXPECT_EQ(host_->env().ssh_commands, 1);
}

TEST_F(Deploy, goes_back_when_a_unit_fails_and_tells_its_last_words) {
  host_->describe("unit unbound.service\nfail caddy.service cannot listen on :443\n");
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "cannot switch `web`: the switch failed:\n"
            "    activating the configuration...\n"
            "    warning: the following units failed: caddy.service\n"
            "    caddy.service:\n"
            "      cannot listen on :443\n"
            "  `web` went back and runs /nix/store/00000000000000000000000000000000-nixos-system-base again");
  EXPECT_EQ(runs(), base_system);
  EXPECT_EQ(boots(), base_system);
}

TEST_F(Deploy, goes_back_when_activation_is_refused) {
  host_->describe("refuse cannot create user caddy\n");
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("cannot create user caddy"), std::string::npos) << result.error().message;
  EXPECT_EQ(boots(), base_system);
}

TEST_F(Deploy, goes_back_when_the_switch_hangs) {
  host_->describe("hang\n");
  to_.switches_within = seconds(2);
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("did not end within 2 s"), std::string::npos) << result.error().message;
  EXPECT_EQ(runs(), base_system);
  EXPECT_EQ(boots(), base_system);
}

TEST_F(Deploy, a_switch_that_hangs_goes_back_when_nobody_waits_for_it_any_more) {
  host_->describe("hang\n");
  to_.switches_within = seconds(3);
  auto& env = host_->env();
  {
    auto moving = deploy(&env, &places_, to_, {});
    moving.start();
    env.drive(until(&env, [&] { return boots() != "" && boots() != base_system; }));
    ASSERT_NE(boots(), base_system);
  }
  env.drive(until(&env, [&] { return host_->inside("run/nmx/back.status") == "0\n"; }));
  EXPECT_EQ(host_->inside("run/nmx/back.status"), "0\n");
  EXPECT_EQ(runs(), base_system);
  EXPECT_EQ(boots(), base_system);
}

TEST_F(Deploy, takes_up_a_switch_that_another_run_began) {
  host_->describe("unit caddy.service\n");
  to_.toplevel = evaluated();
  to_.checks = {"sleep 3"};
  auto& env = host_->env();
  {
    auto moving = deploy(&env, &places_, to_, {});
    moving.start();
    env.drive(until(&env, [&] { return host_->inside("run/nmx/switch.status") == "0\n"; }));
  }
  const auto left = env.drive(running_system(&env, host_->ssh()));
  ASSERT_TRUE(left) << left.error().message;
  EXPECT_EQ(left->trial, to_.toplevel);
  EXPECT_EQ(left->former, std::string("/nix/store/") + base_system);
  EXPECT_NE(host_->inside("run/lab/transient/nmx-confirm.timer"), "");

  to_.checks = {};
  const auto result = bring();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(seen_, (std::vector<std::string>{"waiting for the switch that had begun", "checking"}));
  EXPECT_EQ("/nix/store/" + runs(), to_.toplevel);
  EXPECT_EQ(host_->inside("run/lab/transient/nmx-confirm.timer"), "") << "it would still go back";
}

TEST_F(Deploy, gives_up_a_trial_of_another_system_and_then_goes_back_to_what_was_before_it) {
  host_->describe("unit caddy.service\n");
  to_.checks = {"sleep 3"};
  auto& env = host_->env();
  {
    auto moving = deploy(&env, &places_, to_, {});
    moving.start();
    env.drive(until(&env, [&] { return host_->inside("run/nmx/switch.status") == "0\n"; }));
  }
  host_->describe("fail caddy.service cannot listen on :443\n");
  EXPECT_FALSE(bring());
  EXPECT_EQ(runs(), base_system);
  EXPECT_EQ(boots(), base_system);
}

TEST_F(Deploy, a_host_that_cut_itself_off_goes_back_by_itself) {
  host_->describe("cut\n");
  to_.confirmed_within = seconds(3);
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("went back by itself"), std::string::npos) << result.error().message;
  EXPECT_EQ(runs(), base_system);
  EXPECT_EQ(boots(), base_system);
}

TEST_F(Deploy, goes_back_when_it_is_not_well) {
  host_->describe("unit caddy.service\n");
  to_.checks = {"systemctl is-active caddy", "echo no answer on port 443; false"};
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("no answer on port 443"), std::string::npos) << result.error().message;
  EXPECT_EQ(runs(), base_system);
}

TEST_F(Deploy, each_check_has_its_own_time) {
  host_->describe("unit caddy.service\n");
  to_.check_within = seconds(5);
  to_.checks = {"sleep 3", "sleep 3", "sleep 3", "sleep 3", "sleep 3", "sleep 3", "sleep 3", "sleep 3"};
  const auto result = bring();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->changed);
}

TEST_F(Deploy, a_check_that_hangs_is_named_and_so_is_the_next_one_that_fails) {
  host_->describe("unit caddy.service\n");
  to_.healthy_within = seconds(1);
  to_.check_within = seconds(2);
  to_.checks = {"sleep 600", "true", "echo no answer on port 443; false"};
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("it is not well:\n"
                                        "    ill sleep 600: it took longer than 2 s\n"
                                        "    ill echo no answer on port 443; false: no answer on port 443\n"),
            std::string::npos)
      << result.error().message;
  EXPECT_EQ(runs(), base_system);
}

TEST_F(Deploy, tells_that_a_reboot_is_needed) {
  host_->describe("reboot\n");
  const auto result = bring();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->notes, std::vector<std::string>{"`web` needs a reboot for all of it"});
}

TEST_F(Deploy, builds_on_the_host) {
  host_->describe("unit built-there.service\n");
  to_.build = BuildPlace::on_host;
  const auto result = bring();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(host_->inside("run/lab/units/built-there.service"), "active\n");
}

TEST_F(Deploy, builds_on_a_machine_of_its_own) {
  host_->describe("unit built-elsewhere.service\n");
  to_.build = BuildPlace::elsewhere;
  to_.builder = host_->start_builder();
  auto& env = host_->env();
  for (bool ready = false; !ready;) {
    const auto answer = env.drive(Ssh(env).run(*to_.builder, "true", {}));
    ready = answer && std::holds_alternative<ChildResult>(*answer);
    if (!ready) env.drive(env.sleep(Milliseconds{50}));
  }
  const auto result = bring();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(host_->inside("run/lab/units/built-elsewhere.service"), "active\n");
  const auto name = result->toplevel.substr(std::string("/nix/store/").size());
  EXPECT_TRUE(std::filesystem::exists(host_->folder() / "guests/101/nix/store" / name)) << "it was built there";
}

TEST_F(Deploy, tells_why_a_system_does_not_build_and_leaves_the_host_alone) {
  host_->describe("unbuildable\n");
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("the compiler is out of order"), std::string::npos) << result.error().message;
  EXPECT_EQ(runs(), base_system);
}

TEST_F(Deploy, refuses_a_flake_that_changed_since_the_plan) {
  to_.toplevel = evaluated();
  host_->describe("unit other.service\n");
  const auto result = bring();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().help.find("plan again"), std::string::npos) << result.error().message;
  EXPECT_EQ(runs(), base_system);
}

TEST_F(Deploy, goes_back_to_the_former_generation_when_told_to) {
  host_->describe("unit caddy.service\n");
  ASSERT_TRUE(bring());
  const auto system = host_->env().drive(go_back(&host_->env(), host_->ssh()));
  ASSERT_TRUE(system) << system.error().message;
  EXPECT_EQ(*system, std::string("/nix/store/") + base_system);
  EXPECT_EQ(runs(), base_system);
  EXPECT_FALSE(host_->env().drive(go_back(&host_->env(), host_->ssh()))) << "there is nothing before the base system";
}

}  // namespace
}  // namespace nmx::nix
