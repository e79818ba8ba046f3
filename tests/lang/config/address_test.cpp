#include "lang/config/address.hpp"

namespace nmx {
namespace {

TEST(Address, reads_back_what_it_writes) {
  const std::vector<Address> all = {
      Address({{"container"}, {"media"}, {"lxc"}}),
      Address({{"resource"}, {"value"}, {"x", "a.b"}}),
      Address({{"domain"}, {"films.example.com"}, {"record"}}),
      Address({{"container"}, {"web", "a\"b\\c"}, {"lxc", "2"}}),
      Address({{"module"}, {"lab", "one"}, {"module"}, {"inner"}, {"domain"}, {"x y"}, {"a"}}),
      Address({{"service"}, {"nextcloud"}, {"cloud.example.com"}, {"record"}}),
      Address({{"module"}, {"lab"}, {"resource"}, {"value"}, {"odd name", "k"}}),
  };
  for (const auto& address : all) {
    const auto text = to_string(address);
    const auto read = parse_address(text);
    ASSERT_TRUE(read) << text << ": " << read.error().message;
    EXPECT_EQ(*read, address) << text << " became " << to_string(*read);
  }
}

TEST(Address, is_written_as_people_refer_to_it) {
  EXPECT_EQ(to_string(Address({{"domain"}, {"films.example.com"}, {"record"}})),
            R"(domain["films.example.com"].record)");
  EXPECT_EQ(to_string(Address({{"container"}, {"web", "1"}})), R"(container.web["1"])");
}

TEST(Address, refuses_what_is_none) {
  for (const auto* text :
       {"", "container", "container.", ".a", "a..b", "a.b[", "a.b[\"c\"", "a.b[c]", "a b", "a.b.\"c"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Address, stands_within_what_begins_it) {
  const auto at = [](const char* text) { return parse_address(text).value(); };
  EXPECT_TRUE(at("container.media.lxc").within(at("container.media")));
  EXPECT_TRUE(at("container.media").within(at("container.media")));
  EXPECT_FALSE(at("container.media2").within(at("container.media")));
  EXPECT_FALSE(at("container.media").within(at("container.media.lxc")));
  EXPECT_FALSE(at("container.web[\"a\"]").within(at("container.web[\"b\"]")));
}

TEST(Address, tells_the_block_that_an_object_is_part_of) {
  const auto block = [](const char* text) { return to_string(block_of(*parse_address(text))); };
  EXPECT_EQ(block("container.media.lxc"), "container.media");
  EXPECT_EQ(block("container.media"), "container.media");
  EXPECT_EQ(block("module.lab.container.web[\"a\"].lxc"), "module.lab.container.web[\"a\"]");
  EXPECT_EQ(block("resource.value.x"), "resource.value.x");
  EXPECT_EQ(block("module.lab.resource.value.x"), "module.lab.resource.value.x");
}

}  // namespace
}  // namespace nmx
