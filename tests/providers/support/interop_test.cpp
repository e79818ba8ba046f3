#include <gtest/gtest.h>

#include <filesystem>

#include "lang/value/value_json.hpp"
#include "planner/runtime/curl_env.hpp"
#include "providers/support/age_file.hpp"
#include "providers/support/age_key.hpp"
#include "providers/support/openssh_key.hpp"
#include "providers/support/sops_file.hpp"
#include "tests/support/paths.hpp"

// Implementations that have nothing to do with nmx or with Go: `age-encryption` and `sops-age` of npm.
namespace nmx {
namespace {

class Interop : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder() / "node_modules/sops-age"))
      GTEST_SKIP() << "`npm ci --prefix tests/interop` was not run, or there is no npm";
  }
  static std::filesystem::path folder() { return test::source_folder() / "tests/interop"; }

  std::string ask(const Object& request) {
    ChildCommand command;
    command.arguments = {"node", (folder() / "convert.mjs").string()};
    command.input = *to_json(Value(request));
    const auto ran = env_.drive(env_.run(std::move(command)));
    EXPECT_TRUE(ran && ran->exit_code == 0) << (ran ? ran->errors : ran.error().message);
    return ran ? ran->output : "";
  }
  CurlEnv env_;
  const AgeKey ada_ = age_key(std::string(32, 'a'));
  const AgeKey bob_ = age_key(std::string(32, 'b'));
};

TEST_F(Interop, age_files_are_opened_by_age_encryption) {
  for (const auto* text : {"", "a data key of thirty-two bytes..", "é 漢 😀"}) {
    EXPECT_EQ(
        ask({{"do", "decrypt"}, {"text", *age_encrypt(text, ada_.recipient, "seed")}, {"identity", ada_.identity}}),
        text);
  }
}

TEST_F(Interop, age_files_of_age_encryption_are_opened) {
  const auto file = ask({{"do", "encrypt"}, {"text", "a text"}, {"recipients", List{bob_.recipient, ada_.recipient}}});
  EXPECT_EQ(*age_decrypt(file, ada_.identity), "a text");
}

TEST_F(Interop, sops_files_are_opened_by_sops_age_for_each_recipient) {
  const auto host = *age_key_of_ssh(openssh_ed25519(std::string(32, 'h'), "").private_file);
  const Object texts{{"admin", "hunter2"}, {"env file", "A=\"1\"\nB=é 漢\n"}, {"one_line", std::string(5'000, 'x')}};
  const auto file = write_sops(texts, {ada_.recipient, host.recipient}, "seed");
  ASSERT_TRUE(file);
  for (const auto& identity : {ada_.identity, host.identity}) {
    EXPECT_EQ(ask({{"do", "sops"}, {"text", *file}, {"identity", identity}}), *to_json(Value(texts)));
  }
}

}  // namespace
}  // namespace nmx
