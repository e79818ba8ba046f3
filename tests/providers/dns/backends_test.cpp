#include <gtest/gtest.h>

#include "planner/runtime/gather.hpp"
#include "tests/providers/dns/dns_world.hpp"

namespace nmx::test {
namespace {

Object record(std::string name, std::string type, Value values) {
  return {{"zone", "example.com"}, {"name", std::move(name)}, {"type", std::move(type)}, {"values", std::move(values)}};
}

/// The life of records behind one kind of API.
template <typename World>
void live(World& world, const std::vector<Object>& records) {
  int number = 0;
  for (const auto& written : records) {
    SCOPED_TRACE(display(Value(written), 200));
    Rehearsal rehearsal(world, "r" + std::to_string(number++));
    const auto made = rehearsal.apply(written);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
    ASSERT_TRUE(rehearsal.destroy());
    EXPECT_EQ(rehearsal.read().status, Observed::Status::absent);
  }
}

std::vector<Object> every_type() {
  return {record("app", "A", List{"192.168.50.10", "192.168.50.11"}),
          record("app", "AAAA", List{"fd00::10"}),
          record("www", "CNAME", List{"app.example.com"}),
          record("@", "MX", List{"10 mail.example.com"}),
          record("@", "TXT", List{"v=spf1 mx -all", std::string(300, 'k') + "\"quoted\\"}),
          record("_game._udp", "SRV", List{"0 5 2302 app.example.com"}),
          record("@", "CAA", List{"0 issue letsencrypt.org"}),
          record("sub", "NS", List{"ns1.example.com"}),
          record("*.lab", "A", List{"192.168.50.9"})};
}

TEST(PowerDns, keeps_records_of_every_type) {
  DnsWorld<PowerDnsDouble> world(powerdns_settings());
  live(world, every_type());
}

TEST(Cloudflare, keeps_records_of_every_type) {
  DnsWorld<CloudflareDouble> world(cloudflare_settings());
  live(world, every_type());
}

TEST(AdGuard, keeps_addresses_and_aliases) {
  DnsWorld<AdGuardDouble> world(adguard_settings());
  world.server.rewrites = {{"printer.example.com", "192.168.50.99"}, {"pass.example.com", "A"}};
  live(world, {record("app", "A", List{"192.168.50.10"}), record("*.lab", "CNAME", List{"app.example.com"})});
  EXPECT_EQ(world.server.rewrites.size(), 2u);
}

TEST(AdGuard, refuses_while_planning_what_it_cannot_keep) {
  DnsWorld<AdGuardDouble> world(adguard_settings());
  Rehearsal rehearsal(world, "mx");
  const auto done = rehearsal.apply(record("@", "MX", List{"10 mail.example.com"}));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "`adguard` does not keep MX records");
}

TEST(PiHole, keeps_addresses_and_aliases_and_gives_its_sessions_back) {
  DnsWorld<PiHoleDouble> world(pihole_settings());
  world.server.hosts = {"192.168.50.99 printer.example.com other.lan", "192.168.50.98  scanner.lan"};
  live(world, {record("app", "A", List{"192.168.50.10"}), record("web", "CNAME", List{"app.example.com"})});
  EXPECT_EQ(world.server.hosts,
            (std::vector<std::string>{"192.168.50.99 printer.example.com other.lan", "192.168.50.98  scanner.lan"}));
  EXPECT_EQ(world.server.sessions, 0);
}

TEST(Cloudflare, proxied_records_have_the_ttl_that_cloudflare_chooses) {
  DnsWorld<CloudflareDouble> world(cloudflare_settings());
  auto written = record("app", "A", List{"203.0.113.7"});
  written.set("proxied", true);
  Rehearsal rehearsal(world, "app");
  ASSERT_TRUE(rehearsal.apply(written));
  EXPECT_EQ(world.server.records.front().at_or_null("ttl"), Value(1));
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
  written.set("proxied", false);
  ASSERT_TRUE(rehearsal.apply(written));
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
}

/// Carries out many operations at once, as apply does.
template <typename World>
std::vector<Result<Answer>> carry_out_together(World& world, const std::vector<Object>& records) {
  const auto facts = *finish(world, world.provider().connect());
  std::vector<Task<Result<Answer>>> tasks;
  int number = 0;
  for (const auto& written : records) {
    Change change;
    change.address = Address{}.child("container").child("r" + std::to_string(number++)).child("object");
    change.type = "dns_record";
    change.provider = "dns";
    change.action = Action::create;
    change.after = world.type().normalise(written, facts);
    auto operations = world.type().operations(change, facts);
    for (auto& operation : *operations) tasks.push_back(world.provider().execute(std::move(operation)));
  }
  return finish(world, gather(std::move(tasks)));
}

std::vector<Object> a_thousand() {
  std::vector<Object> records;
  for (int i = 0; i < 1000; ++i) {
    records.push_back(record("h" + std::to_string(i), "A",
                             List{"192.168." + std::to_string(50 + i / 250) + "." + std::to_string(1 + i % 250)}));
  }
  return records;
}

TEST(PowerDns, takes_a_thousand_records_in_one_request) {
  DnsWorld<PowerDnsDouble> world(powerdns_settings());
  for (const auto& result : carry_out_together(world, a_thousand())) ASSERT_TRUE(result) << result.error().message;
  // The list and two zones on connecting, two zones before and after, a change of each.
  EXPECT_EQ(world.server.requests, 3 + 2 + 2 + 2);
}

TEST(Cloudflare, takes_a_thousand_records_two_hundred_a_request) {
  DnsWorld<CloudflareDouble> world(cloudflare_settings());
  for (const auto& result : carry_out_together(world, a_thousand())) ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(world.server.records.size(), 1000u);
  EXPECT_EQ(world.server.requests, 2 + 1 + 5 + 10);
}

TEST(DnsBatch, is_not_spoilt_by_one_that_the_server_refuses) {
  DnsWorld<CloudflareDouble> world(cloudflare_settings());
  auto records = a_thousand();
  records.resize(20);
  records[7].set("ttl", Duration{30'000});  // Cloudflare wants a minute
  records[7].set("name", "odd");
  const auto results = carry_out_together(world, records);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i].has_value(), i != 7) << i;
  EXPECT_EQ(world.server.records.size(), 19u);
}

TEST(DnsOwnership, strangers_records_are_refused_while_planning_and_taken_over_when_asked) {
  DnsWorld<PowerDnsDouble> world(powerdns_settings());
  world.server.sets[{"app.example.com.", "A"}] = Object{
      {"name", "app.example.com."}, {"type", "A"}, {"ttl", 60}, {"records", List{Object{{"content", "10.0.0.1"}}}}};
  auto written = record("app", "A", List{"192.168.50.10"});
  Rehearsal rehearsal(world, "app");
  const auto refused = rehearsal.apply(written);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "`A app.example.com` is already there, and is not nmx's");
  written.set("adopt", true);
  const auto adopted = rehearsal.apply(written);
  ASSERT_TRUE(adopted) << adopted.error().message;
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
}

TEST(DnsReverse, names_of_others_at_an_address_stay) {
  DnsWorld<PowerDnsDouble> world(powerdns_settings());
  const std::pair<std::string, std::string> place("7.50.168.192.in-addr.arpa.", "PTR");
  world.server.sets[place] = Object{
      {"name", place.first}, {"type", "PTR"}, {"ttl", 60}, {"records", List{Object{{"content", "old.example.com."}}}}};
  Rehearsal rehearsal(world, "app");
  const auto written = record("app", "A", List{"192.168.50.7"});
  ASSERT_TRUE(rehearsal.apply(written));
  EXPECT_EQ(world.server.sets.at(place).at_or_null("records").list()->size(), 2u);
  // Somebody takes the name away: a plan shows it and puts it back.
  world.server.sets.erase(place);
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{"ptr: false -> true"});
  ASSERT_TRUE(rehearsal.apply(written));
  EXPECT_EQ(rehearsal.differences(written), std::vector<std::string>{});
  ASSERT_TRUE(rehearsal.destroy());
  EXPECT_EQ(world.server.sets.count(place), 0u);
}

}  // namespace
}  // namespace nmx::test
