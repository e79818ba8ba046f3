#include "providers/proxmox/settings.hpp"

#include <gtest/gtest.h>

namespace nmx::proxmox {
namespace {

TEST(Settings, are_refused_with_the_name_of_what_is_wrong) {
  const auto refused = [](Object settings) {
    const auto access = read_settings(settings);
    return access ? std::string("taken") : access.error().message;
  };
  const Value token("a@pve!t=s");
  EXPECT_EQ(refused({{"endpoint", "https://pve1"}, {"token", token}}), "taken");
  EXPECT_NE(refused({{"endpoint", "http://pve1"}, {"token", token}}).find("https://"), std::string::npos);
  EXPECT_NE(refused({{"endpoint", "https://pve1"}}).find("neither `token` nor `user`"), std::string::npos);
  EXPECT_NE(refused({{"endpoint", "https://pve1"}, {"token", "secret"}}).find("user@realm!name"), std::string::npos);
  EXPECT_NE(refused({{"endpoint", "https://pve1"}, {"user", "root"}, {"password", "x"}}).find("no realm"),
            std::string::npos);
  EXPECT_NE(refused({{"endpoint", "https://pve1"}, {"token", token}, {"fingerprint", "4F:3A"}}).find("SHA-256"),
            std::string::npos);
  EXPECT_NE(refused({{"endpoint", "https://pve1"}, {"token", token}, {"ca", "hello"}}).find("PEM"), std::string::npos);
}

TEST(Settings, complete_the_port) {
  const auto access = read_settings(
      {{"endpoint", List{"https://pve1.lan", "https://[fd00::1]", "https://10.0.0.1:443/x"}}, {"token", "a@pve!t=s"}});
  ASSERT_TRUE(access);
  EXPECT_EQ(access->endpoints,
            (std::vector<std::string>{"https://pve1.lan:8006", "https://[fd00::1]:8006", "https://10.0.0.1:443"}));
}

}  // namespace
}  // namespace nmx::proxmox
