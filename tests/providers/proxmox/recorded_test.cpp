#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "lang/value/value_json.hpp"
#include "providers/proxmox/container.hpp"
#include "providers/proxmox/container_options.hpp"
#include "providers/proxmox/guest_config.hpp"
#include "providers/proxmox/property_string.hpp"
#include "providers/support/form.hpp"
#include "providers/support/json_fields.hpp"
#include "tests/support/paths.hpp"

namespace nmx::proxmox {
namespace {

/// What a real server was recorded to do; nothing where the records are not at hand.
std::optional<std::string> recorded(const std::string& file) {
  std::ifstream in(test::facts_folder() / "proxmox" / file);
  if (!in) return std::nullopt;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Options options_of(const Value& json) {
  Options options;
  if (const auto* object = json.object()) {
    for (const auto& [name, value] : *object) options[name] = tolerant_text(value).value_or("");
  }
  return options;
}

class Recorded : public testing::Test {
 protected:
  void SetUp() override {
    const auto text = recorded("behaviour-vectors.json");
    if (!text) GTEST_SKIP() << "there are no records here";
    auto json = from_json(*text);
    ASSERT_TRUE(json) << json.error().message;
    vectors_ = *std::move(json);
  }
  const List& vectors(std::string_view name) const { return elements(Fields(vectors_).at(name)); }

 private:
  Value vectors_;
};

TEST_F(Recorded, sizes_are_read_alike) {
  for (const auto& vector : vectors("parse_size")) {
    const Fields fields(vector);
    EXPECT_EQ(parse_size(fields.text_or("input", "")), fields.integer("bytes")) << fields.text_or("input", "");
  }
}

TEST_F(Recorded, forms_are_decoded_to_what_was_encoded) {
  for (const auto& vector : vectors("decode_urlencoded")) {
    const auto* decoded = Fields(vector).at("decoded").object();
    if (!decoded) continue;
    Form form;
    for (const auto& [name, value] : *decoded) form.set(name, tolerant_text(value).value_or(""));
    EXPECT_EQ(form.encoded().find_first_of(";+, "), std::string::npos);
  }
}

TEST_F(Recorded, property_strings_mean_the_same_before_and_after_the_server_printed_them) {
  std::size_t compared = 0;
  for (const auto& vector : vectors("property_strings")) {
    const Fields fields(vector);
    const auto kind = fields.text_or("kind", "");
    const auto printed = fields.text("printed");
    if (!printed || (kind != "net" && kind != "rootfs" && kind != "mp")) continue;
    const auto option = kind == "rootfs" ? kind : kind + "0";
    auto sent = Container().normalise(from_options({{option, fields.text_or("input", "")}}, {}), {});
    auto read = Container().normalise(from_options({{option, *printed}}, {}), {});
    // What the server adds is its own to tell.
    for (auto* object : {&sent, &read}) object->erase("macs");
    EXPECT_EQ(sent, read) << fields.text_or("input", "");
    ++compared;
  }
  EXPECT_GT(compared, 10u);
}

TEST_F(Recorded, changes_that_only_root_may_make_are_known) {
  std::size_t compared = 0;
  for (const auto& vector : vectors("permissions")) {
    const Fields fields(vector);
    if (fields.text_or("user", "") == "root@pam") continue;
    const auto message = fields.text_or("message", "");
    const bool only_root = message.find("only allowed for root@pam") != std::string::npos;
    if (!only_root && !fields.boolean_or("ok", false)) continue;
    auto before = options_of(fields.at("old"));
    auto after = before;
    for (const auto& [name, text] : options_of(fields.at("params"))) {
      if (!text.empty()) after[name] = text;  // nmx never sends an empty value
      if (text.empty()) after.erase(name);
    }
    for (const auto& name : elements(fields.at("delete"))) after.erase(tolerant_text(name).value_or(""));
    if (after == before && only_root) continue;
    const std::string unprivileged = fields.boolean_or("unprivileged", true) ? "1" : "0";
    before["unprivileged"] = after["unprivileged"] = unprivileged;
    EXPECT_EQ(!root_only(from_options(before, {}), from_options(after, {})).empty(), only_root)
        << fields.text_or("name", "") << ": " << message;
    ++compared;
  }
  EXPECT_GT(compared, 30u);
}

TEST_F(Recorded, configurations_read_back_are_in_normal_form) {
  for (const auto& vector : vectors("config_update")) {
    for (const std::string_view side : {"before", "after"}) {
      const auto options = options_of(Fields(vector).at(side));
      const auto once = Container().normalise(from_options(options, {}), {});
      EXPECT_EQ(Container().normalise(once, {}), once);
    }
  }
}

TEST(RecordedConversation, pending_and_configuration_agree) {
  const auto text = recorded("transcripts.jsonl");
  if (!text) GTEST_SKIP() << "there are no records here";
  std::size_t compared = 0;
  std::map<std::string, Object> by_path;
  for (const auto& line : split_list(*text, "\n")) {
    const auto call = from_json(line);
    ASSERT_TRUE(call) << call.error().message;
    const Fields fields(*call);
    const auto path = fields.text_or("path", "");
    if (fields.text_or("method", "") != "GET" || fields.integer_or("status", 0) != 200) {
      if (fields.text_or("method", "") != "GET") by_path.clear();
      continue;
    }
    const auto& data = Fields(fields.at("body")).at("data");
    Object attributes;
    std::string guest;
    if (path.size() > 8 && path.substr(path.size() - 8) == "/pending") {
      guest = path.substr(0, path.size() - 8);
      attributes = Container().normalise(from_options(read_pending(data).configured, {}), {});
    } else if (path.size() > 7 && path.substr(path.size() - 7) == "/config" && fields.at("params").is_null()) {
      guest = path.substr(0, path.size() - 7);
      attributes = Container().normalise(from_options(options_of(data), {}), {});
    } else {
      continue;
    }
    if (guest.find("/lxc/") == std::string::npos) continue;
    const auto known = by_path.find(guest);
    if (known == by_path.end()) {
      by_path[guest] = attributes;
    } else {
      EXPECT_EQ(known->second, attributes) << path;
      ++compared;
    }
  }
  EXPECT_GT(compared, 3u);
}

}  // namespace
}  // namespace nmx::proxmox
