#include "providers/dns/record.hpp"

#include <gtest/gtest.h>

#include "providers/dns/dns_record.hpp"
#include "providers/dns/message.hpp"
#include "providers/dns/name.hpp"
#include "providers/dns/rfc2136.hpp"
#include "providers/dns/tsig.hpp"
#include "providers/dns/zone_file.hpp"

namespace nmx::test {
namespace {

using namespace nmx::dns;

struct Written_ {
  std::string type;
  std::string written;
  std::string normal;
};

const std::vector<Written_>& values() {
  static const std::vector<Written_> all{{"A", "192.168.50.1", "192.168.50.1"},
                                         {"AAAA", "FD00::0:1", "fd00::1"},
                                         {"CNAME", "Mail.Example.com", "mail.example.com."},
                                         {"MX", "10  mail.example.com.", "10 mail.example.com."},
                                         {"SRV", "0 5 25565 game.example.com", "0 5 25565 game.example.com."},
                                         {"CAA", "0 issue letsencrypt.org", "0 issue \"letsencrypt.org\""},
                                         {"CAA", "128 issuewild \";\"", "128 issuewild \";\""},
                                         {"TXT", "v=spf1 \"a\" \\ ü", "v=spf1 \"a\" \\ ü"},
                                         {"TXT", std::string(600, 'x'), std::string(600, 'x')},
                                         {"TXT", "", ""},
                                         {"PTR", "app.example.com", "app.example.com."},
                                         {"NS", "ns1.example.com", "ns1.example.com."}};
  return all;
}

TEST(DnsValue, has_one_form_that_goes_over_wire_and_file_and_back) {
  for (const auto& [type, written, normal] : values()) {
    SCOPED_TRACE(type + " " + written);
    const auto read = normal_value(type, written);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, normal);
    EXPECT_EQ(*normal_value(type, normal), normal);
    EXPECT_EQ(from_wire(type, to_wire(type, normal)), normal);
    EXPECT_EQ(*from_file_value(type, file_value(type, normal)), normal);
  }
}

TEST(DnsValue, that_is_none_is_refused_with_what_to_write) {
  EXPECT_EQ(normal_value("A", "fd00::1").error().help, "its type is AAAA");
  EXPECT_FALSE(normal_value("A", "192.168.050.1"));
  EXPECT_EQ(normal_value("CNAME", "mail").error().message, "`mail` is not a full name");
  EXPECT_FALSE(normal_value("MX", "mail.example.com"));
  EXPECT_FALSE(normal_value("MX", "70000 mail.example.com"));
  EXPECT_FALSE(normal_value("SRV", "0 5 game.example.com"));
  EXPECT_FALSE(normal_value("CAA", "issue letsencrypt.org"));
  EXPECT_FALSE(normal_value("A", "1.2.3.4 1.2.3.5"));
}

TEST(DnsName, of_a_record_is_found_in_its_zone) {
  EXPECT_EQ(full_name("app", "Example.com"), "app.example.com.");
  EXPECT_EQ(full_name("@", "example.com."), "example.com.");
  EXPECT_EQ(full_name("app.example.com", "example.com"), "app.example.com.");
  EXPECT_EQ(full_name("app.example.com.", "example.com"), "app.example.com.");
  EXPECT_EQ(name_in_zone("myexample.com.", "example.com"), std::nullopt);
  EXPECT_EQ(reverse_name("192.168.50.7"), "7.50.168.192.in-addr.arpa.");
  EXPECT_EQ(reverse_name("fd00::1"), "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.");
  EXPECT_EQ(zone_of("7.50.168.192.in-addr.arpa.", {"168.192.in-addr.arpa", "50.168.192.in-addr.arpa"}),
            "50.168.192.in-addr.arpa");
  EXPECT_EQ(mistake_in_name("*.lab.example.com."), "");
  EXPECT_NE(mistake_in_name("lab.*.example.com."), "");
  EXPECT_NE(mistake_in_name("a..example.com."), "");
  EXPECT_NE(mistake_in_name("über.example.com."), "");
}

TEST(DnsRecord, of_a_server_that_is_not_there_yet_keeps_what_is_written_of_the_way_back) {
  Object written{{"zone", "example.com"}, {"name", "app"}, {"type", "A"}, {"value", "192.168.50.1"}};
  EXPECT_FALSE(DnsRecord().normalise(written, {}).contains("ptr"));
  written.set("ptr", false);
  EXPECT_EQ(DnsRecord().normalise(written, {}).at_or_null("ptr"), Value(false));
}

TEST(DnsMessage, that_is_damaged_anywhere_is_never_read_past_its_end) {
  const auto bytes =
      to_bytes(update_message("example.com", {{{"app", "MX"}, {}, RecordSet{300, {"10 a.example.com."}}}}));
  ASSERT_TRUE(parse_message(bytes));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(parse_message(bytes.substr(0, cut))) << cut;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char odd : {'\xff', '\xc0', '\x00', '\x3f'}) {
      auto damaged = bytes;
      damaged[at] = odd;
      (void)parse_message(damaged);
    }
  }
  const std::string loop = std::string("\0\1\0\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1", 18);
  EXPECT_FALSE(parse_message(loop));
}

TEST(DnsSignature, of_an_answer_is_checked_also_over_several_messages) {
  const TsigKey key{"nmx.", "secret"};
  auto first = to_bytes(update_message("example.com", {}));
  const auto request = sign(key, first, 1'700'000'000);
  const auto parsed = parse_message(request.bytes);
  ASSERT_TRUE(parsed);
  ASSERT_GT(parsed->tsig_at, 0u);
  // A request's own signature is made as an answer's to nothing would be, but for the request's MAC.
  EXPECT_FALSE(TsigCheck(key, "").check(request.bytes, *parsed));
  TsigCheck unsigned_end(key, request.mac);
  const auto plain = parse_message(first);
  EXPECT_FALSE(unsigned_end.check(first, *plain)) << "the first message must be signed";
}

TEST(DnsZoneFile, that_a_person_wrote_is_read_and_what_nmx_writes_reads_back) {
  const auto file = parse_zone_file(
      "$TTL 1h\n"
      "$ORIGIN example.com.\n"
      "@   IN SOA ns root ( 2024010101 ; serial\n"
      "      1h 15m 1w 300 )\n"
      "    IN NS ns\n"
      "ns  A 192.168.50.53\n"
      "www 60 IN CNAME ns.example.com.\n"
      "mail.example.com. IN MX 10 ns\n"
      "txt IN TXT \"a;b\" \"c\" ; heritage=nmx,owner=1,resource=x\n"
      "key IN SSHFP 4 2 abcdef\n",
      "example.com");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->serial, 2024010101u);
  EXPECT_EQ(file->times, "3600 900 604800 300");
  EXPECT_EQ(file->records.at({"ns", "A"}).ttl, 3600);
  EXPECT_EQ(file->records.at({"mail", "MX"}).values, std::set<std::string>{"10 ns.example.com."});
  EXPECT_EQ(file->records.at({"txt", "TXT"}).values, std::set<std::string>{"a;bc"});
  EXPECT_EQ(file->records.at({"txt", "TXT"}).mark, "heritage=nmx,owner=1,resource=x");
  const auto again = parse_zone_file(render_zone_file(*file, "example.com"), "example.com");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->records, file->records);
  EXPECT_EQ(again->serial, file->serial);
}

TEST(DnsZoneFile, with_a_line_that_is_not_understood_is_refused_with_its_number) {
  const auto file = parse_zone_file("@ 60 IN SOA a. b. 1 2 3 4 5\napp IN A 1.2.3\n", "example.com");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("line 2"), std::string::npos);
}

}  // namespace
}  // namespace nmx::test
