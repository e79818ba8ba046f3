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
  configuration.linked = {"template"};
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

struct Refused {
  std::string attribute;
  Value value;
  std::string message;
};
void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.message; }
class ContainerValues : public testing::TestWithParam<Refused> {};
TEST_P(ContainerValues, are_refused_before_the_server_does) {
  auto facts = test::facts();
  facts.set("root", true);
  auto object = wanted();
  object.set(GetParam().attribute, GetParam().value);
  EXPECT_EQ(complaints(creation(object), facts), Complaints{"NMX0709 " + GetParam().message});
}
Object interface(std::string name, std::string field, Value value) {
  return Object{{"name", std::move(name)}, {"bridge", "vmbr0"}, {std::move(field), std::move(value)}};
}
INSTANTIATE_TEST_SUITE_P(
    ContainerCheck, ContainerValues,
    testing::Values(
        Refused{"password", "1234", "the password is shorter than 5 characters"},
        Refused{"description", std::string(8193, 'x'), "the description is longer than 8192 characters"},
        Refused{"tags", List{"two words"}, "`two words` is not a tag for Proxmox"},
        Refused{"tags", List{"-a"}, "`-a` is not a tag for Proxmox"},
        Refused{"network", List{interface("eth 0", "ip", "dhcp")}, "`eth 0` is not the name of an interface"},
        Refused{"network", List{interface("eth0", "tag", 4095)},
                "`tag` of interface `eth0` is 4095, which is not between 1 and 4094"},
        Refused{"network", List{interface("eth0", "mtu", 63)},
                "`mtu` of interface `eth0` is 63, which is not between 64 and 65535"},
        Refused{"devices", List{Object{{"path", "/etc/passwd"}}}, "`/etc/passwd` is not a device"},
        Refused{"devices", List{Object{{"path", "/dev/kvm"}, {"mode", "660"}}},
                "`660` is not a mode for device `/dev/kvm`"},
        Refused{"mounts", List{Object{{"path", "/a/../b"}, {"source", "/tank"}}},
                "mount `/a/../b` has `.` or `..` in a path"},
        Refused{"mounts", List{Object{{"path", "/"}, {"source", "/tank"}}}, "a mount at `/` hides the root disk"},
        Refused{"mounts", List{Object{{"path", "/a"}, {"storage", "tank"}}}, "mount `/a` has a storage and no size"}));

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
