#include "providers/support/sops_file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "lang/value/value_json.hpp"
#include "planner/runtime/curl_env.hpp"
#include "providers/support/age_file.hpp"
#include "providers/support/age_key.hpp"
#include "providers/support/bech32.hpp"
#include "providers/support/openssh_key.hpp"

namespace nmx {
namespace {

AgeKey key(char filler) { return age_key(std::string(32, filler)); }
Object texts() { return Object{{"admin", "hunter2"}, {"empty", ""}, {"lines", "one\ntwo\n"}, {"quotes", "\"'\\ ä 😀"}}; }
Value plain(const Object& object) {
  Object without;
  for (const auto& [name, value] : object) without.set(name, value.string() ? Value(*value.string()) : value);
  return without;
}

TEST(Bech32, reads_what_it_writes_and_finds_every_changed_letter) {
  const auto text = bech32("age", std::string(32, '\x5a'));
  EXPECT_EQ(from_bech32(text)->second, std::string(32, '\x5a'));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'q' ? 'p' : 'q';
    EXPECT_FALSE(from_bech32(changed) && from_bech32(changed)->first == "age") << i;
  }
  EXPECT_FALSE(from_bech32("AGE1q"));
}

TEST(AgeKey, of_an_ssh_key_is_what_its_public_line_converts_to) {
  const auto ssh = openssh_ed25519(std::string(32, 's'), "host");
  const auto pair = age_key_of_ssh(ssh.private_file);
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->recipient, *age_recipient(ssh.public_line + " ada@laptop"));
  EXPECT_EQ(*age_recipient(pair->recipient), pair->recipient);
}

TEST(AgeKey, refuses_other_keys) {
  EXPECT_EQ(age_recipient("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== x").error().message,
            "`ssh-rsa` is no key that secrets can be encrypted for");
  EXPECT_FALSE(age_recipient("age1qqqq"));
  EXPECT_FALSE(age_recipient(""));
}

TEST(AgeFile, is_read_by_its_recipient_alone) {
  for (const auto size : {0, 1, 32, 65'536}) {
    const std::string text(static_cast<std::size_t>(size), 'x');
    const auto file = age_encrypt(text, key('a').recipient, "seed");
    ASSERT_TRUE(file);
    EXPECT_EQ(*age_decrypt(*file, key('a').identity), text);
    EXPECT_EQ(age_decrypt(*file, key('b').identity).error().message, "it is not encrypted for this identity");
  }
}

TEST(SopsFile, reads_back_what_was_written_for_each_recipient) {
  const auto host = age_key_of_ssh(openssh_ed25519(std::string(32, 'h'), "").private_file);
  const auto file = write_sops(texts(), {key('a').recipient, host->recipient}, "seed");
  ASSERT_TRUE(file);
  for (const auto& identity : {key('a').identity, host->identity}) {
    const auto read = read_sops(*file, identity);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(plain(*read), Value(texts()));
  }
  EXPECT_EQ(file->find("hunter2"), std::string::npos);
  EXPECT_EQ(sops_recipients(*file), (std::vector<std::string>{key('a').recipient, host->recipient}));
}

TEST(SopsFile, of_one_host_opens_for_no_other) {
  const auto file = write_sops(texts(), {key('a').recipient}, "seed");
  EXPECT_EQ(read_sops(*file, key('b').identity).error().message, "it is not encrypted for this identity");
}

TEST(SopsFile, is_the_same_for_the_same_content_and_another_for_any_other) {
  const auto first = *write_sops(texts(), {key('a').recipient}, "seed");
  EXPECT_EQ(*write_sops(texts(), {key('a').recipient}, "seed"), first);
  EXPECT_NE(*write_sops(texts(), {key('a').recipient}, "other"), first);
  EXPECT_NE(*write_sops(texts(), {key('a').recipient, key('b').recipient}, "seed"), first);
  auto changed = texts();
  changed.set("admin", "hunter3");
  EXPECT_NE(*write_sops(changed, {key('a').recipient}, "seed"), first);
}

TEST(SopsFile, that_was_tampered_with_is_refused) {
  const auto file = *write_sops(texts(), {key('a').recipient}, "seed");
  auto swapped = file;
  const auto at = swapped.find("\"empty\": \"\"");
  ASSERT_NE(at, std::string::npos);
  swapped.replace(at, 11, "\"empty\": \"x\"");
  EXPECT_EQ(read_sops(swapped, key('a').identity).error().message,
            "it was changed after it was encrypted: its MAC does not fit");
  // The name of an empty value is all there is of it, and neither encrypted nor part of the MAC: so SOPS has it.
  auto filled = texts();
  filled.erase("empty");
  const auto whole = *write_sops(filled, {key('a').recipient}, "seed");
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    auto flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    const auto read = read_sops(flipped, key('a').identity);
    // What stands in the file besides (the version, white space) may change without harm.
    if (!read) continue;
    EXPECT_EQ(plain(*read), Value(filled)) << i;
    ++accepted;
  }
  EXPECT_LT(accepted, whole.size() / 7 / 4);
}

TEST(SopsFile, survives_hostile_texts) {
  for (const auto* text : {"", "{}", "[]", "{\"sops\":{}}", "{\"sops\":1}", "{\"sops\":{\"age\":[1,{}]}}",
                           "{\"sops\":{\"mac_only_encrypted\":[]}}", "\xff"}) {
    EXPECT_FALSE(read_sops(text, key('a').identity)) << text;
    EXPECT_TRUE(sops_recipients(text).empty()) << text;
  }
}

/// Debian's age opens what is written here, and the other way round.
class DebianAge : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/bin/age")) GTEST_SKIP() << "age is not installed";
    std::string pattern = std::filesystem::temp_directory_path() / "nmx-age-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ / "identity") << key('a').identity << "\n";
  }
  void TearDown() override {
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  Result<ChildResult> age(std::vector<std::string> words, std::string input) {
    ChildCommand command;
    command.arguments = {"age"};
    command.arguments.insert(command.arguments.end(), words.begin(), words.end());
    command.input = std::move(input);
    return env_.drive(env_.run(command));
  }
  CurlEnv env_;
  std::filesystem::path folder_;
};

TEST_F(DebianAge, opens_what_is_written) {
  for (const auto* text : {"", "a data key of thirty-two bytes.."}) {
    const auto ran = age({"-d", "-i", (folder_ / "identity").string()}, *age_encrypt(text, key('a').recipient, "seed"));
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->exit_code, 0) << ran->errors;
    EXPECT_EQ(ran->output, text);
  }
}

TEST_F(DebianAge, writes_what_is_opened) {
  const auto ran = age({"-a", "-r", key('b').recipient, "-r", key('a').recipient}, "a text");
  ASSERT_TRUE(ran);
  EXPECT_EQ(*age_decrypt(ran->output, key('a').identity), "a text");
}

}  // namespace
}  // namespace nmx
