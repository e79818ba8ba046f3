#include <gtest/gtest.h>

#include <fstream>

#include "tests/providers/dns/real_world.hpp"

namespace nmx::test {
namespace {

class UnboundZone : public testing::Test {
 protected:
  void SetUp() override {
    if (world_.server.absent()) GTEST_SKIP() << "it is not installed";
    ASSERT_TRUE(world_.server.ready()) << world_.server.log();
  }
  std::string file() { return world_.server.shell("cat example.com.zone"); }
  static Object app(std::string address) {
    return {{"zone", "example.com"}, {"name", "app"}, {"type", "A"}, {"value", std::move(address)}};
  }

  RealWorld world_{RealServer::Kind::unbound};
};

TEST_F(UnboundZone, that_unbound_would_not_read_stays_out_and_the_old_one_is_served) {
  Rehearsal rehearsal(world_, "app");
  ASSERT_TRUE(rehearsal.apply(app("192.168.50.10")));
  const auto before = file();
  // An alias beside another record: no single record is wrong, but the zone is.
  std::ofstream(world_.server.folder() / "example.com.zone", std::ios::app) << "app 300 IN TYPE65 \\# 1 zz\n";
  const auto refused = rehearsal.apply(app("192.168.50.11"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("parse error"), std::string::npos) << refused.error().message;
  EXPECT_EQ(world_.server.dig("app.example.com A"), "192.168.50.10\n");
  EXPECT_EQ(file(), before + "app 300 IN TYPE65 \\# 1 zz\n") << "nothing was written";
}

TEST_F(UnboundZone, that_somebody_else_changed_meanwhile_is_read_again) {
  Rehearsal rehearsal(world_, "app");
  ASSERT_TRUE(rehearsal.apply(app("192.168.50.10")));
  std::ofstream(world_.server.folder() / "example.com.zone", std::ios::app) << "mine 300 IN A 192.168.50.77\n";
  ASSERT_TRUE(rehearsal.apply(app("192.168.50.11")));
  EXPECT_EQ(world_.server.dig("mine.example.com A"), "192.168.50.77\n");
  EXPECT_EQ(world_.server.dig("app.example.com A"), "192.168.50.11\n");
}

TEST_F(UnboundZone, is_taken_back_where_unbound_does_not_reload_it) {
  auto settings = world_.server.settings();
  settings.set("config", (world_.server.folder() / "absent.conf").string());
  world_.connect_with(settings);
  const auto before = file();
  Rehearsal rehearsal(world_, "app");
  const auto refused = rehearsal.apply(app("192.168.50.10"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("unbound-control"), std::string::npos) << refused.error().message;
  EXPECT_EQ(file(), before);
  EXPECT_EQ(world_.server.shell("ls -a | grep -c 'example.com.new'"), "0\n");
}

}  // namespace
}  // namespace nmx::test
