#include <gtest/gtest.h>

#include <set>

#include "providers/proxmox/first_boot.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"
#include "providers/support/openssh_key.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::proxmox {
namespace {

Result<Object> decide(std::string name, const Object& wanted, const Facts& facts, Allocator& allocator,
                      const Object* applied = nullptr) {
  const auto owner = test::address(std::move(name));
  return Container().decide({owner, wanted, applied, facts, allocator});
}

std::int64_t vmid(const Result<Object>& decided) { return Fields(*decided).integer_or("vmid", 0); }

TEST(ContainerDecide, gives_each_container_a_number_that_nobody_has) {
  Allocator allocator({}, 1);
  const auto facts = test::facts();  // 100 is the printer's
  EXPECT_EQ(vmid(decide("a", test::small_container(), facts, allocator)), 101);
  EXPECT_EQ(vmid(decide("b", test::small_container(), facts, allocator)), 102);
}

TEST(ContainerDecide, refuses_one_number_for_two) {
  Allocator allocator({}, 1);
  auto wanted = test::small_container();
  wanted.set("vmid", 150);
  EXPECT_TRUE(decide("a", wanted, test::facts(), allocator));
  EXPECT_FALSE(decide("b", wanted, test::facts(), allocator));
}

TEST(ContainerDecide, decides_the_same_at_every_run) {
  Allocator one({}, 1);
  Allocator two({}, 1);
  EXPECT_EQ(*decide("a", test::small_container(), test::facts(), one),
            *decide("a", test::small_container(), test::facts(), two));
}

TEST(ContainerDecide, keeps_what_it_decided) {
  Allocator allocator({}, 1);
  auto applied = test::decided(test::small_container(), test::facts());
  applied.set("vmid", 177);
  applied.set("mark", "nmx-00000001");
  applied.set("macs", Object{{"eth0", "BC:24:11:AA:BB:CC"}});
  auto wanted = test::small_container();
  wanted.set("network", List{test::network("eth0", "dhcp"), test::network("eth1", "dhcp")});
  const auto decided = decide("renamed", wanted, test::facts(), allocator, &applied);
  EXPECT_EQ(vmid(decided), 177);
  EXPECT_EQ(decided->at_or_null("mark"), Value("nmx-00000001"));
  const Fields macs(decided->at_or_null("macs"));
  EXPECT_EQ(macs.text("eth0"), "BC:24:11:AA:BB:CC");
  EXPECT_EQ(macs.text_or("eth1", "").substr(0, 9), "BC:24:11:");
  EXPECT_NE(macs.text("eth1"), macs.text("eth0"));
}

TEST(ContainerDecide, follows_a_container_that_somebody_moved) {
  Allocator allocator({}, 1);
  auto applied = test::decided(test::small_container(), test::facts());
  applied.set("node", "pve1");
  auto facts = test::facts();
  facts.set("guests",
            Object{{"101", Object{{"node", "pve2"}, {"name", "media"}, {"tags", List{applied.at_or_null("mark")}}}}});
  EXPECT_EQ(decide("media", test::small_container(), facts, allocator, &applied)->at_or_null("node"), Value("pve2"));
}

TEST(ContainerDecide, finds_a_container_that_an_interrupted_run_made) {
  Allocator allocator({}, 1);
  auto facts = test::facts();
  const auto mark = mark_of(test::address("media"), "a seed");
  facts.set("guests", Object{{"133", Object{{"node", "pve2"}, {"name", "media"}, {"tags", List{"nmx", mark}}}}});
  const auto decided = decide("media", test::small_container(), facts, allocator);
  EXPECT_EQ(vmid(decided), 133);
  EXPECT_EQ(decided->at_or_null("node"), Value("pve2"));
}

TEST(ContainerDecide, takes_another_number_when_a_stranger_got_ours) {
  Allocator allocator({}, 1);
  auto applied = test::decided(test::small_container(), test::facts());
  applied.set("vmid", 100);
  EXPECT_EQ(vmid(decide("media", test::small_container(), test::facts(), allocator, &applied)), 101);
}

TEST(ContainerDecide, chooses_nodes_that_can_take_it_and_spreads_over_them) {
  std::set<std::string> nodes;
  for (int i = 0; i < 40; ++i) {
    Allocator allocator({}, 1);
    const auto decided = decide("c" + std::to_string(i), test::small_container(), test::facts(), allocator);
    nodes.insert(Fields(*decided).text_or("node", ""));
  }
  EXPECT_EQ(nodes, (std::set<std::string>{"pve1", "pve2"}));
  auto wanted = test::small_container();
  auto element = test::network("eth0", "dhcp");
  element.set("bridge", "vmbr1");
  wanted.set("network", List{element});
  Allocator allocator({}, 1);
  EXPECT_EQ(decide("x", wanted, test::facts(), allocator)->at_or_null("node"), Value("pve1"));
}

TEST(Mark, has_a_form_of_its_own) {
  const auto mark = mark_of(test::address("media"), "seed");
  EXPECT_TRUE(is_mark(mark)) << mark;
  EXPECT_NE(mark, mark_of(test::address("media"), "other lineage"));
  EXPECT_NE(mark, mark_of(test::address("films"), "seed"));
  for (const auto* other : {"nmx", "nmx-", "nmx-0a1b2c3", "nmx-0a1b2c3dd", "nmx-0A1B2C3D", "web"})
    EXPECT_FALSE(is_mark(other));
}

TEST(FirstBoot, is_asked_for) {
  auto wanted = test::small_container();
  wanted.set("ssh_keys", List{openssh_ed25519(std::string(32, 'o'), "").public_line + " ada"});
  EXPECT_EQ(*host_public_key(wanted, "nmx-0a1b2c3d", "seed"), "");
  EXPECT_EQ(authorized_keys(wanted, "nmx-0a1b2c3d", "seed").find("nmx-host-key"), std::string::npos);
}

TEST(FirstBoot, carries_the_host_key_whose_public_half_was_planned) {
  auto wanted = test::small_container();
  const auto operator_key = openssh_ed25519(std::string(32, 'o'), "").public_line;
  wanted.set("ssh_keys", List{"ecdsa-sha2-nistp256 AAAA junk", operator_key + " ada@example.com\n"});
  wanted.set("first_boot", true);
  const auto planned = host_public_key(wanted, "nmx-0a1b2c3d", "seed");
  ASSERT_TRUE(planned);
  const auto lines = split_list(authorized_keys(wanted, "nmx-0a1b2c3d", "seed"), "\n");
  ASSERT_EQ(lines.size(), 2u);
  const auto start = operator_key + " nmx-host-key-v1:";
  ASSERT_EQ(lines[1].substr(0, start.size()), start);
  EXPECT_EQ(*openssh_public_line(from_base64(lines[1].substr(start.size())).value_or("")), *planned);
  EXPECT_NE(*planned, *host_public_key(wanted, "nmx-11111111", "seed"));
}

TEST(FirstBoot, takes_a_host_key_of_the_users_own) {
  auto wanted = test::small_container();
  const auto own = openssh_ed25519(std::string(32, 'h'), "mine");
  wanted.set("first_boot", true);
  wanted.set("host_key", Value(own.private_file).as_secret());
  EXPECT_EQ(*host_public_key(wanted, "nmx-0a1b2c3d", "seed"), own.public_line);
  wanted.set("host_key", Value("nonsense").as_secret());
  EXPECT_FALSE(host_public_key(wanted, "nmx-0a1b2c3d", "seed"));
}

}  // namespace
}  // namespace nmx::proxmox
