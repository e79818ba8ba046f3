#include <gtest/gtest.h>

#include "providers/lab/proxmox/access.hpp"
#include "providers/lab/proxmox/form.hpp"
#include "providers/lab/proxmox/format.hpp"
#include "providers/lab/proxmox/guest_config.hpp"
#include "providers/lab/proxmox/update.hpp"
#include "tests/conformance/facts.hpp"

namespace nmx::test {
namespace {

using namespace lab::proxmox;  // NOLINT: the names under test

class Texts : public testing::Test {
 protected:
  void SetUp() override {
    recorded_ = facts("proxmox/behaviour-vectors.json");
    if (!recorded_) GTEST_SKIP() << "no recorded answers here";
  }
  const Json& group(const char* name) const { return recorded_->at(name); }
  std::optional<Json> recorded_;
};

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

Options options_of(const Json& json) {
  Options options;
  for (const auto& [name, value] : json.items()) options[name] = text_of(value);
  return options;
}

TEST_F(Texts, forms_are_decoded_as_there) {
  for (const auto& vector : group("decode_urlencoded"))
    EXPECT_EQ(decode_form(vector.at("body").get<std::string>()), vector.at("decoded")) << vector;
}

TEST_F(Texts, tokens_and_tickets_are_found_as_there) {
  for (const auto& vector : group("authorization_header_token")) {
    const auto token = token_of_header(vector.at("header").get<std::string>());
    EXPECT_EQ(token ? Json(*token) : Json(), vector.at("token")) << vector;
  }
  for (const auto& vector : group("cookie_ticket")) {
    const auto ticket = ticket_of_cookie(vector.at("header").get<std::string>());
    EXPECT_EQ(ticket ? Json(*ticket) : Json(), vector.at("ticket")) << vector;
  }
  for (const auto& vector : group("verify_token_split")) {
    const auto parts = split_token(vector.at("token").get<std::string>());
    EXPECT_EQ(parts ? Json(parts->first) : Json(), vector.at("tokenid")) << vector;
    EXPECT_EQ(parts ? Json(parts->second) : Json(), vector.at("secret")) << vector;
  }
  for (const auto& vector : group("content_type"))
    EXPECT_EQ(media_type(vector.at("header").get<std::string>()), vector.at("type")) << vector;
}

TEST_F(Texts, lists_sizes_and_tags_are_read_as_there) {
  for (const auto& vector : group("split_list"))
    EXPECT_EQ(Json(split_list(vector.at("input").get<std::string>())), vector.at("list")) << vector;
  for (const auto& vector : group("parse_size")) {
    const auto size = parse_size(vector.at("input").get<std::string>());
    EXPECT_EQ(size ? Json(*size) : Json(), vector.at("bytes")) << vector;
  }
  for (const auto& vector : group("format_size"))
    EXPECT_EQ(format_size(vector.at("bytes").get<std::int64_t>()), text_of(vector.at("text"))) << vector;
  for (const auto& vector : group("tags_normalise")) {
    if (!vector.at("datacenter_cfg").empty()) continue;  // the lab's cluster has no tag style
    EXPECT_EQ(normalise_tags(vector.at("input").get<std::string>()), vector.at("result")) << vector;
  }
}

TEST_F(Texts, descriptions_are_encoded_as_there) {
  for (const auto& vector : group("encode_text")) {
    EXPECT_EQ(encode_description(vector.at("text").get<std::string>()), vector.at("encoded")) << vector;
    EXPECT_EQ(decode_description(vector.at("encoded").get<std::string>()), vector.at("decoded")) << vector;
  }
}

TEST_F(Texts, configurations_are_written_as_there_byte_for_byte) {
  for (const auto& vector : group("config_file_roundtrip")) {
    const auto file = vector.at("file").get<std::string>();
    // Lines that no API sets (`lxc.…`) are read by other means.
    if (file.find("lxc.") != std::string::npos) continue;
    const auto config = read_config(file);
    EXPECT_EQ(write_config(config), file);
    EXPECT_EQ(digest_of(config), vector.at("digest")) << file;
    auto parsed = vector.at("parsed_back");
    parsed.erase("pending");
    EXPECT_EQ(config.current, options_of(parsed)) << file;
  }
}

TEST_F(Texts, property_strings_are_taken_apart_as_there) {
  Score score("property strings");
  for (const auto& vector : group("property_strings")) {
    const auto kind = vector.at("kind").get<std::string>();
    const auto parsed = parse_property_string(kind, kind + "0", vector.at("input").get<std::string>());
    if (!vector.contains("parsed") || vector.at("parsed").is_null()) {
      score.count(parsed.error.has_value(), vector.dump());
      continue;
    }
    auto values = parsed.values;
    if (kind == "net") {
      values.try_emplace("type", "veth");
      values.try_emplace("hwaddr", "AA:BB:CC:00:00:01");
    }
    const auto printed = print_property_string(kind, values);
    score.count(!parsed.error && (!vector.contains("printed") || printed == vector.at("printed").get<std::string>()),
                vector.dump() + " got " + printed + parsed.error.value_or(""));
  }
  EXPECT_GE(score.share(), 1.0);
}

TEST_F(Texts, task_identifiers_are_written_as_there) {
  for (const auto& vector : group("upid")) {
    const auto& decoded = vector.at("decoded");
    if (decoded.is_null()) continue;
    Task task;
    task.node = decoded.at("node");
    task.type = decoded.at("type");
    task.id = decoded.at("id");
    task.user = decoded.at("user");
    if (decoded.contains("tokenid")) task.user += "!" + decoded.at("tokenid").get<std::string>();
    task.pid = decoded.at("pid");
    task.pstart = decoded.at("pstart");
    task.starttime = decoded.at("starttime");
    EXPECT_EQ(task.upid(), vector.at("upid")) << vector;
  }
}

TEST_F(Texts, rights_are_checked_as_there) {
  Score score("rights");
  for (const auto& vector : group("permissions")) {
    World world(1000);
    const auto user = vector.at("user").get<std::string>();
    const auto bang = user.find('!');
    Caller caller{user.substr(0, bang), bang == std::string::npos ? "" : user};
    world.users[caller.user].tokens[bang == std::string::npos ? "none" : user.substr(bang + 1)] = {
        "secret", bang != std::string::npos};
    int number = 0;
    for (const auto& [path, granted] : vector.at("grants").items()) {
      const auto role = "role" + std::to_string(++number);
      for (const auto& [privilege, on] : granted.items()) world.roles[role].insert(privilege);
      // Recorded with each path asked for by itself.
      world.grants.push_back({path, caller.user, role, false});
      if (!caller.token.empty()) world.grants.push_back({path, caller.token, role, false});
    }
    Call call{world, caller, Json::object()};
    std::optional<Options> old;
    if (!vector.at("old").is_null()) old = options_of(vector.at("old"));
    std::string message;
    try {
      check_option_rights(call, 100, vector.at("params"), vector.at("delete").get<std::vector<std::string>>(),
                          old ? &*old : nullptr, vector.at("unprivileged").get<bool>());
    } catch (const Refused& refused) {
      message = refused.message + "\n";
    }
    const auto wanted = vector.value("message", "");
    score.count(message == wanted,
                vector.at("name").get<std::string>() + " " + user + ": wanted " + wanted + " got " + message);
  }
  EXPECT_GE(score.share(), 1.0);
}

}  // namespace
}  // namespace nmx::test
