#include "providers/support/openssh_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "providers/support/digest.hpp"

namespace nmx {
namespace {

std::string output_of(const std::string& command) {
  std::string output;
  auto* pipe = popen((command + " 2>&1").c_str(), "r");
  std::array<char, 512> buffer{};
  while (pipe && fgets(buffer.data(), buffer.size(), pipe)) output += buffer.data();
  if (pipe) pclose(pipe);
  return output;
}

bool has_ssh_keygen() { return std::system("command -v ssh-keygen >/dev/null 2>&1") == 0; }

/// A file that only its owner can read, as ssh-keygen demands; it goes with its owner.
class KeyFile {
 public:
  explicit KeyFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() / ("nmx-key-" + std::to_string(getpid()))) {
    std::ofstream(path_) << text;
    chmod(path_.c_str(), 0600);
  }
  ~KeyFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

const std::string seed(32, '\x42');

TEST(OpensshKey, is_the_same_for_the_same_seed) {
  EXPECT_EQ(openssh_ed25519(seed, "a").private_file, openssh_ed25519(seed, "a").private_file);
  EXPECT_NE(openssh_ed25519(seed, "a").public_line, openssh_ed25519(std::string(32, '\x43'), "a").public_line);
}

TEST(OpensshKey, is_read_by_ssh_keygen) {
  if (!has_ssh_keygen()) GTEST_SKIP() << "ssh-keygen is not installed";
  for (const auto* comment : {"", "x", "nmx-0a1b2c3d", "a rather long comment, to try every padding"}) {
    const auto key = openssh_ed25519(seed, comment);
    const KeyFile file(key.private_file);
    const auto printed = output_of("ssh-keygen -y -P '' -f " + file.path());
    EXPECT_EQ(printed.substr(0, key.public_line.size()), key.public_line) << printed;
  }
}

TEST(OpensshKey, reads_the_public_half_of_a_key_of_ssh_keygen) {
  if (!has_ssh_keygen()) GTEST_SKIP() << "ssh-keygen is not installed";
  const auto path = (std::filesystem::temp_directory_path() / ("nmx-made-" + std::to_string(getpid()))).string();
  for (const auto* kind : {"ed25519", "ecdsa"}) {
    output_of(std::string("ssh-keygen -q -N '' -t ") + kind + " -f " + path);
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    std::string public_line;
    std::getline(std::ifstream(path + ".pub"), public_line);
    const auto read = openssh_public_line(text.str());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(plain_public_key(public_line), *read);
    std::filesystem::remove(path);
    std::filesystem::remove(path + ".pub");
  }
}

TEST(OpensshKey, reads_back_its_own_public_half) {
  const auto key = openssh_ed25519(seed, "me");
  const auto read = openssh_public_line(key.private_file);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, key.public_line);
  EXPECT_EQ(plain_public_key("restrict,pty " + key.public_line + " ada@example.com"), key.public_line);
}

TEST(OpensshKey, refuses_what_is_no_key) {
  EXPECT_FALSE(openssh_public_line("hello"));
  EXPECT_FALSE(openssh_public_line("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"));
  EXPECT_EQ(plain_public_key("ssh-ed25519 AAAA"), std::nullopt);
  EXPECT_EQ(plain_public_key("# a comment"), std::nullopt);
  const auto key = openssh_ed25519(seed, "me");
  EXPECT_FALSE(openssh_public_line(key.private_file.substr(0, key.private_file.size() / 4)));
}

TEST(Digest, agrees_with_the_published_examples) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(from_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(from_base64("!"), std::nullopt);
}

}  // namespace
}  // namespace nmx
