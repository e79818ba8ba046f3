#include <gtest/gtest.h>

#include "lang/value/convert.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/proxmox/settings.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::proxmox {
namespace {

/// As the language gives attributes to a resource: converted to their types; a message where one does not fit.
Value taken(const Interface& interface, std::string_view name, const Value& value) {
  const auto* attribute = interface.find(name);
  if (!attribute) return Value("there is no such attribute");
  auto converted = convert(value, attribute->type);
  if (auto* mismatch = std::get_if<Mismatch>(&converted)) return Value(mismatch->path + ": " + mismatch->message);
  return std::get<Value>(converted);
}

TEST(ContainerSchema, takes_what_definitions_write) {
  const auto schema = container_schema();
  const Object written{{"hostname", "media"},
                       {"disk", Object{{"storage", "local-lvm"}, {"size", Bytes{8}}}},
                       {"memory", Bytes{512}},
                       {"startup", Object{{"order", 1}, {"up", Duration{1000}}, {"down", Null{}}}},
                       {"features", Object{{"nesting", true}, {"keyctl", false}, {"fuse", false}}},
                       {"nameservers", List{"192.168.50.1"}},
                       {"ssh_keys", List{"ssh-ed25519 AAAA"}},
                       {"network", List{Object{{"name", "eth0"},
                                               {"bridge", "vmbr0"},
                                               {"tag", Null{}},
                                               {"ip", "192.168.50.20/24"},
                                               {"gateway", "192.168.50.1"}}}},
                       {"mounts", List{Object{{"path", "/films"},
                                              {"source", "/tank"},
                                              {"storage", Null{}},
                                              {"size", Null{}},
                                              {"read_only", true},
                                              {"backup", Null{}}}}},
                       {"devices", List{Object{{"path", "/dev/kvm"}, {"mode", Null{}}, {"uid", Null{}}, {"gid", 104}}}},
                       {"ostype", "nixos"},
                       {"password", "secret"}};
  for (const auto& [name, value] : written) {
    const auto converted = taken(schema.interface, name, value);
    EXPECT_EQ(Container().normalise({{name, converted}}, {}), Container().normalise({{name, value}}, {}))
        << display(converted, 500);
  }
  EXPECT_TRUE(taken(schema.interface, "password", "secret").secret);
}

TEST(ContainerSchema, refuses_what_has_no_meaning) {
  const auto schema = container_schema();
  EXPECT_NE(display(taken(schema.interface, "disk", Object{{"storage", "x"}})).find("size"), std::string::npos);
  EXPECT_NE(display(taken(schema.interface, "network", List{Object{{"name", "eth0"}, {"bidge", "x"}}})).find("bidge"),
            std::string::npos);
  EXPECT_TRUE(taken(schema.interface, "memory", 512).is_string()) << "bytes have a unit";
  EXPECT_TRUE(taken(schema.interface, "ostype", "windows").is_string());
}

TEST(ProviderSettings, take_one_endpoint_or_several) {
  const auto interface = settings_interface();
  EXPECT_EQ(taken(interface, "endpoint", "https://pve1:8006"), Value("https://pve1:8006"));
  EXPECT_EQ(taken(interface, "endpoint", List{"https://pve1", "https://pve2"}),
            Value(List{"https://pve1", "https://pve2"}));
  EXPECT_TRUE(taken(interface, "token", "a@b!c=d").secret);
  const auto root = taken(interface, "root", Object{{"user", "root@pam"}, {"password", Value("x").as_secret()}});
  EXPECT_TRUE(root.is_object()) << display(root);
}

}  // namespace
}  // namespace nmx::proxmox
