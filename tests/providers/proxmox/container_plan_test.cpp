#include <gtest/gtest.h>

#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_form.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::proxmox {
namespace {

using test::gibibyte;

Object before() { return test::made(test::decided(test::small_container(), test::facts())); }

std::vector<Operation> plan(const Object& from, const Object& to) {
  return *Container().operations(test::update(from, to), test::facts());
}

std::vector<std::string> verbs(const std::vector<Operation>& operations) {
  std::vector<std::string> words;
  for (const auto& operation : operations) words.push_back(operation.verb);
  return words;
}
using Verbs = std::vector<std::string>;

std::string parameters(const Operation& operation) { return update_form(operation.arguments, {}).redacted(); }

Object with(Object object, std::string name, Value value) {
  object.set(std::move(name), std::move(value));
  return Container().normalise(object, {});
}

Object disk(std::string storage, std::int64_t size) {
  return Object{{"storage", std::move(storage)}, {"size", Bytes{size}}};
}

TEST(ContainerPlan, sends_only_what_changed) {
  const auto operations = plan(before(), with(before(), "memory", Bytes{2 * gibibyte}));
  EXPECT_EQ(verbs(operations), Verbs{"configure"});
  EXPECT_EQ(parameters(operations[0]), "memory=2048");
  EXPECT_EQ(operations[0].danger, ChangeClass::live);
  EXPECT_TRUE(operations[0].completes);
}

TEST(ContainerPlan, puts_all_options_into_one_request) {
  auto after = with(before(), "memory", Bytes{2 * gibibyte});
  after = with(after, "cores", 4);
  after = with(after, "description", "films");
  after = with(after, "onboot", true);
  EXPECT_EQ(verbs(plan(before(), after)), Verbs{"configure"});
}

TEST(ContainerPlan, grows_a_disk_in_place) {
  const auto operations = plan(before(), with(before(), "disk", disk("local-lvm", 9 * gibibyte)));
  EXPECT_EQ(verbs(operations), Verbs{"resize"});
  EXPECT_EQ(operations[0].danger, ChangeClass::live);
  EXPECT_EQ(operations[0].summary, "grow rootfs of CT 101 to 9G");
}

TEST(ContainerPlan, moves_a_disk_to_another_storage_while_it_stands_still) {
  const auto operations = plan(before(), with(before(), "disk", disk("tank", 8 * gibibyte)));
  EXPECT_EQ(verbs(operations), (Verbs{"stop", "move_volume", "start"}));
}

TEST(ContainerPlan, restarts_for_what_is_read_at_the_start) {
  const auto operations = plan(before(), with(before(), "features", Object{{"nesting", true}, {"fuse", true}}));
  EXPECT_EQ(verbs(operations), (Verbs{"configure", "restart"}));
  EXPECT_EQ(parameters(operations[0]), "features=fuse=1,nesting=1");
  EXPECT_TRUE(operations[0].elevated);
  EXPECT_FALSE(operations[1].elevated);
}

TEST(ContainerPlan, needs_no_restart_while_it_is_stopped) {
  const auto stopped = with(before(), "started", false);
  EXPECT_EQ(verbs(plan(stopped, with(stopped, "features", Object{}))), Verbs{"configure"});
}

TEST(ContainerPlan, deletes_an_option_instead_of_emptying_it) {
  const auto named = with(before(), "description", "films");
  EXPECT_EQ(parameters(plan(named, with(named, "description", ""))[0]), "delete=description");
  EXPECT_EQ(parameters(plan(before(), with(before(), "features", Object{}))[0]), "delete=features");
}

TEST(ContainerPlan, keeps_the_mac_of_an_interface_that_changes) {
  auto element = test::network("eth0", "192.168.50.21/24");
  const auto operations = plan(before(), with(before(), "network", List{element}));
  const auto mac = Fields(before().at_or_null("macs")).text_or("eth0", "");
  ASSERT_EQ(mac.size(), 17u);
  EXPECT_EQ(verbs(operations), Verbs{"configure"});
  EXPECT_EQ(parameters(operations[0]),
            "net0=name=eth0,bridge=vmbr0,gw=192.168.50.1,hwaddr=" + mac + ",ip=192.168.50.21/24,type=veth");
}

TEST(ContainerPlan, takes_the_lowest_free_slot_and_leaves_the_others_alone) {
  auto from = before();
  const auto film = Object{{"path", "/films"}, {"source", "/tank/films"}};
  from = with(from, "mounts", List{film});
  from.set("slots", Object{{"net:eth0", 0}, {"mp:/films", 1}});
  const auto operations = plan(
      from, with(from, "mounts", List{film, Object{{"path", "/a"}, {"storage", "tank"}, {"size", Bytes{gibibyte}}}}));
  EXPECT_EQ(verbs(operations), Verbs{"configure"});
  EXPECT_EQ(parameters(operations[0]), "mp0=tank:1,mp=/a");
}

TEST(ContainerPlan, removes_one_mount_by_its_own_slot) {
  auto from = with(before(), "mounts",
                   List{Object{{"path", "/a"}, {"source", "/tank/a"}}, Object{{"path", "/b"}, {"source", "/tank/b"}}});
  from.set("slots", Object{{"mp:/a", 0}, {"mp:/b", 1}});
  const auto operations = plan(from, with(from, "mounts", List{Object{{"path", "/a"}, {"source", "/tank/a"}}}));
  EXPECT_EQ(parameters(operations[0]), "delete=mp1");
  EXPECT_EQ(verbs(operations), (Verbs{"configure", "restart"}));
}

TEST(ContainerPlan, keeps_the_volume_when_the_options_of_a_mount_change) {
  const auto mount = Object{{"path", "/srv"}, {"storage", "tank"}, {"size", Bytes{gibibyte}}};
  auto from = with(before(), "mounts", List{mount});
  from.set("slots", Object{{"mp:/srv", 2}});
  from.set("volumes", Object{{"rootfs", "local-lvm:vm-101-disk-0"}, {"/srv", "tank:subvol-101-disk-1"}});
  auto changed = mount;
  changed.set("read_only", true);
  const auto operations = plan(from, with(from, "mounts", List{changed}));
  EXPECT_EQ(parameters(operations[0]), "mp2=tank:subvol-101-disk-1,mp=/srv,ro=1,size=1G");
  EXPECT_EQ(verbs(operations), (Verbs{"configure", "restart"}));
}

TEST(ContainerPlan, moves_to_another_node_instead_of_making_it_anew) {
  const auto from = with(before(), "node", "pve1");
  const auto operations = plan(from, with(from, "node", "pve2"));
  EXPECT_EQ(verbs(operations), Verbs{"migrate"});
  EXPECT_EQ(operations[0].danger, ChangeClass::restart);
  EXPECT_EQ(Fields(operations[0].arguments).text("node"), "pve1");
}

TEST(ContainerPlan, starts_and_stops) {
  const auto stopped = with(before(), "started", false);
  EXPECT_EQ(verbs(plan(before(), stopped)), Verbs{"stop"});
  EXPECT_EQ(verbs(plan(stopped, before())), Verbs{"start"});
}

TEST(ContainerPlan, restarts_for_what_somebody_left_waiting_only_if_it_still_waits) {
  auto waiting = before();
  waiting.set("pending", List{"features"});
  const auto operations = plan(waiting, with(waiting, "pending", List{}));
  EXPECT_EQ(verbs(operations), Verbs{"restart"});
  EXPECT_TRUE(Fields(operations[0].arguments).boolean_or("only_if_pending", false));
}

TEST(ContainerPlan, touches_nothing_for_another_template) {
  const auto operations = plan(before(), with(before(), "template", "local:vztmpl/newer.tar.xz"));
  EXPECT_EQ(verbs(operations), Verbs{"remember"});
  EXPECT_EQ(operations[0].danger, ChangeClass::none);
}

TEST(ContainerPlan, makes_a_replacement_after_the_old_one_is_gone) {
  auto change = test::update(before(), before());
  change.action = Action::replace;
  const auto operations = *Container().operations(change, test::facts());
  EXPECT_EQ(verbs(operations), (Verbs{"destroy", "create"}));
  EXPECT_FALSE(operations[0].completes);
  EXPECT_TRUE(operations[1].completes);
}

TEST(ContainerPlan, creates_with_a_key_that_the_server_enforces) {
  auto change = test::update({}, before());
  change.action = Action::create;
  const auto operations = *Container().operations(change, test::facts());
  ASSERT_EQ(verbs(operations), Verbs{"create"});
  EXPECT_EQ(operations[0].key, "101");
  EXPECT_EQ(operations[0].conflicts.at(0), "guest:101");
  EXPECT_EQ(operations[0].conflicts.at(1).substr(0, 18), "storage:local-lvm/");
  EXPECT_FALSE(operations[0].elevated);
}

TEST(Effect, tells_live_from_restart_per_element) {
  const Value mount(Object{{"path", "/a"}, {"storage", "tank"}, {"size", Bytes{gibibyte}}});
  const Value larger(Object{{"path", "/a"}, {"storage", "tank"}, {"size", Bytes{2 * gibibyte}}});
  const Value elsewhere(Object{{"path", "/a"}, {"storage", "other"}, {"size", Bytes{gibibyte}}});
  EXPECT_EQ(effect_of("mounts[/a]", Null{}, mount), OnChange::live);
  EXPECT_EQ(effect_of("mounts[/a]", mount, larger), OnChange::live);
  EXPECT_EQ(effect_of("mounts[/a]", larger, mount), OnChange::forbidden);
  EXPECT_EQ(effect_of("mounts[/a]", mount, elsewhere), OnChange::restart);
  EXPECT_EQ(effect_of("mounts[/a]", mount, Null{}), OnChange::restart);
  EXPECT_EQ(effect_of("mounts", List{mount}, List{larger}), OnChange::live);
  const Value interface(test::network("eth0", "dhcp"));
  auto tuned = test::network("eth0", "dhcp");
  tuned.set("mtu", 1400);
  EXPECT_EQ(effect_of("network[eth0]", interface, tuned), OnChange::restart);
  EXPECT_EQ(effect_of("network[eth0]", interface, test::network("eth0", "manual")), OnChange::live);
  EXPECT_EQ(effect_of("network[eth0]", interface, Null{}), OnChange::live);
  EXPECT_EQ(effect_of("started", true, false), OnChange::restart);
  EXPECT_EQ(effect_of("started", false, true), OnChange::live);
}

TEST(RootOnly, names_what_proxmox_allows_to_no_token) {
  auto wanted = test::small_container();
  EXPECT_TRUE(root_only({}, wanted).empty());
  wanted.set("features", Object{{"nesting", true}, {"keyctl", true}});
  wanted.set("mounts", List{Object{{"path", "/films"}, {"source", "/tank/films"}}});
  wanted.set("devices", List{Object{{"path", "/dev/dri/card0"}}});
  EXPECT_EQ(root_only({}, wanted), (std::vector<std::string>{"mounts[/films]", "devices", "features.keyctl"}));
  EXPECT_TRUE(root_only(wanted, wanted).empty());
}

}  // namespace
}  // namespace nmx::proxmox
