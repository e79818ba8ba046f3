#include <fmt/core.h>

#include <algorithm>
#include <random>

#include "providers/lab/proxmox/api.hpp"
#include "providers/lab/proxmox/format.hpp"

// Users and their tokens.
namespace nmx::lab::proxmox {
namespace {

/// `USER@REALM` or 500: it is taken apart before parameters are looked at.
std::string user_id(const Call& call) {
  auto id = call.text("userid");
  if (auto error = format_error("pve-userid", id)) throw Refused{500, *error};
  return id;
}

User& user_of(const Call& call) {
  const auto id = user_id(call);
  const auto found = call.world.users.find(id);
  if (found == call.world.users.end()) throw Refused{500, fmt::format("no such user ('{}')", id)};
  return found->second;
}

Token& token_of(const Call& call) {
  auto& tokens = user_of(call).tokens;
  const auto found = tokens.find(call.text("tokenid"));
  if (found == tokens.end()) {
    throw Refused{500, fmt::format("no such token '{}' for user '{}'", call.text("tokenid"), call.text("userid"))};
  }
  return found->second;
}

void may_create(const Call& call) {
  const auto id = user_id(call);
  call.need("/access/realm/" + id.substr(id.rfind('@') + 1), {"Realm.AllocateUser"});
  call.need("/access/groups", {"User.Modify"});
}
void may_change(const Call& call) {
  user_of(call);
  call.need("/access/groups", {"User.Modify"});
}
void may_look(const Call& call) {
  if (call.text("userid") == call.caller.user) return;
  user_of(call);
  call.need_any("/access/groups", {"User.Modify", "Sys.Audit"});
}
/// Everybody keeps tokens of its own.
void may_keep_tokens(const Call& call) {
  if (call.text("userid") != call.caller.user) may_change(call);
}

const std::vector<std::string>& descriptions() {
  static const std::vector<std::string> names{"comment", "email", "firstname", "keys", "lastname"};
  return names;
}

void describe(Call& call, User& user) {
  for (const auto& name : descriptions()) {
    if (call.has(name.c_str())) user.described[name] = call.text(name.c_str());
  }
  user.enabled = call.flag("enable", user.enabled);
  user.expires = call.number("expire", user.expires);
  call.world.changed = true;
}

Json show(const User& user) {
  Json entry{{"enable", user.enabled ? 1 : 0}, {"expire", user.expires}};
  for (const auto& [name, value] : user.described) entry[name] = value;
  return entry;
}

Json show(const Token& token) {
  Json entry{{"privsep", token.separated ? 1 : 0}, {"expire", token.expires}};
  if (!token.comment.empty()) entry["comment"] = token.comment;
  return entry;
}

Json list(Call& call) {
  const bool all = call.may("/access/groups", "User.Modify") || call.may("/access/groups", "Sys.Audit");
  auto entries = Json::array();
  for (const auto& [id, user] : call.world.users) {
    if (!all && id != call.caller.user) continue;
    if (call.has("enabled") && call.flag("enabled") != user.enabled) continue;
    auto entry = show(user);
    entry["userid"] = id;
    entry["realm-type"] = id.substr(id.rfind('@') + 1);
    if (call.flag("full")) {
      entry["tokens"] = Json::array();
      for (const auto& [name, token] : user.tokens) {
        auto shown = show(token);
        shown["tokenid"] = name;
        entry["tokens"].push_back(std::move(shown));
      }
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json create(Call& call) {
  const auto id = user_id(call);
  if (call.world.users.contains(id))
    throw Refused{500, fmt::format("create user failed: user '{}' already exists", id)};
  auto& user = call.world.users[id];
  user.password = call.text("password");
  describe(call, user);
  return nullptr;
}

Json look(Call& call) {
  const auto& user = user_of(call);
  auto entry = show(user);
  entry["groups"] = Json::array();
  entry["tokens"] = nullptr;
  for (const auto& [name, token] : user.tokens) entry["tokens"][name] = show(token);
  return entry;
}

Json change(Call& call) {
  describe(call, user_of(call));
  return nullptr;
}

Json remove(Call& call) {
  user_of(call);
  const auto id = user_id(call);
  const auto token = id + "!";
  call.world.users.erase(id);
  std::erase_if(call.world.grants, [&](const auto& one) { return one.who == id || one.who.rfind(token, 0) == 0; });
  call.world.changed = true;
  return nullptr;
}

Json tokens(Call& call) {
  auto entries = Json::array();
  for (const auto& [name, token] : user_of(call).tokens) {
    auto entry = show(token);
    entry["tokenid"] = name;
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json token(Call& call) { return show(token_of(call)); }

std::string new_secret() {
  std::random_device random;
  const auto part = [&] { return random() & 0xFFFFU; };
  return fmt::format("{:04x}{:04x}-{:04x}-4{:03x}-8{:03x}-{:04x}{:04x}{:04x}", part(), part(), part(), part() & 0xFFFU,
                     part() & 0xFFFU, part(), part(), part());
}

void describe(Call& call, Token& token) {
  if (call.has("comment")) token.comment = call.text("comment");
  token.separated = call.flag("privsep", token.separated);
  token.expires = call.number("expire", token.expires);
  call.world.changed = true;
}

Json create_token(Call& call) {
  auto& user = user_of(call);
  const auto name = call.text("tokenid");
  if (user.tokens.contains(name))
    throw Refused{400, "Parameter verification failed.", {{"tokenid", "Token already exists."}}};
  auto& token = user.tokens[name];
  token.secret = new_secret();
  describe(call, token);
  Json about{{"privsep", token.separated ? "1" : "0"}};
  if (call.has("comment")) about["comment"] = token.comment;
  if (call.has("expire")) about["expire"] = call.text("expire");
  return {{"full-tokenid", call.text("userid") + "!" + name}, {"value", token.secret}, {"info", std::move(about)}};
}

Json change_token(Call& call) {
  auto& token = token_of(call);
  describe(call, token);
  for (const auto& name : split_list(call.text("delete"))) {
    if (name == "comment") token.comment.clear();
  }
  auto shown = show(token);
  if (!call.flag("regenerate")) return shown;
  token.secret = new_secret();
  return {{"full-tokenid", call.text("userid") + "!" + call.text("tokenid")},
          {"value", token.secret},
          {"info", std::move(shown)}};
}

Json remove_token(Call& call) {
  token_of(call);
  const auto full = call.text("userid") + "!" + call.text("tokenid");
  user_of(call).tokens.erase(call.text("tokenid"));
  std::erase_if(call.world.grants, [&](const auto& one) { return one.who == full; });
  call.world.changed = true;
  return nullptr;
}

ParameterSet named() { return ParameterSet{{text("userid").need().named("pve-userid").up_to(64)}, {}}; }

ParameterSet described() {
  auto set = named();
  set.add(text("comment").up_to(2048))
      .add(text("email").up_to(254))
      .add(boolean("enable"))
      .add(integer("expire").from(0))
      .add(text("firstname").up_to(1024))
      .add(text("groups").named("pve-groupid-list"))
      .add(text("keys"))
      .add(text("lastname").up_to(1024));
  return set;
}

ParameterSet named_token() {
  auto set = named();
  set.add(text("tokenid").need().like(R"([A-Za-z][A-Za-z0-9.\-_]+)"));
  return set;
}

}  // namespace

std::vector<Route> user_routes() {
  auto creation = described();
  creation.add(text("password").at_least(8).up_to(64));
  auto changing = described();
  changing.add(boolean("append").with("groups"));
  auto token_creation = named_token();
  token_creation.add(text("comment")).add(integer("expire").from(0)).add(boolean("privsep"));
  auto token_change = token_creation;
  token_change.add(boolean("regenerate")).add(text("delete").named("pve-configid-list"));
  return {
      {"GET", "/access/users", ParameterSet{{boolean("enabled"), boolean("full")}, {}}, nullptr, list},
      {"POST", "/access/users", creation, may_create, create},
      {"GET", "/access/users/{userid}", named(), may_look, look},
      {"PUT", "/access/users/{userid}", changing, may_change, change},
      {"DELETE", "/access/users/{userid}", named(), may_change, remove},
      {"GET", "/access/users/{userid}/token", named(), may_keep_tokens, tokens},
      {"GET", "/access/users/{userid}/token/{tokenid}", named_token(), may_keep_tokens, token},
      {"POST", "/access/users/{userid}/token/{tokenid}", token_creation, may_keep_tokens, create_token},
      {"PUT", "/access/users/{userid}/token/{tokenid}", token_change, may_keep_tokens, change_token},
      {"DELETE", "/access/users/{userid}/token/{tokenid}", named_token(), may_keep_tokens, remove_token},
  };
}

}  // namespace nmx::lab::proxmox
