#include <fmt/core.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "providers/support/json_fields.hpp"
#include "tests/providers/contract/proxmox_world.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::test {
namespace {

/// Containers as people might write them: any option or none, in any order and spelling.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Object container() {
    auto object = small_container();
    object.set("node", pick({"pve1", "pve2"}));
    object.set("hostname", "c" + std::to_string(below(1'000'000)));
    maybe(object, "cores", 1 + below(16));
    maybe(object, "cpu_limit", static_cast<double>(below(16)) / 4.0);
    maybe(object, "cpu_units", 1 + below(10'000));
    maybe(object, "memory", bytes(64, 8'192));
    maybe(object, "swap", bytes(0, 2'048));
    maybe(object, "description", pick({"", "films", "two\nlines", "ends\n\n", "ü ☃ 100% a=b;c&d+e"}));
    maybe(object, "tags", tags());
    maybe(object, "onboot", coin());
    maybe(object, "protection", coin());
    maybe(object, "startup", startup());
    maybe(object, "nameservers", coin() ? List{"192.168.50.1"} : List{"fd00::1", "1.1.1.1"});
    maybe(object, "search_domain", pick({"lan", "lan, example.com", ""}));
    maybe(object, "console", coin());
    maybe(object, "tty", below(7));
    maybe(object, "cmode", pick({"shell", "console", "tty"}));
    maybe(object, "timezone", pick({"host", "Europe/Berlin"}));
    maybe(object, "ostype", pick({"nixos", "debian", "unmanaged"}));
    maybe(object, "features", features());
    maybe(object, "started", coin());
    maybe(object, "unprivileged", coin());
    maybe(object, "network", networks());
    maybe(object, "mounts", mounts());
    maybe(object, "devices",
          coin() ? List{} : List{Object{{"path", "/dev/net/tun"}, {"mode", Null{}}, {"uid", below(9)}}});
    object.set("disk", disk());
    return object;
  }

  /// One option of a container that can be changed at any time, with another value; its name.
  std::pair<std::string, Value> another(const Object& container) {
    const auto replaced = [&](std::string name, std::vector<Value> values) {
      const auto& now = container.at_or_null(name);
      std::erase_if(values, [&](const Value& one) { return one == now; });
      return std::pair(std::move(name), values[static_cast<std::size_t>(below(static_cast<int>(values.size())))]);
    };
    switch (below(13)) {
      case 0: return replaced("cores", {3, 5, 17});
      case 1: return replaced("cpu_limit", {1.25, 3.5, 99.0});
      case 2: return replaced("cpu_units", {77, 7'777});
      case 3: return replaced("memory", {Bytes{std::int64_t{9'000} << 20}, Bytes{std::int64_t{10'000} << 20}});
      case 4: return replaced("swap", {Bytes{std::int64_t{3'000} << 20}, Bytes{std::int64_t{4'000} << 20}});
      case 5: return replaced("description", {"another", "one more"});
      case 6: return replaced("tags", {List{"another"}, List{"one", "more"}});
      case 7: return replaced("onboot", {!Fields(container).boolean_or("onboot", false)});
      case 8: return replaced("hostname", {"another", "one-more"});
      case 9: return replaced("nameservers", {List{"9.9.9.9"}, List{"9.9.9.10"}});
      case 10: return replaced("search_domain", {"example.org", "example.net"});
      case 11: return replaced("startup", {Object{{"order", 50}}, Object{{"order", 51}}});
      default: return replaced("timezone", {"Europe/Lisbon", "Asia/Tokyo"});
    }
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  bool coin() { return below(2) == 0; }
  std::string pick(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
  }
  void maybe(Object& object, std::string name, Value value) {
    if (coin()) object.set(std::move(name), std::move(value));
  }
  void flag(Object& object, std::string name) {
    if (below(3) == 0) object.set(std::move(name), coin() ? Value(coin()) : Value(Null{}));
  }
  /// Not always whole mebibytes.
  Value bytes(int from, int to) {
    return Bytes{(std::int64_t{from} + below(to - from)) * (1 << 20) - (coin() && from > 0 ? below(1 << 20) : 0)};
  }
  Value tags() {
    List list;
    for (int i = below(4); i > 0; --i) list.emplace_back(pick({"Web", "web", "db", "nmx", "a.b-c_d", "Zeta"}));
    return list;
  }
  Value startup() {
    Object object;
    maybe(object, "order", below(9));
    maybe(object, "up", Duration{below(90'000)});
    maybe(object, "down", coin() ? Value(Duration{below(90'000)}) : Value(Null{}));
    return object;
  }
  Value features() {
    Object object;
    for (const auto* name : {"nesting", "keyctl", "fuse", "mknod", "force_rw_sys"}) flag(object, name);
    if (coin()) object.set("mount", coin() ? List{} : List{"nfs", "cifs"});
    return object;
  }
  Value networks() {
    List list;
    for (int i = below(4); i > 0; --i) {
      Object object{{"name", fmt::format("eth{}", i * 5)}, {"bridge", pick({"vmbr0", "vmbr1"})}};
      if (coin()) object.set("ip", pick({"dhcp", "manual"}));
      maybe(object, "ip6", pick({"auto", "dhcp", "FD00::12/64", "fd00::12/64"}));
      maybe(object, "tag", 1 + below(4'094));
      maybe(object, "mtu", 1'280 + below(8'000));
      maybe(object, "rate", static_cast<double>(below(400)) / 4.0);
      maybe(object, "trunks", List{5, 7});
      if (below(4) == 0) object.set("mac", fmt::format("bc:24:11:00:{:02x}:{:02x}", below(256), below(256)));
      for (const auto* name : {"firewall", "link_down", "host_managed"}) flag(object, name);
      list.emplace_back(std::move(object));
    }
    return list;
  }
  Value mounts() {
    List list;
    for (int i = below(4); i > 0; --i) {
      Object object{{"path", fmt::format("/srv/{}", (i * 7) % 10)}};
      if (coin()) {
        object.set("source", "/tank/films");
      } else {
        object.set("storage", pick({"tank", "local-lvm"}));
        object.set("size", bytes(1, 4'096));
      }
      mount_flags(object);
      list.emplace_back(std::move(object));
    }
    return list;
  }
  Value disk() {
    Object object{{"storage", pick({"tank", "local-lvm"})}, {"size", bytes(512, 16'384)}};
    mount_flags(object);
    return object;
  }
  void mount_flags(Object& object) {
    for (const auto* name : {"read_only", "acl", "quota", "replicate", "shared"}) flag(object, name);
    if (object.contains("path")) flag(object, "backup");
    maybe(object, "options", coin() ? List{} : List{"noatime", "discard"});
  }

  std::mt19937 random_;
};

TEST(Silence, what_was_made_differs_in_nothing) {
  ProxmoxWorld world("proxmox_container");
  Generator generator(1);
  for (int i = 0; i < 200; ++i) {
    const auto written = generator.container();
    SCOPED_TRACE(fmt::format("container {}: {}", i, display(Value(written), 4'000)));
    Rehearsal rehearsal(world, "c" + std::to_string(i));
    const auto done = rehearsal.apply(written);
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_EQ(rehearsal.differences(written), std::vector<std::string>{});
  }
}

TEST(Silence, what_was_changed_into_another_differs_in_nothing) {
  ProxmoxWorld world("proxmox_container");
  Generator generator(2);
  for (int i = 0; i < 60; ++i) {
    Rehearsal rehearsal(world, "c" + std::to_string(i));
    auto written = generator.container();
    written.set("protection", false);
    ASSERT_TRUE(rehearsal.apply(written));
    for (int j = 0; j < 3; ++j) {
      auto next = generator.container();
      next.set("protection", false);
      // Disks do not shrink.
      for (const auto* name : {"disk", "mounts"}) next.set(name, written.at_or_null(name));
      SCOPED_TRACE(fmt::format("container {}.{}: {}", i, j, display(Value(next), 4'000)));
      const auto done = rehearsal.apply(next);
      ASSERT_TRUE(done) << done.error().message;
      ASSERT_EQ(rehearsal.differences(next), std::vector<std::string>{});
      written = next;
    }
  }
}

/// Whether a MAC address was written, or chosen by nmx, cannot be told of what is there: where it is written, taking
/// over notes it with a change of its own.
Object without_macs(Object container) {
  List cards = elements(container.at_or_null("network"));
  if (cards.empty()) return container;
  for (auto& card : cards) {
    auto fields = *card.object();
    fields.erase("mac");
    card = std::move(fields);
  }
  container.set("network", std::move(cards));
  return container;
}

TEST(Silence, one_option_that_changes_is_told_by_its_name_and_nothing_else_is) {
  std::optional<ProxmoxWorld> world;
  Generator generator(4);
  for (int i = 0; i < 500; ++i) {
    // What a server tells grows with its guests.
    if (i % 20 == 0) world.emplace("proxmox_container");
    Rehearsal rehearsal(*world, "c" + std::to_string(i));
    auto written = without_macs(generator.container());
    SCOPED_TRACE(fmt::format("container {}: {}", i, display(Value(written), 4'000)));
    ASSERT_TRUE(rehearsal.apply(written));
    const auto [name, value] = generator.another(written);
    written.set(name, value);
    const auto told = rehearsal.differences(written);
    ASSERT_EQ(told.size(), 1u) << name;
    ASSERT_EQ(told.front().rfind(name + ": ", 0), 0u) << told.front();
    const auto done = rehearsal.apply(written);
    ASSERT_TRUE(done) << name << ": " << done.error().message;
    ASSERT_EQ(rehearsal.differences(written), std::vector<std::string>{}) << name;
    // Taken over by whoever knows its number alone, it is as its block says.
    ASSERT_TRUE(rehearsal.take_over());
    ASSERT_EQ(rehearsal.differences(written), std::vector<std::string>{}) << name;
  }
}

TEST(Requests, of_a_refresh_are_one_more_than_containers) {
  ProxmoxWorld world("proxmox_container");
  Generator generator(3);
  std::vector<ObjectId> ids;
  for (int i = 0; i < 25; ++i) {
    Rehearsal rehearsal(world, "c" + std::to_string(i));
    ASSERT_TRUE(rehearsal.apply(generator.container()));
    ids.push_back(
        {address("c" + std::to_string(i)), "proxmox_container", *world.cluster().id_of(100 + i), rehearsal.applied()});
  }
  world.cluster().asked.clear();
  for (const auto& observed : finish(world, world.provider().read(ids)))
    EXPECT_EQ(observed.status, Observed::Status::present);
  EXPECT_EQ(world.cluster().asked.size(), 26u);
}

TEST(Requests, for_facts_do_not_grow_with_the_guests) {
  ProxmoxWorld world("proxmox_container");
  ASSERT_TRUE(finish(world, world.provider().connect()));
  const auto alone = world.cluster().asked.size();
  EXPECT_EQ(alone, 8u);  // 4, and for each of two nodes its bridges and its templates
  for (int i = 0; i < 10; ++i) {
    Rehearsal rehearsal(world, "c" + std::to_string(i));
    ASSERT_TRUE(rehearsal.apply(small_container()));
  }
  world.cluster().asked.clear();
  ASSERT_TRUE(finish(world, world.provider().connect()));
  EXPECT_EQ(world.cluster().asked.size(), alone);
}

}  // namespace
}  // namespace nmx::test
