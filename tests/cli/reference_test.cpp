#include "cli/reference.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/app.hpp"
#include "lang/config/decode.hpp"
#include "lang/config/loader.hpp"
#include "lang/value/value_json.hpp"
#include "providers/providers.hpp"
#include "stdlib/library.hpp"
#include "tests/support/files.hpp"
#include "tests/support/paths.hpp"

// docs/reference is generated; NMX_ACCEPT=1 writes it anew.
namespace nmx::test {
namespace {

std::string schema(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "schema");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run(arguments, Streams{in, out, err}), 0) << err.str();
  return out.str();
}

TEST(ReferencePages, of_kinds_are_what_the_definitions_say) {
  SourceMap sources;
  Diagnostics diagnostics;
  const StandardLibrary library;
  const auto configuration = load_library(library, sources, diagnostics);
  expect_file(source_folder() / "docs/reference/kinds.md", kinds_page(*configuration));
}

TEST(ReferencePages, of_resources_are_what_the_providers_say) {
  expect_file(source_folder() / "docs/reference/resources.md", resources_page(all_providers()));
}

TEST(ReferencePages, of_functions_are_what_the_functions_say) {
  expect_file(source_folder() / "docs/reference/functions.md", functions_page());
}

TEST(Schema, is_json_with_every_part) {
  const auto all = from_json(schema({}));
  ASSERT_TRUE(all.has_value()) << all.error().message;
  for (const auto* part : {"kinds", "providers", "resources", "functions"}) {
    const auto* object = all->object()->at_or_null(part).object();
    ASSERT_NE(object, nullptr) << part;
    EXPECT_GE(object->size(), 5u) << part;
  }
}

TEST(Schema, of_one_kind_tells_types_bounds_and_what_must_be_given) {
  const auto network = from_json(schema({"kinds", "network"}));
  ASSERT_TRUE(network.has_value()) << network.error().message;
  const auto& block = *network->object()->at_or_null("block").object();
  EXPECT_EQ(block.at_or_null("required"), Value(List{"cidr"}));
  const auto& cidr = *block.at_or_null("properties").object()->at_or_null("cidr").object();
  EXPECT_EQ(cidr.at_or_null("type"), Value("string"));
  EXPECT_EQ(cidr.at_or_null("x-nmx-type"), Value("cidr"));
  EXPECT_FALSE(cidr.at_or_null("description").string()->empty());
}

const Object& properties_of(const Value& schema) {
  return *schema.object()->at_or_null("block").object()->at_or_null("properties").object();
}

TEST(Schema, of_a_member_has_what_the_family_takes_and_gives) {
  const auto jellyfin = from_json(schema({"kinds", "service.jellyfin"}));
  const auto family = from_json(schema({"kinds", "service"}));
  ASSERT_TRUE(jellyfin && family);
  const auto& own = properties_of(*jellyfin);
  for (const auto& [name, one] : properties_of(*family)) EXPECT_TRUE(own.contains(name)) << name;
  EXPECT_TRUE(own.contains("hardware_acceleration"));
  EXPECT_TRUE(jellyfin->object()->at_or_null("outputs").object()->contains("url"));
  // What the member gives an input is its default, and then nobody has to write it.
  EXPECT_EQ(own.at_or_null("state").object()->at_or_null("default"), Value(List{"/var/lib/jellyfin"}));
  EXPECT_TRUE(own.at_or_null("needs").object()->contains("x-nmx-default"));
  EXPECT_TRUE(jellyfin->object()->at_or_null("block").object()->at_or_null("required").is_null());
}

TEST(Schema, has_what_stands_in_every_block) {
  for (const auto& part :
       std::vector<std::vector<std::string>>{{"kinds", "network"}, {"resources", "proxmox_container"}}) {
    const auto one = from_json(schema(part));
    ASSERT_TRUE(one.has_value());
    for (const auto name : reserved_attributes) EXPECT_TRUE(properties_of(*one).contains(name)) << name;
  }
  const auto proxmox = from_json(schema({"providers", "proxmox"}));
  EXPECT_TRUE(properties_of(*proxmox).contains("when"));
  EXPECT_FALSE(properties_of(*proxmox).contains("provider"));
}

TEST(Schema, of_a_resource_tells_what_a_change_does) {
  const auto container = from_json(schema({"resources", "proxmox_container"}));
  ASSERT_TRUE(container.has_value()) << container.error().message;
  EXPECT_EQ(container->object()->at_or_null("provider"), Value("proxmox"));
  const auto& properties = *container->object()->at_or_null("block").object()->at_or_null("properties").object();
  EXPECT_EQ(properties.at_or_null("memory").object()->at_or_null("x-nmx-change"), Value("live"));
  EXPECT_EQ(properties.at_or_null("vmid").object()->at_or_null("x-nmx-decided"), Value("nmx"));
}

TEST(Schema, says_what_parts_there_are) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  EXPECT_EQ(run({"schema", "kind"}, Streams{in, out, err}), 1);
  EXPECT_NE(err.str().find("the parts are `kinds`"), std::string::npos) << err.str();
}

}  // namespace
}  // namespace nmx::test
