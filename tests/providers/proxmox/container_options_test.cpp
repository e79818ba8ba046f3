#include "providers/proxmox/container_options.hpp"

#include <gtest/gtest.h>

#include "providers/proxmox/container_form.hpp"
#include "providers/proxmox/guest_config.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/providers/proxmox/containers.hpp"

namespace nmx::proxmox {
namespace {

using test::gibibyte;

Object read(const Options& options, const Object& like = {}) {
  return Container().normalise(from_options(options, like), {});
}

const Options media = {
    {"arch", "amd64"},
    {"cores", "2"},
    {"description", "hello\n"},
    {"features", "nesting=1"},
    {"hostname", "media"},
    {"memory", "1024"},
    {"mp0", "local-lvm:vm-100-disk-1,mp=/srv,backup=1,size=4G"},
    {"mp7", "/tank/films,mp=/films,ro=1"},
    {"net3", "name=eth0,bridge=vmbr0,gw=10.0.0.1,hwaddr=bc:24:11:00:00:01,ip=10.0.0.2/24,tag=5,type=veth"},
    {"dev0", "/dev/dri/card0,mode=0660"},
    {"ostype", "nixos"},
    {"rootfs", "local-lvm:vm-100-disk-0,size=8G"},
    {"startup", "order=2,up=10"},
    {"swap", "512"},
    {"tags", "nmx;nmx-0a1b2c3d;web"},
    {"unprivileged", "1"},
};

TEST(ContainerOptions, are_read_into_attributes) {
  const auto object = read(media);
  EXPECT_EQ(object.at_or_null("memory"), Value(Bytes{gibibyte}));
  EXPECT_EQ(object.at_or_null("description"), Value("hello"));
  EXPECT_EQ(object.at_or_null("disk"), Value(Object{{"storage", "local-lvm"}, {"size", Bytes{8 * gibibyte}}}));
  EXPECT_EQ(
      object.at_or_null("mounts"),
      Value(List{Object{{"path", "/films"}, {"source", "/tank/films"}, {"read_only", true}},
                 Object{{"path", "/srv"}, {"storage", "local-lvm"}, {"size", Bytes{4 * gibibyte}}, {"backup", true}}}));
  EXPECT_EQ(object.at_or_null("network"),
            Value(List{Object{
                {"name", "eth0"}, {"bridge", "vmbr0"}, {"gateway", "10.0.0.1"}, {"ip", "10.0.0.2/24"}, {"tag", 5}}}));
  EXPECT_EQ(object.at_or_null("devices"), Value(List{Object{{"path", "/dev/dri/card0"}, {"mode", "0660"}}}));
  EXPECT_EQ(object.at_or_null("macs"), Value(Object{{"eth0", "BC:24:11:00:00:01"}}));
  EXPECT_EQ(object.at_or_null("volumes"), Value(Object{{"rootfs", "local-lvm:vm-100-disk-0"},
                                                       {"/srv", "local-lvm:vm-100-disk-1"},
                                                       {"/films", "/tank/films"}}));
  EXPECT_EQ(object.at_or_null("slots"),
            Value(Object{{"net:eth0", 3}, {"mp:/srv", 0}, {"mp:/films", 7}, {"dev:/dev/dri/card0", 0}}));
  EXPECT_EQ(object.at_or_null("startup"), Value(Object{{"order", 2}, {"up", Duration{10'000}}}));
  EXPECT_EQ(object.at_or_null("onboot"), Value(false));
}

TEST(ContainerOptions, hide_the_marks_of_nmx_among_the_tags) {
  const auto object = read(media);
  EXPECT_EQ(object.at_or_null("tags"), Value(List{"web"}));
  EXPECT_EQ(object.at_or_null("mark"), Value("nmx-0a1b2c3d"));
  EXPECT_EQ(tags_text({"web"}, "nmx-0a1b2c3d"), "web;nmx;nmx-0a1b2c3d");
}

TEST(ContainerOptions, tell_a_mount_by_its_volume_where_it_was_written_so) {
  const Object like{{"mounts", List{Object{{"path", "/srv"}, {"volume", "local-lvm:vm-100-disk-1"}}}}};
  const auto mounts = read(media, like).at_or_null("mounts");
  EXPECT_EQ(elements(mounts).at(1),
            Value(Object{{"path", "/srv"}, {"volume", "local-lvm:vm-100-disk-1"}, {"backup", true}}));
}

TEST(ContainerOptions, tell_a_mac_in_the_interface_where_it_was_written_there) {
  const Object like{{"network", List{Object{{"name", "eth0"}, {"mac", "BC:24:11:00:00:01"}}}}};
  const auto network = read(media, like).at_or_null("network");
  EXPECT_EQ(Fields(elements(network).at(0)).text("mac"), "BC:24:11:00:00:01");
}

TEST(ContainerOptions, read_the_same_whatever_form_the_server_gives_them) {
  auto other = media;
  other["rootfs"] = "local-lvm:vm-100-disk-0,size=8192M";
  other["net3"] =
      "name=eth0,type=veth,tag=5,ip=10.0.0.2/24,hwaddr=BC:24:11:00:00:01,gw=10.0.0.1,bridge=vmbr0,firewall=0";
  other["tags"] = "WEB;nmx-0a1b2c3d;Nmx";
  other["description"] = "hello";
  other["startup"] = "2,up=10";
  other["onboot"] = "0";
  EXPECT_EQ(read(other), read(media));
}

TEST(Normalise, makes_written_and_read_equal) {
  const Object written{
      {"description", "hello\n\n"},
      {"tags", List{"Web", "web", "nmx"}},
      {"memory", Bytes{gibibyte - 1}},
      {"search_domain", "a.lan, b.lan"},
      {"features", Object{{"nesting", true}, {"fuse", false}, {"keyctl", Null{}}}},
      {"startup", Object{{"order", 2}, {"up", Duration{9'500}}, {"down", Null{}}}},
      {"mounts", List{Object{{"path", "/z"}, {"source", "/tank"}, {"read_only", false}, {"storage", Null{}}},
                      Object{{"path", "/a"}, {"storage", "tank"}, {"size", Bytes{1}}, {"replicate", true}}}},
      {"pool", Null{}}};
  const Object expected{{"description", "hello"},
                        {"tags", List{"web"}},
                        {"memory", Bytes{gibibyte}},
                        {"search_domain", "a.lan b.lan"},
                        {"features", Object{{"nesting", true}}},
                        {"startup", Object{{"order", 2}, {"up", Duration{10'000}}}},
                        {"mounts", List{Object{{"path", "/a"}, {"storage", "tank"}, {"size", Bytes{1 << 20}}},
                                        Object{{"path", "/z"}, {"source", "/tank"}}}}};
  EXPECT_EQ(Container().normalise(written, {}), expected);
}

TEST(Normalise, changes_nothing_a_second_time) {
  const Container type;
  const auto once = type.normalise(from_options(media, {}), {});
  EXPECT_EQ(type.normalise(once, {}), once);
}

TEST(CreationForm, says_everything_in_one_request) {
  auto wanted = test::small_container();
  wanted.set("vmid", 101);
  wanted.set("macs", Object{{"eth0", "BC:24:11:00:00:01"}});
  wanted.set("mounts", List{Object{{"path", "/films"}, {"source", "/tank/films"}, {"read_only", true}}});
  wanted.set("description", "");
  const auto form = creation_form(wanted, "nmx-0a1b2c3d", "seed");
  const auto value = [&](std::string_view name) { return form.find(name) ? *form.find(name) : "(absent)"; };
  EXPECT_EQ(value("vmid"), "101");
  EXPECT_EQ(value("ostemplate"), "local:vztmpl/nmx-base.tar.xz");
  EXPECT_EQ(value("rootfs"), "local-lvm:8");
  EXPECT_EQ(value("memory"), "1024");
  EXPECT_EQ(value("features"), "nesting=1");
  EXPECT_EQ(value("mp0"), "/tank/films,mp=/films,ro=1");
  EXPECT_EQ(value("net0"),
            "name=eth0,bridge=vmbr0,gw=192.168.50.1,hwaddr=BC:24:11:00:00:01,ip=192.168.50.20/24,type=veth");
  EXPECT_EQ(value("tags"), "nmx;nmx-0a1b2c3d");
  EXPECT_EQ(value("start"), "1");
  EXPECT_EQ(value("unprivileged"), "1");
  // Empty values are stored as a blank: they are left out.
  EXPECT_EQ(value("description"), "(absent)");
}

TEST(Pending, is_what_is_configured_and_not_yet_in_effect) {
  const auto entry = [](const char* key, Value value) { return Object{{"key", key}, {"value", std::move(value)}}; };
  auto changed = entry("features", "nesting=1");
  changed.set("pending", "nesting=1,fuse=1");
  auto gone = entry("tty", 3);
  gone.set("delete", 1);
  const Value answer(List{entry("hostname", "media"), changed, gone, Object{{"key", "cmode"}, {"pending", "console"}},
                          entry("digest", "abc"), entry("rootfs", "local-lvm:vm-100-disk-0,size=8G")});
  const auto config = read_pending(answer);
  EXPECT_EQ(config.digest, "abc");
  EXPECT_EQ(config.active.at("features"), "nesting=1");
  EXPECT_EQ(config.configured.at("features"), "nesting=1,fuse=1");
  EXPECT_EQ(config.configured.count("tty"), 0u);
  EXPECT_EQ(config.configured.at("cmode"), "console");
  EXPECT_EQ(config.pending, (std::vector<std::string>{"features", "tty", "cmode"}));
  EXPECT_EQ(observed_attributes(config, {}).at_or_null("pending"), Value(List{"features", "tty", "cmode"}));
}

}  // namespace
}  // namespace nmx::proxmox
