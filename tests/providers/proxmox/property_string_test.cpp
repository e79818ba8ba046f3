#include "providers/proxmox/property_string.hpp"

#include <gtest/gtest.h>

namespace nmx::proxmox {
namespace {

TEST(PropertyString, prints_its_first_key_first_and_the_others_sorted) {
  const auto value = parse_property_string("ip=dhcp,bridge=vmbr0,name=eth0", "");
  EXPECT_EQ(print_property_string(value, "name", false), "name=eth0,bridge=vmbr0,ip=dhcp");
}

TEST(PropertyString, keeps_a_bare_value_under_its_default_key) {
  const auto value = parse_property_string("local-lvm:vm-100-disk-0,size=8G,ro=1", "volume");
  EXPECT_EQ(value.text_or("volume", ""), "local-lvm:vm-100-disk-0");
  EXPECT_EQ(value.boolean("ro"), true);
  EXPECT_EQ(print_property_string(value, "volume", true), "local-lvm:vm-100-disk-0,ro=1,size=8G");
}

TEST(PropertyString, skips_empty_parts) { EXPECT_EQ(parse_property_string(",,a=1,,", "x").parts.size(), 1u); }

TEST(Size, is_read_as_the_server_reads_it) {
  EXPECT_EQ(parse_size("8G"), 8589934592);
  EXPECT_EQ(parse_size("8"), 8);
  EXPECT_EQ(parse_size("8K"), 8192);
  EXPECT_EQ(parse_size("1.5G"), 1610612736);
  EXPECT_EQ(parse_size("1T"), 1099511627776);
  EXPECT_EQ(parse_size("8GiB"), 8589934592);
  EXPECT_EQ(parse_size("0T"), 0);
  EXPECT_EQ(parse_size("1.0005M"), 1049100);
  EXPECT_EQ(parse_size("3972844748"), 3972844748);
  for (const auto* bad : {"8g", "", "1 G", "G", "-1G", "1.G", "x"}) EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

TEST(Size, is_written_exactly_for_whole_mebibytes) {
  EXPECT_EQ(gibibytes(8589934592), "8");
  EXPECT_EQ(gibibytes(512 * mebibyte), "0.5");
  EXPECT_EQ(gibibytes(100 * mebibyte), "0.09765625");
  EXPECT_EQ(size_text(8589934592), "8G");
  EXPECT_EQ(size_text(8704 * mebibyte), "8704M");
  for (std::int64_t mebibytes = 1; mebibytes < 5'000; mebibytes += 7)
    EXPECT_EQ(parse_size(gibibytes(mebibytes * mebibyte) + "G"), mebibytes * mebibyte);
}

TEST(Size, is_rounded_up_to_whole_mebibytes) {
  EXPECT_EQ(whole_mebibytes(1), mebibyte);
  EXPECT_EQ(whole_mebibytes(mebibyte), mebibyte);
  EXPECT_EQ(whole_mebibytes(mebibyte + 1), 2 * mebibyte);
}

TEST(Volume, names_its_storage_unless_it_is_a_path) {
  EXPECT_EQ(storage_of("local-lvm:vm-115-disk-0"), "local-lvm");
  EXPECT_EQ(storage_of("/tank/films:2"), "");
  EXPECT_EQ(storage_of(""), "");
}

}  // namespace
}  // namespace nmx::proxmox
