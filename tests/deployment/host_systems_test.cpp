#include "providers/nix/host_systems.hpp"

#include <gtest/gtest.h>

#include "providers/nix/deploy_build.hpp"
#include "providers/nix/deploy_scripts.hpp"
#include "tests/deployment/host.hpp"

namespace nmx::nix {
namespace {

/// What a run that was cut short left behind, and what the next one finds.
class HostSystemsAfterACrash : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = test::Host::missing()) GTEST_SKIP() << *missing;
    host_.emplace();
    host_->describe("unit caddy.service\n");
    auto& env = host_->env();
    for (int attempt = 0; attempt < 200 && !env.drive(running_system(&env, host_->ssh())); ++attempt)
      env.drive(env.sleep(Milliseconds{50}));
    Deploying deploying;
    deploying.identity = host_->ssh().identity;
    systems_.emplace(FlakeFolder(host_->folder() / "flake", host_->env()), nullptr, deploying, host_->env());
  }

  /// The switch that a plan would hold.
  Operation operation() {
    const auto system = host_->env().drive(evaluate(&host_->env(), &places_, host_->flake(), "web"));
    EXPECT_TRUE(system) << system.error().message;
    Operation operation;
    operation.verb = "switch";
    operation.arguments = Object{{"host", Object{{"name", "web"},
                                                 {"address", host_->ssh().address},
                                                 {"host_public_key", host_->ssh().public_key},
                                                 {"system", system ? *system : ""}}}};
    return operation;
  }
  /// Begins a switch that nobody waits for.
  void cut_short() {
    Deployment to;
    to.flake = host_->flake();
    to.host = "web";
    to.ssh = host_->ssh();
    auto& env = host_->env();
    const auto system = env.drive(build_and_copy(&env, &places_, to, {}));
    ASSERT_TRUE(system) << system.error().message;
    ASSERT_TRUE(env.drive(Ssh(env).run(to.ssh, scripts::begin, {*system, "600", "90"})));
  }
  Reconciled reconcile(Operation operation) {
    const auto told = host_->env().drive(systems_->reconcile(std::move(operation)));
    EXPECT_TRUE(told) << told.error().message;
    return told ? *told : Reconciled{};
  }

  std::optional<test::Host> host_;
  Workplaces places_;
  std::optional<HostSystems> systems_;
};

TEST_F(HostSystemsAfterACrash, a_machine_that_runs_it_already_costs_one_command) {
  const auto it = operation();
  ASSERT_TRUE(host_->env().drive(systems_->bring(it, {})));
  host_->env().ssh_commands = 0;
  // Nothing is built, nothing is copied, not even looked at.
  std::filesystem::remove_all(host_->folder() / "flake");
  const auto told = reconcile(it);
  EXPECT_EQ(told.fate, Fate::done);
  EXPECT_EQ(told.answer.id, "web");
  EXPECT_EQ(told.answer.attributes.at_or_null("system"),
            it.arguments.at_or_null("host").object()->at_or_null("system"));
  EXPECT_EQ(host_->env().ssh_commands, 1);
}

TEST_F(HostSystemsAfterACrash, a_machine_that_never_began_was_not_switched) {
  const auto told = reconcile(operation());
  EXPECT_EQ(told.fate, Fate::not_done);
  EXPECT_TRUE(told.answer.notes.empty());
}

TEST_F(HostSystemsAfterACrash, a_trial_is_taken_up) {
  const auto it = operation();
  cut_short();
  EXPECT_EQ(reconcile(it).fate, Fate::done);
}

TEST_F(HostSystemsAfterACrash, a_trial_that_fails_says_why) {
  host_->describe("fail caddy.service cannot listen on :443\n");
  const auto it = operation();
  cut_short();
  const auto told = reconcile(it);
  EXPECT_EQ(told.fate, Fate::not_done);
  ASSERT_EQ(told.answer.notes.size(), 1u);
  EXPECT_NE(told.answer.notes.front().find("cannot listen on :443"), std::string::npos) << told.answer.notes.front();
}

}  // namespace
}  // namespace nmx::nix
