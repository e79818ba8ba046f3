#include "lang/value/ip_address.hpp"

#include <gtest/gtest.h>

#include <random>

namespace nmx {
namespace {

TEST(IpAddress, reads_back_what_it_writes) {
  std::mt19937_64 engine(7);
  for (int i = 0; i < 20000; ++i) {
    const bool v6 = engine() % 2 == 0;
    Uint128 number = v6 ? Uint128{engine()} << 64 | engine() : Uint128{engine() & 0xFFFFFFFF};
    // Runs of zeros are what the short form is about.
    if (v6) number &= ~(Uint128{0xFFFFFFFFFFFF} << engine() % 100);
    const IpAddress address{v6 ? 128 : 32, number};
    const auto back = parse_ip(to_string(address));
    ASSERT_TRUE(back) << to_string(address);
    ASSERT_EQ(*back, address) << to_string(address);
  }
}

TEST(Cidr, first_and_last_address_span_the_network) {
  const auto network = parse_cidr("10.1.2.3/20");
  ASSERT_TRUE(network);
  EXPECT_EQ(to_string(network_address(*network)), "10.1.0.0");
  EXPECT_EQ(to_string(last_address(*network)), "10.1.15.255");
  EXPECT_TRUE(contains(*network, *parse_ip("10.1.15.255")));
  EXPECT_FALSE(contains(*network, *parse_ip("10.1.16.0")));
  EXPECT_FALSE(contains(*network, *parse_ip("::a01:1")));
  const auto all = parse_cidr("::/0");
  ASSERT_TRUE(all);
  EXPECT_EQ(to_string(last_address(*all)), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

}  // namespace
}  // namespace nmx
