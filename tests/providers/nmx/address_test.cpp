#include "providers/nmx/address.hpp"

#include <gtest/gtest.h>

#include "providers/nmx/value.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::internal {
namespace {

Object network(std::string cidr, Value pool = {}) {
  Object object{{"network", std::move(cidr)}};
  if (!pool.is_null()) object.set("pool", std::move(pool));
  return object;
}

std::string decide(const Object& wanted, Allocator& allocator, std::string owner) {
  const auto address = Address{}.child(std::move(owner));
  const auto decided = AddressType().decide({address, wanted, nullptr, {}, allocator});
  return decided ? Fields(*decided).text_or("value", "") : "error: " + decided.error().message;
}

TEST(Address, takes_the_next_of_the_pool_and_keeps_it) {
  Allocator allocator({}, 1);
  const auto wanted = network("192.168.50.0/24", "192.168.50.20-192.168.50.22");
  EXPECT_EQ(decide(wanted, allocator, "a"), "192.168.50.20");
  EXPECT_EQ(decide(wanted, allocator, "b"), "192.168.50.21");
  EXPECT_EQ(decide(wanted, allocator, "a"), "192.168.50.20");
}

TEST(Address, leaves_out_what_is_reserved_or_somebody_elses) {
  Allocator allocator({}, 1);
  allocator.occupy("ip", "192.168.50.21", "CT 120 \"printer\" on pve1");
  auto wanted = network("192.168.50.0/24", "192.168.50.20-192.168.50.30");
  wanted.set("reserved", List{"192.168.50.20"});
  EXPECT_EQ(decide(wanted, allocator, "a"), "192.168.50.22");
}

TEST(Address, says_when_the_pool_is_used_up) {
  Allocator allocator({}, 1);
  const auto wanted = network("10.0.0.0/24", List{"10.0.0.5", "10.0.0.7-10.0.0.8"});
  EXPECT_EQ(decide(wanted, allocator, "a"), "10.0.0.5");
  EXPECT_EQ(decide(wanted, allocator, "b"), "10.0.0.7");
  EXPECT_EQ(decide(wanted, allocator, "c"), "10.0.0.8");
  EXPECT_EQ(decide(wanted, allocator, "d").substr(0, 41), "error: no address of 10.0.0.0/24 is left:");
}

TEST(Address, takes_the_one_that_is_wanted) {
  Allocator allocator({}, 1);
  auto wanted = network("10.0.0.0/24");
  wanted.set("wanted", "10.0.0.77");
  EXPECT_EQ(decide(wanted, allocator, "a"), "10.0.0.77");
  EXPECT_NE(decide(wanted, allocator, "b").find("10.0.0.77"), std::string::npos);
  wanted.set("wanted", "10.0.1.77");
  EXPECT_EQ(decide(wanted, allocator, "c"), "error: 10.0.1.77 is outside the network 10.0.0.0/24");
}

TEST(Address, says_who_has_the_one_that_is_wanted) {
  Allocator allocator({}, 1);
  allocator.occupy("ip", "10.0.0.77", "CT 120 \"printer\" on pve1");
  auto wanted = network("10.0.0.0/24");
  wanted.set("wanted", "10.0.0.77");
  EXPECT_NE(decide(wanted, allocator, "a").find("printer"), std::string::npos);
}

TEST(Address, without_a_pool_uses_the_whole_network_but_its_ends) {
  Allocator allocator({}, 1);
  const auto wanted = network("10.0.0.0/30");
  EXPECT_EQ(decide(wanted, allocator, "a"), "10.0.0.1");
  EXPECT_EQ(decide(wanted, allocator, "b"), "10.0.0.2");
  EXPECT_EQ(decide(wanted, allocator, "c").substr(0, 6), "error:");
}

TEST(Address, works_in_ipv6) {
  Allocator allocator({}, 1);
  const auto wanted = network("fd00::/64", "fd00::ff-fd00::101");
  EXPECT_EQ(decide(wanted, allocator, "a"), "fd00::ff");
  EXPECT_EQ(decide(wanted, allocator, "b"), "fd00::100");
}

TEST(Address, refuses_a_pool_outside_its_network) {
  Allocator allocator({}, 1);
  EXPECT_EQ(decide(network("10.0.0.0/24", "10.0.1.1-10.0.1.9"), allocator, "a"),
            "error: `pool`: 10.0.1.1 is outside the network 10.0.0.0/24");
}

TEST(ValueType, gives_back_what_it_was_given_and_keeps_its_id) {
  Allocator allocator({}, 1);
  const auto address = Address{}.child("generation");
  const Object wanted{{"input", 7}};
  const auto decided = ValueType().decide({address, wanted, nullptr, {}, allocator});
  ASSERT_TRUE(decided);
  EXPECT_EQ(decided->at_or_null("output"), Value(7));
  const Object applied{{"id", "kept"}};
  EXPECT_EQ(ValueType().decide({address, wanted, &applied, {}, allocator})->at_or_null("id"), Value("kept"));
}

}  // namespace
}  // namespace nmx::internal
