#include "planner/state_file.hpp"

#include <fmt/core.h>

#include "tests/planner/state/sample.hpp"

namespace nmx {
namespace {

StateKey key() { return StateKey::from_bytes(std::string(32, 'k')); }

TEST(StateFile, reads_back_what_it_wrote) {
  const auto state = test::sample_state();
  const auto text = write_state(state, key());
  const auto read = read_state(text, key());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->lineage, state.lineage);
  EXPECT_EQ(read->serial, state.serial);
  EXPECT_EQ(read->objects, state.objects);
  EXPECT_EQ(read->outputs, state.outputs);
  EXPECT_EQ(write_state(*read, key()), text);
}

TEST(StateFile, keeps_kinds_of_numbers_and_secrecy) {
  const auto read = read_state(write_state(test::sample_state(), key()), key());
  ASSERT_TRUE(read);
  const auto& attributes = read->objects.at(Address{}.child("container").child("dns")).attributes;
  EXPECT_TRUE(attributes.find("weight")->is<double>());
  EXPECT_TRUE(attributes.find("cores")->is<std::int64_t>());
  EXPECT_TRUE(attributes.find("memory")->is<Bytes>());
  EXPECT_TRUE(attributes.find("password")->secret);
  EXPECT_FALSE(attributes.find("mounts")->secret);
  EXPECT_TRUE(attributes.find("mounts")->list()->front().object()->find("key")->secret);
  EXPECT_TRUE(read->outputs.at("token").value.secret);
  EXPECT_EQ(read->allocations.at("ip").at("10.0.0.8").released, 12u);
}

TEST(StateFile, shows_no_secret) {
  EXPECT_EQ(write_state(test::sample_state(), key()).find("canary"), std::string::npos);
}

TEST(StateFile, finds_every_flipped_bit) {
  const auto text = write_state(test::sample_state(), key());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = text;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      ASSERT_FALSE(read_state(changed, key())) << at << " bit " << bit;
    }
  }
}

TEST(StateFile, finds_every_cut_and_every_addition) {
  const auto text = write_state(test::sample_state(), key());
  for (std::size_t size = 0; size < text.size(); ++size) ASSERT_FALSE(read_state(text.substr(0, size), key())) << size;
  EXPECT_FALSE(read_state(text + "\n", key()));
  EXPECT_FALSE(read_state(text + text, key()));
}

TEST(StateFile, refuses_a_newer_format_with_a_clear_word) {
  auto text = write_state(test::sample_state(), key());
  text.replace(text.find("\"format\":1"), 10, "\"format\":2");
  const auto read = read_state(text, key());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "the state has format 2, this nmx reads formats up to 1");
}

TEST(StateFile, tells_another_key_apart_from_damage) {
  const auto read = read_state(write_state(test::sample_state(), key()), StateKey::from_bytes(std::string(32, 'x')));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "the state was written with another key");
}

TEST(StateFile, reads_many_objects) {
  State state;
  state.lineage = "l";
  StateObject object;
  object.type = "value";
  object.provider = "nmx";
  object.attributes = Object{{"value", "some text"}, {"list", List{1, 2, 3}}};
  for (int i = 0; i < 20'000; ++i) {
    object.id = fmt::format("{}", i);
    state.objects[Address{}.child("value").child(fmt::format("v{:06}", i))] = object;
  }
  const auto read = read_state(write_state(state, key()), key());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->objects, state.objects);
}

}  // namespace
}  // namespace nmx
