#include "planner/journal.hpp"

#include "tests/planner/state/sample.hpp"

namespace nmx {
namespace {

const std::string lineage = "0b6c2a52-5f0e-4a3d-9d55-0c7c1f6e7a11";

Seal seal() { return Seal(StateKey::from_bytes(std::string(32, 'k')), lineage); }
Address dns() { return Address{}.child("container").child("dns"); }

Intent intent(std::size_t id) {
  Intent intent;
  intent.operation.id = id;
  intent.operation.address = dns();
  intent.operation.type = "proxmox_container";
  intent.operation.provider = "proxmox";
  intent.operation.verb = "create";
  intent.operation.key = "115";
  intent.operation.summary = "create CT 115 on pve2";
  intent.operation.danger = ChangeClass::create;
  intent.operation.completes = true;
  intent.operation.elevated = true;
  intent.operation.timeout_ms = 1234;
  intent.operation.arguments = Object{{"vmid", 115}, {"password", Value("journal-canary").as_secret()}};
  intent.becoming.fresh = true;
  intent.becoming.object = test::sample_state().objects.at(dns());
  intent.becoming.allocations = {{"ip", "10.0.0.7"}, {"proxmox.vmid", "115"}};
  return intent;
}

struct Written {
  std::vector<std::string> records;
  std::string text() const {
    std::string all;
    for (const auto& record : records) all += record;
    return all;
  }
};

Written sample() {
  const auto sealed = seal();
  JournalWriter writer(sealed, lineage, 41);
  Written written;
  written.records.push_back(writer.begin());
  written.records.push_back(writer.folded({{{dns(), test::sample_state().objects.at(dns())}}, {dns().child("old")}}));
  for (std::size_t id = 0; id < 4; ++id) written.records.push_back(writer.intent(intent(id)));
  written.records.push_back(writer.result({0, dns(), test::sample_state().objects.at(dns())}));
  written.records.push_back(writer.result({1, dns(), std::nullopt}));
  written.records.push_back(writer.failure({2}));
  return written;
}

TEST(Journal, tells_what_was_written) {
  const auto read = read_journal(sample().text(), seal(), lineage);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->serial, 41u);
  EXPECT_EQ(read->torn, 0u);
  ASSERT_EQ(read->results.size(), 2u);
  EXPECT_EQ(*read->results[0].object, test::sample_state().objects.at(dns()));
  EXPECT_FALSE(read->results[1].object);
  ASSERT_EQ(read->folded.size(), 1u);
  EXPECT_EQ(read->folded[0].forgotten.front(), dns().child("old"));
  EXPECT_EQ(read->allocated.size(), 8u);
  ASSERT_EQ(read->open.size(), 1u);
  const auto& open = read->open.front();
  const auto expected = intent(3);
  EXPECT_EQ(open.operation.id, 3u);
  EXPECT_EQ(open.operation.address, dns());
  EXPECT_EQ(open.operation.arguments, expected.operation.arguments);
  EXPECT_TRUE(open.operation.arguments.find("password")->secret);
  EXPECT_EQ(open.operation.key, "115");
  EXPECT_EQ(open.operation.timeout_ms, 1234);
  EXPECT_EQ(open.operation.danger, ChangeClass::create);
  EXPECT_TRUE(open.operation.completes);
  EXPECT_TRUE(open.operation.elevated);
  EXPECT_TRUE(open.becoming.fresh);
  EXPECT_FALSE(open.becoming.goes);
  EXPECT_EQ(open.becoming.object, expected.becoming.object);
  EXPECT_EQ(open.becoming.allocations, expected.becoming.allocations);
}

TEST(Journal, shows_no_secret) { EXPECT_EQ(sample().text().find("canary"), std::string::npos); }

TEST(Journal, torn_at_any_byte_keeps_every_whole_record) {
  const auto written = sample();
  const auto text = written.text();
  std::size_t whole = 0;
  std::size_t end_of_whole = 0;
  for (std::size_t size = 0; size <= text.size(); ++size) {
    while (whole < written.records.size() && end_of_whole + written.records[whole].size() <= size) {
      end_of_whole += written.records[whole++].size();
    }
    const auto read = read_journal(std::string_view(text).substr(0, size), seal(), lineage);
    ASSERT_TRUE(read) << size << ": " << read.error().message;
    EXPECT_EQ(read->torn, size - end_of_whole);
    EXPECT_EQ(read->results.size(), whole >= 8 ? 2u : whole >= 7 ? 1u : 0u) << size;
  }
}

TEST(Journal, zeros_at_the_end_are_a_torn_end) {
  const auto read = read_journal(sample().text() + std::string(500, '\0'), seal(), lineage);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->torn, 500u);
}

TEST(Journal, finds_every_flipped_bit) {
  const auto text = sample().text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = text;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      ASSERT_FALSE(read_journal(changed, seal(), lineage)) << at << " bit " << bit;
    }
  }
}

TEST(Journal, finds_records_that_are_missing_doubled_or_moved) {
  const auto written = sample();
  for (std::size_t at = 0; at < written.records.size(); ++at) {
    auto without = written;
    without.records.erase(without.records.begin() + static_cast<std::ptrdiff_t>(at));
    // Without the last one nothing shows: it is a journal that ended earlier.
    const bool last = at + 1 == written.records.size();
    EXPECT_EQ(read_journal(without.text(), seal(), lineage).has_value(), last) << at;
    auto doubled = written;
    doubled.records.insert(doubled.records.begin() + static_cast<std::ptrdiff_t>(at), written.records[at]);
    EXPECT_FALSE(read_journal(doubled.text(), seal(), lineage)) << at;
    if (at == 0) continue;
    auto moved = written;
    std::swap(moved.records[at - 1], moved.records[at]);
    EXPECT_FALSE(read_journal(moved.text(), seal(), lineage)) << at;
  }
}

TEST(Journal, of_another_state_is_refused) { EXPECT_FALSE(read_journal(sample().text(), seal(), "another-lineage")); }

}  // namespace
}  // namespace nmx
