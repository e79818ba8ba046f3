#include <gtest/gtest.h>

#include "providers/proxmox/container.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::proxmox {
namespace {

using test::gibibyte;

Change creation(const Object& wanted) {
  auto change = test::update({}, wanted);
  change.action = Action::create;
  return change;
}

/// What the checks have to say, each as its number and message.
std::vector<std::string> complaints(const Change& change, const Facts& facts,
                                    const ResourceConfiguration* configuration = nullptr) {
  Diagnostics diagnostics;
  Container().check({change, facts, configuration, Span{}}, diagnostics);
  std::vector<std::string> found;
  for (const auto& one : diagnostics.sorted()) {
    found.push_back(to_string(one.code) + " " + one.message);
    EXPECT_TRUE(one.severity == Severity::warning || one.code == Code::storage_full || one.code == Code::node_offline ||
                one.code == Code::bad_option || !one.help.empty())
        << one.message;
  }
  return found;
}
using Complaints = std::vector<std::string>;

Object wanted() {
  auto object = test::decided(test::small_container(), test::facts());
  object.set("node", "pve1");
  return object;
}

Facts without(std::string_view privilege) {
  auto facts = test::facts();
  auto granted = *facts.find("permissions")->object()->find("/")->object();
  granted.erase(privilege);
  facts.set("permissions", Object{{"/", granted}});
  return facts;
}

TEST(ContainerCheck, has_nothing_to_say_about_what_will_work) {
  EXPECT_EQ(complaints(creation(wanted()), test::facts()), Complaints{});
}

TEST(ContainerCheck, finds_an_unknown_and_an_offline_node) {
  auto object = wanted();
  object.set("node", "pve9");
  EXPECT_EQ(complaints(creation(object), test::facts()), Complaints{"NMX0701 the cluster has no node `pve9`"});
  object.set("node", "pve3");
  EXPECT_EQ(complaints(creation(object), test::facts()), Complaints{"NMX0711 node `pve3` is offline"});
}

TEST(ContainerCheck, finds_storages_that_are_missing_unfit_or_full) {
  auto object = wanted();
  object.set("disk", Object{{"storage", "zfs"}, {"size", Bytes{gibibyte}}});
  EXPECT_EQ(complaints(creation(object), test::facts()), Complaints{"NMX0702 node `pve1` has no storage `zfs`"});
  object.set("disk", Object{{"storage", "local"}, {"size", Bytes{gibibyte}}});
  EXPECT_EQ(complaints(creation(object), test::facts()),
            Complaints{"NMX0702 storage `local` does not take containers"});
  object.set("disk", Object{{"storage", "tank"}, {"size", Bytes{11 * gibibyte}}});
  EXPECT_EQ(complaints(creation(object), test::facts()),
            Complaints{"NMX0703 storage `tank` on `pve1` has 10.0 GiB left, 11.0 GiB are asked for"});
}

TEST(ContainerCheck, refuses_to_shrink_a_disk_and_says_what_to_do) {
  auto before = test::made(wanted());
  auto after = before;
  after.set("disk", Object{{"storage", "local-lvm"}, {"size", Bytes{4 * gibibyte}}});
  Diagnostics diagnostics;
  const auto change = test::update(before, after);
  const auto facts = test::facts();
  Container().check({change, facts, nullptr, Span{}}, diagnostics);
  ASSERT_EQ(diagnostics.sorted().size(), 1u);
  EXPECT_EQ(diagnostics.sorted()[0].message, "the root disk cannot shrink from 8G to 4G");
  EXPECT_NE(diagnostics.sorted()[0].help.find("write 8G"), std::string::npos);
}

TEST(ContainerCheck, finds_a_missing_template_unless_the_plan_brings_it) {
  auto object = wanted();
  object.set("template", "local:vztmpl/nmx-bass.tar.xz");
  EXPECT_EQ(complaints(creation(object), test::facts()),
            Complaints{"NMX0706 node `pve1` has no template `local:vztmpl/nmx-bass.tar.xz`"});
  ResourceConfiguration configuration;
  configuration.chains["template"] = {};
  EXPECT_EQ(complaints(creation(object), test::facts(), &configuration), Complaints{});
}

TEST(ContainerCheck, finds_an_unknown_bridge) {
  auto object = wanted();
  auto element = test::network("eth0", "dhcp");
  element.erase("gateway");
  element.set("bridge", "vmbr9");
  object.set("network", List{element});
  EXPECT_EQ(complaints(creation(object), test::facts()), Complaints{"NMX0707 node `pve1` has no bridge `vmbr9`"});
}

TEST(ContainerCheck, finds_a_number_that_somebody_has) {
  auto object = wanted();
  object.set("vmid", 100);
  EXPECT_EQ(complaints(creation(object), test::facts()),
            Complaints{"NMX0708 number 100 is taken by CT 100 \"printer\" on pve1"});
}

TEST(ContainerCheck, asks_for_the_root_login_where_no_token_will_do) {
  auto object = wanted();
  object.set("mounts", List{Object{{"path", "/films"}, {"source", "/tank/films"}}});
  EXPECT_EQ(complaints(creation(object), test::facts()),
            Complaints{"NMX0705 Proxmox allows `mounts[/films]` to no token, only to root@pam itself"});
  auto facts = test::facts();
  facts.set("root", true);
  EXPECT_EQ(complaints(creation(object), facts), Complaints{});
}

TEST(ContainerCheck, names_the_right_that_is_missing) {
  EXPECT_EQ(complaints(creation(wanted()), without("VM.Allocate")),
            Complaints{"NMX0700 the login lacks VM.Allocate on /vms/101"});
  EXPECT_EQ(complaints(creation(wanted()), without("SDN.Use")),
            Complaints{"NMX0700 the login may not use bridge `vmbr0`"});
  EXPECT_EQ(complaints(creation(wanted()), without("Datastore.AllocateSpace")),
            Complaints{"NMX0700 the login may not use storage `local-lvm`"});
}

TEST(ContainerCheck, needs_only_the_rights_for_what_changes) {
  const auto before = test::made(wanted());
  auto after = before;
  after.set("cores", 4);
  EXPECT_EQ(complaints(test::update(before, after), without("VM.Config.Memory")), Complaints{});
  EXPECT_EQ(complaints(test::update(before, after), without("VM.Config.CPU")).size(), 1u);
}

TEST(ContainerCheck, does_not_destroy_what_proxmox_protects) {
  auto before = test::made(wanted());
  before.set("protection", true);
  auto change = test::update(before, {});
  change.action = Action::destroy;
  EXPECT_EQ(complaints(change, test::facts()), Complaints{"NMX0604 CT 101 is protected in Proxmox"});
}

TEST(ContainerCheck, finds_elements_that_contradict_each_other) {
  auto object = wanted();
  const Object mount{{"path", "/a"}, {"storage", "tank"}, {"size", Bytes{gibibyte}}};
  object.set("mounts", List{mount, mount});
  EXPECT_EQ(complaints(creation(object), test::facts()), Complaints{"NMX0709 two mounts have the path `/a`"});
  object.set("mounts", List{Object{{"path", "/a"}}});
  EXPECT_EQ(complaints(creation(object), test::facts()).size(), 1u);
  object.set("mounts", List{Object{{"path", "/a"}, {"volume", "/not/a/volume"}}});
  EXPECT_EQ(complaints(creation(object), test::facts()),
            Complaints{"NMX0709 `/not/a/volume` is not the name of a volume"});
}

TEST(ContainerCheck, warns_that_a_template_is_used_only_once) {
  const auto before = test::made(wanted());
  auto after = before;
  after.set("template", "local:vztmpl/other.tar.xz");
  EXPECT_EQ(complaints(test::update(before, after), test::facts()),
            Complaints{"NMX0709 `template` is used when a container is made; this one stays as it is"});
}

TEST(ContainerCheck, leaves_alone_what_a_cluster_that_is_not_there_yet_would_refuse) {
  EXPECT_EQ(complaints(creation(wanted()), {}), Complaints{});
}

TEST(Permissions, go_by_the_nearest_path) {
  const Facts facts{{"permissions", Object{{"/", Object{{"VM.Audit", 1}, {"Sys.Audit", 0}}},
                                           {"/vms", Object{{"VM.Allocate", 1}, {"VM.Audit", 1}}},
                                           {"/vms/100", Object{{"VM.Audit", 0}}}}}};
  const Cluster cluster(facts);
  EXPECT_TRUE(cluster.may("/vms/100", "VM.Audit"));
  EXPECT_FALSE(cluster.may("/vms/100", "VM.Allocate"));
  EXPECT_TRUE(cluster.may("/vms/101", "VM.Allocate"));
  EXPECT_TRUE(cluster.may("/", "Sys.Audit"));
  EXPECT_FALSE(cluster.may("/nodes/pve1", "Sys.Audit"));
}

}  // namespace
}  // namespace nmx::proxmox
