#include "providers/support/ssh.hpp"

#include <gtest/gtest.h>

#include "providers/support/openssh_key.hpp"
#include "tests/deployment/host.hpp"

namespace nmx {
namespace {

class OpenSsh : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto missing = test::Host::missing()) GTEST_SKIP() << *missing;
    host_.emplace();
    for (int attempt = 0; attempt < 100; ++attempt) {
      const auto result = run(host_->ssh(), "true");
      const auto* failure = std::get_if<SshFailure>(&result);
      if (failure == nullptr || failure->kind != SshFailure::Kind::unreachable) return;
      host_->env().drive(host_->env().sleep(Milliseconds{50}));
    }
  }
  SshResult run(const SshHost& host, std::string script, std::vector<std::string> arguments = {}) {
    auto result = host_->env().drive(Ssh(host_->env()).run(host, std::move(script), std::move(arguments)));
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : SshResult(SshFailure{});
  }
  SshFailure failure(const SshHost& host) {
    const auto result = run(host, "touch /root/intruder");
    EXPECT_TRUE(std::holds_alternative<SshFailure>(result));
    EXPECT_FALSE(std::filesystem::exists(host_->folder() / "guests/100/root/intruder"));
    const auto* failed = std::get_if<SshFailure>(&result);
    return failed != nullptr ? *failed : SshFailure{};
  }
  std::optional<test::Host> host_;
};

TEST_F(OpenSsh, gives_scripts_and_arguments_as_they_are) {
  const auto result = run(host_->ssh(), "cat\nprintf '%s|' \"$@\"\necho words >&2\nexit 3", {"it's", "$HOME *", ""});
  const auto* done = std::get_if<ChildResult>(&result);
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->output, "it's|$HOME *||");
  EXPECT_EQ(done->errors, "words\n");
  EXPECT_EQ(done->exit_code, 3);
}

TEST_F(OpenSsh, commands_share_a_connection) {
  const auto first = run(host_->ssh(), "echo $SSH_CONNECTION");
  const auto second = run(host_->ssh(), "echo $SSH_CONNECTION");
  ASSERT_TRUE(std::holds_alternative<ChildResult>(first) && std::holds_alternative<ChildResult>(second));
  EXPECT_EQ(std::get<ChildResult>(first).output, std::get<ChildResult>(second).output);
}

TEST_F(OpenSsh, refuses_a_host_with_another_key) {
  auto host = host_->ssh();
  host.public_key = openssh_ed25519(std::string(32, 'x'), "").public_line;
  const auto failed = failure(host);
  EXPECT_EQ(failed.kind, SshFailure::Kind::host_key) << failed.error.message;
}

TEST_F(OpenSsh, tells_that_a_key_may_not_log_in) {
  auto host = host_->ssh();
  host.identity = host_->folder() / "stranger";
  const auto write = "ssh-keygen -q -t ed25519 -N '' -f '" + host.identity + "'";
  ASSERT_EQ(std::system(write.c_str()), 0);
  const auto failed = failure(host);
  EXPECT_EQ(failed.kind, SshFailure::Kind::login) << failed.error.message;
  EXPECT_NE(failed.error.message.find("Permission denied (publickey)"), std::string::npos) << failed.error.message;
}

TEST_F(OpenSsh, tells_that_nobody_answers) {
  auto host = host_->ssh();
  host.address = "192.168.77.99";
  const auto failed = failure(host);
  EXPECT_EQ(failed.kind, SshFailure::Kind::unreachable) << failed.error.message;
  EXPECT_NE(failed.error.message.find("Connection refused"), std::string::npos) << failed.error.message;
}

}  // namespace
}  // namespace nmx
