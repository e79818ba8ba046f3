// Faults that tools for Proxmox are known to have had: each a claim that nmx does not.

#include <gtest/gtest.h>

#include <algorithm>

#include "planner/diff.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/contract/proxmox_world.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::test {
namespace {

using Verbs = std::vector<std::string>;

class KnownFaults : public testing::Test {
 protected:
  ProxmoxWorld world_{"proxmox_container"};
  Rehearsal rehearsal_{world_, "media"};
  Object written_ = [] {
    auto object = small_container();
    object.set("node", "pve1");
    return object;
  }();

  SmallCluster::Guest& guest() { return world_.cluster().guests.begin()->second; }
  void apply() {
    const auto done = rehearsal_.apply(written_);
    ASSERT_TRUE(done) << done.error().message;
  }
  Verbs verbs() const {
    Verbs words;
    for (const auto& operation : rehearsal_.operations()) words.push_back(operation.verb);
    return words;
  }
  static Object volume(std::string path, std::int64_t gibibytes) {
    return Object{{"path", std::move(path)}, {"storage", "tank"}, {"size", Bytes{gibibytes * gibibyte}}};
  }
};

TEST_F(KnownFaults, growing_a_mount_keeps_the_container_and_its_data) {
  written_.set("mounts", List{volume("/srv", 1)});
  apply();
  const auto before = guest().active.at("mp0");
  written_.set("mounts", List{volume("/srv", 3)});
  apply();
  EXPECT_EQ(verbs(), Verbs{"resize"});
  EXPECT_EQ(guest().active.at("mp0").substr(0, before.find(',')), before.substr(0, before.find(',')));
  EXPECT_TRUE(guest().running);
}

TEST_F(KnownFaults, adding_a_mount_is_done_while_it_runs) {
  apply();
  written_.set("mounts", List{volume("/srv", 1)});
  apply();
  EXPECT_EQ(verbs(), Verbs{"configure"});
  EXPECT_EQ(guest().active, guest().configured);
}

TEST_F(KnownFaults, mount_options_do_not_make_a_second_volume) {
  apply();
  const auto before = guest().active.at("rootfs");
  written_.set("disk", Object{{"storage", "local-lvm"}, {"size", Bytes{8 * gibibyte}}, {"options", List{"noatime"}}});
  apply();
  EXPECT_EQ(guest().active.at("rootfs").substr(0, before.find(',')), before.substr(0, before.find(',')));
}

TEST_F(KnownFaults, removing_one_mount_leaves_the_others_where_they_are) {
  written_.set("mounts", List{volume("/a", 1), volume("/b", 1), volume("/c", 1)});
  apply();
  const auto kept = guest().active.at("mp1");
  written_.set("mounts", List{volume("/b", 1), volume("/c", 1)});
  apply();
  EXPECT_EQ(guest().active.at("mp1"), kept);
  EXPECT_EQ(guest().active.count("mp0"), 0u);
}

TEST_F(KnownFaults, the_size_of_an_existing_volume_is_the_servers_to_tell) {
  apply();
  written_.set("mounts", List{Object{{"path", "/srv"}, {"volume", "tank:subvol-900-disk-1"}}});
  apply();
  guest().active["mp0"] += ",size=7G";
  guest().configured = guest().active;
  EXPECT_TRUE(rehearsal_.differences(written_).empty());
}

TEST_F(KnownFaults, unknown_inputs_of_an_adopted_container_are_no_reason_to_replace_it) {
  apply();
  const auto observed = rehearsal_.read();
  auto applied = observed.attributes;
  for (const auto* name : {"template", "ssh_keys", "password"}) applied.erase(name);
  auto wanted = rehearsal_.complete(written_);
  wanted.set("ssh_keys", List{"ssh-ed25519 AAAA ada"});
  EXPECT_TRUE(differences(world_.type(), {&applied, &observed.attributes, &wanted}, {}).empty());
}

TEST_F(KnownFaults, a_blank_in_a_key_destroys_nothing) {
  written_.set("ssh_keys", List{"ssh-ed25519 AAAA ada"});
  apply();
  written_.set("ssh_keys", List{"ssh-ed25519 AAAA ada "});
  apply();
  EXPECT_EQ(verbs(), Verbs{"remember"});
}

TEST_F(KnownFaults, another_node_is_a_move) {
  apply();
  written_.set("node", "pve2");
  apply();
  EXPECT_EQ(verbs(), Verbs{"migrate"});
  EXPECT_EQ(guest().node, "pve2");
  EXPECT_TRUE(guest().running);
}

TEST_F(KnownFaults, a_container_that_was_moved_by_hand_is_found_and_stays_there) {
  written_.erase("node");
  apply();
  guest().node = guest().node == "pve1" ? "pve2" : "pve1";
  Rehearsal fresh(world_, "media");
  EXPECT_TRUE(rehearsal_.differences(written_).empty());
}

TEST_F(KnownFaults, unchanged_and_empty_features_are_never_sent) {
  written_.erase("features");
  apply();
  EXPECT_EQ(guest().active.count("features"), 0u);
  written_.set("features", Object{{"fuse", false}, {"keyctl", false}});
  EXPECT_TRUE(rehearsal_.differences(written_).empty());
  written_.set("cores", 3);
  apply();
  EXPECT_EQ(guest().active.count("features"), 0u);
}

TEST_F(KnownFaults, nothing_is_ever_sent_empty) {
  written_.set("description", "films");
  written_.set("nameservers", List{"1.1.1.1"});
  written_.set("search_domain", "lan");
  apply();
  for (const auto* name : {"description", "search_domain"}) written_.set(name, "");
  written_.set("nameservers", List{});
  apply();  // the cluster refuses empty values
  for (const auto* option : {"description", "nameserver", "searchdomain"})
    EXPECT_EQ(guest().active.count(option), 0u) << option;
}

TEST_F(KnownFaults, a_mac_address_stays_through_every_change) {
  apply();
  const auto mac = Fields(rehearsal_.applied().at_or_null("macs")).text_or("eth0", "");
  auto element = network("eth0", "192.168.50.99/24");
  element.set("firewall", true);
  written_.set("network", List{element});
  apply();
  EXPECT_NE(guest().active.at("net0").find(mac), std::string::npos);
}

TEST_F(KnownFaults, order_case_and_spelling_are_no_differences) {
  written_.set("tags", List{"B", "a"});
  written_.set("description", "text");
  written_.set("nameservers", List{"1.1.1.1", "9.9.9.9"});
  apply();
  written_.set("tags", List{"a", "b"});
  written_.set("description", "text\n");
  EXPECT_TRUE(rehearsal_.differences(written_).empty());
}

TEST_F(KnownFaults, cores_and_memory_do_not_restart_it) {
  apply();
  written_.set("cores", 8);
  written_.set("memory", Bytes{4 * gibibyte});
  apply();
  EXPECT_EQ(verbs(), Verbs{"configure"});
}

TEST_F(KnownFaults, what_waits_for_a_start_is_seen_and_started) {
  apply();
  guest().configured["features"] = "nesting=1,fuse=1";  // by hand, and not restarted
  written_.set("features", Object{{"nesting", true}, {"fuse", true}});
  EXPECT_EQ(rehearsal_.differences(written_), std::vector<std::string>{"pending: [\"features\"] -> []"});
  apply();
  EXPECT_EQ(verbs(), Verbs{"restart"});
  EXPECT_EQ(guest().active.at("features"), "nesting=1,fuse=1");
}

TEST_F(KnownFaults, what_somebody_left_waiting_is_taken_back_without_a_restart) {
  apply();
  guest().configured["features"] = "nesting=1,fuse=1";
  world_.cluster().asked.clear();
  apply();
  EXPECT_EQ(guest().configured, guest().active);
  for (const auto& asked : world_.cluster().asked) EXPECT_EQ(asked.find("/status/"), std::string::npos) << asked;
}

TEST_F(KnownFaults, destroying_a_stopped_and_a_running_container_works_alike) {
  apply();
  ASSERT_TRUE(rehearsal_.destroy());
  EXPECT_TRUE(world_.cluster().guests.empty());
  written_.set("started", false);
  world_.cluster().guests.clear();
  Rehearsal second(world_, "films");
  ASSERT_TRUE(second.apply(written_));
  ASSERT_TRUE(second.destroy());
  EXPECT_TRUE(world_.cluster().guests.empty());
}

TEST_F(KnownFaults, two_containers_never_get_one_number) {
  std::vector<std::unique_ptr<Rehearsal>> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(std::make_unique<Rehearsal>(world_, "c" + std::to_string(i)));
    ASSERT_TRUE(all.back()->apply(written_));
  }
  EXPECT_EQ(world_.cluster().guests.size(), 20u);
}

TEST_F(KnownFaults, a_run_that_lost_its_state_takes_up_its_own_container) {
  apply();
  Rehearsal again(world_, "media");
  const auto done = again.apply(written_);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(world_.cluster().guests.size(), 1u);
  EXPECT_TRUE(again.differences(written_).empty());
}

TEST_F(KnownFaults, everything_is_right_after_one_apply) {
  written_.set("description", "films");
  written_.set("mounts", List{volume("/a", 1)});
  written_.set("pool", "prod");
  written_.set("startup", Object{{"order", 1}});
  apply();
  EXPECT_TRUE(rehearsal_.differences(written_).empty());
  EXPECT_EQ(verbs(), Verbs{"create"});
}

TEST_F(KnownFaults, nixos_is_an_operating_system) {
  written_.erase("ostype");
  apply();
  EXPECT_EQ(guest().active.at("ostype"), "nixos");
  EXPECT_EQ(guest().active.at("arch"), "amd64");
}

}  // namespace
}  // namespace nmx::test
