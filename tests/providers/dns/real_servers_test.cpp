#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "planner/runtime/gather.hpp"
#include "tests/providers/dns/real_world.hpp"

namespace nmx::test {
namespace {

using Kind = RealServer::Kind;

Object record(std::string name, std::string type, Value values) {
  return {{"zone", "example.com"}, {"name", std::move(name)}, {"type", std::move(type)}, {"values", std::move(values)}};
}

class RealDns : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (world_.server.absent()) GTEST_SKIP() << "it is not installed";
    ASSERT_TRUE(world_.server.ready()) << world_.server.log();
  }
  std::int64_t serial() const {
    const auto soa = world_.server.dig("example.com SOA");
    const auto words = soa.substr(soa.find(' ', soa.find(' ') + 1) + 1);
    return std::atoll(words.c_str());
  }
  std::vector<Result<Answer>> create_together(const std::vector<Object>& records) {
    const auto facts = *finish(world_, world_.provider().connect());
    std::vector<Task<Result<Answer>>> tasks;
    for (const auto& written : records) {
      Change change;
      change.address = Address{}.child("container").child("r" + std::to_string(tasks.size())).child("object");
      change.type = "dns_record";
      change.provider = "dns";
      change.action = Action::create;
      change.after = world_.type().normalise(written, facts);
      auto operations = world_.type().operations(change, facts);
      for (auto& operation : *operations) tasks.push_back(world_.provider().execute(std::move(operation)));
    }
    return finish(world_, gather(std::move(tasks)));
  }

  RealWorld world_{GetParam()};
};

TEST_P(RealDns, keeps_every_type_changes_it_and_lets_it_go) {
  struct Case {
    Object written;
    std::string question;
    std::string answer;
  };
  const std::vector<Case> cases{
      {record("app", "A", List{"192.168.50.10"}), "app.example.com A", "192.168.50.10\n"},
      {record("app", "AAAA", List{"fd00::10"}), "app.example.com AAAA", "fd00::10\n"},
      {record("www", "CNAME", List{"ns.example.com"}), "www.example.com CNAME", "ns.example.com.\n"},
      {record("@", "MX", List{"10 ns.example.com"}), "example.com MX", "10 ns.example.com.\n"},
      {record("t", "TXT", List{"v=DKIM1; k=\"rsa\""}), "t.example.com TXT", "\"v=DKIM1; k=\\\"rsa\\\"\"\n"},
      {record("_game._udp", "SRV", List{"0 5 2302 ns.example.com"}), "_game._udp.example.com SRV",
       "0 5 2302 ns.example.com.\n"},
      {record("@", "CAA", List{"0 issue letsencrypt.org"}), "example.com CAA", "0 issue \"letsencrypt.org\"\n"},
      {record("*.lab", "A", List{"192.168.50.9"}), "any.lab.example.com A", "192.168.50.9\n"},
      {record("p", "PTR", List{"ns.example.com"}), "p.example.com PTR", "ns.example.com.\n"}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.question);
    Rehearsal rehearsal(world_, "r");
    const auto before = serial();
    auto written = one.written;
    const auto made = rehearsal.apply(written);
    ASSERT_TRUE(made) << made.error().message << "\n" << world_.server.log();
    EXPECT_EQ(world_.server.dig(one.question), one.answer);
    EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
    EXPECT_GT(serial(), before);
    written.set("ttl", Duration{120'000});
    const auto changed = rehearsal.apply(written);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
    const auto gone = rehearsal.destroy();
    ASSERT_TRUE(gone) << gone.error().message;
    EXPECT_EQ(world_.server.dig(one.question), "");
    EXPECT_EQ(rehearsal.read().status, Observed::Status::absent);
  }
  EXPECT_EQ(world_.server.dig("printer.example.com A"), "192.168.50.99\n");
}

TEST_P(RealDns, addresses_lead_back_to_their_names) {
  Rehearsal rehearsal(world_, "app");
  auto written = record("app", "A", List{"192.168.50.10"});
  ASSERT_TRUE(rehearsal.apply(written));
  EXPECT_EQ(world_.server.dig("-x 192.168.50.10"), "app.example.com.\n");
  written.set("values", List{"192.168.50.11"});
  ASSERT_TRUE(rehearsal.apply(written));
  EXPECT_EQ(world_.server.dig("-x 192.168.50.10"), "");
  EXPECT_EQ(world_.server.dig("-x 192.168.50.11"), "app.example.com.\n");
  ASSERT_TRUE(rehearsal.destroy());
  EXPECT_EQ(world_.server.dig("-x 192.168.50.11"), "");
  EXPECT_EQ(world_.server.dig("-x 192.168.50.99"), "printer.example.com.\n");
}

TEST_P(RealDns, strangers_records_are_refused) {
  Rehearsal rehearsal(world_, "printer");
  const auto refused = rehearsal.apply(record("printer", "A", List{"192.168.50.10"}));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is not nmx's"), std::string::npos);
  EXPECT_EQ(world_.server.dig("printer.example.com A"), "192.168.50.99\n");
}

TEST_P(RealDns, a_thousand_records_are_few_changes_of_the_zone) {
  std::vector<Object> records;
  for (int i = 0; i < 1000; ++i)
    records.push_back(record(fmt::format("h{}", i), "A", List{fmt::format("192.168.50.{}", 1 + i % 90)}));
  const auto before = serial();
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& result : create_together(records)) ASSERT_TRUE(result) << result.error().message;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  RecordProperty("milliseconds", static_cast<int>(took.count()));
  EXPECT_LE(serial() - before, 4);
  EXPECT_EQ(world_.server.dig("h999.example.com A"), "192.168.50.10\n");
}

TEST_P(RealDns, a_wrong_key_is_told_as_one) {
  if (GetParam() == Kind::unbound) GTEST_SKIP() << "it has none";
  auto settings = world_.server.settings();
  settings.set("key", Object{{"name", "nmx"}, {"secret", Value("d3Jvbmc=").as_secret()}});
  world_.connect_with(settings);
  const auto facts = finish(world_, world_.provider().connect());
  ASSERT_FALSE(facts);
  EXPECT_NE(facts.error().message.find("example.com"), std::string::npos);
  EXPECT_FALSE(facts.error().help.empty()) << facts.error().message;
}

INSTANTIATE_TEST_SUITE_P(Servers, RealDns, testing::Values(Kind::bind, Kind::knot, Kind::powerdns, Kind::unbound),
                         [](const auto& test_case) {
                           switch (test_case.param) {
                             case Kind::bind: return "bind";
                             case Kind::knot: return "knot";
                             case Kind::powerdns: return "powerdns";
                             case Kind::unbound: return "unbound";
                           }
                           return "";
                         });

}  // namespace
}  // namespace nmx::test
