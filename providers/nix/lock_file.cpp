#include "providers/nix/lock_file.hpp"

#include <fmt/core.h>

#include <ctime>
#include <deque>
#include <nlohmann/json.hpp>
#include <set>

namespace nmx::nix {
namespace {

using Json = nlohmann::ordered_json;

Error no_lock(std::string_view why) {
  return {fmt::format("`flake.lock` is damaged: {}", why),
          "`git checkout flake.lock` brings back the last one; where there is none, delete it: the next plan writes it "
          "anew, with the newest inputs"};
}

/// The field of an object; null where there is none, or `object` is none.
const Json& at(const Json& object, std::string_view key) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::string text_at(const Json& object, std::string_view key) {
  const auto* text = at(object, key).get_ptr<const std::string*>();
  return text == nullptr ? std::string() : *text;
}

/// The node that stands for the flake itself.
std::string root_of(const Json& lock) { return text_at(lock, "root"); }

/// Why this is none that Nix wrote; empty: it may be.
std::string mistake_in(const Json& lock) {
  if (!lock.is_object()) return "it is no JSON object";
  const auto& nodes = at(lock, "nodes");
  if (!nodes.is_object() || !nodes.contains(root_of(lock))) return "it does not say what the flake itself is";
  for (const auto& [name, node] : nodes.items()) {
    const auto& inputs = at(node, "inputs");
    const auto& locked = at(node, "locked");
    if (!node.is_object() || !(inputs.is_null() || inputs.is_object()) || !(locked.is_null() || locked.is_object()))
      return fmt::format("`{}` is no input", name);
    for (const auto& [input, target] : inputs.items()) {
      const auto* text = target.get_ptr<const std::string*>();
      // A list of names follows another input.
      if (text == nullptr ? !target.is_array() : !nodes.contains(*text))
        return fmt::format("the input `{}` of `{}` is not in it", input, name);
    }
  }
  return {};
}

/// Null for an empty text.
Result<Json> parse(std::string_view text) {
  if (text.empty()) return Json();
  auto json = Json::parse(text, nullptr, false);
  if (const auto mistake = mistake_in(json); !mistake.empty()) return no_lock(mistake);
  return json;
}

std::string text_of(const Json& lock) { return lock.dump(2) + '\n'; }

/// A folder inside the flake; empty: the node is none.
std::string own_folder(const Json& node) {
  const auto& locked = at(node, "locked");
  const auto path = text_at(locked, "path");
  return text_at(locked, "type") == "path" && !path.starts_with('/') ? path : std::string();
}

/// `2026-10-01 4f3a2b1`, as far as the lock tells.
std::string version_of(const Json& node) {
  const auto& locked = at(node, "locked");
  const auto rev = text_at(locked, "rev").substr(0, 7);
  auto shown = rev.empty() ? text_at(locked, "narHash").substr(0, 15) : rev;
  const auto& modified = at(locked, "lastModified");
  const auto seconds = modified.is_number_integer() ? modified.get<std::time_t>() : std::time_t{0};
  std::tm day{};
  if (seconds > 1 && gmtime_r(&seconds, &day) != nullptr)
    shown = fmt::format("{:04}-{:02}-{:02} {}", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, shown);
  return shown.empty() ? "no version" : shown;
}

/// The inputs by the shortest way to each: `nmx/sops-nix`. What follows another input is that one.
std::map<std::string, std::string> versions(const Json& lock) {
  std::map<std::string, std::string> found;
  const auto& nodes = at(lock, "nodes");
  std::set<std::string> seen{root_of(lock)};
  std::deque<std::pair<std::string, std::string>> open{{root_of(lock), ""}};  // a node, and the way to it
  while (!open.empty()) {
    const auto [node, way] = open.front();
    open.pop_front();
    for (const auto& [input, target] : at(at(nodes, node), "inputs").items()) {
      const auto* name = target.get_ptr<const std::string*>();
      if (name == nullptr || !seen.insert(*name).second) continue;
      const auto& there = at(nodes, *name);
      if (own_folder(there).empty()) found.emplace(way + input, version_of(there));
      open.emplace_back(*name, fmt::format("{}{}/", way, input));
    }
  }
  return found;
}

}  // namespace

Result<std::vector<OwnFolder>> own_folders(std::string_view text) {
  const auto lock = parse(text);
  if (!lock) return lock.error();
  std::vector<OwnFolder> found;
  for (const auto& [name, node] : at(*lock, "nodes").items()) {
    // Nix from 2.26 on keeps no hash of them.
    auto path = own_folder(node);
    if (!path.empty() && !at(at(node, "locked"), "narHash").is_null()) found.push_back({name, std::move(path)});
  }
  return found;
}

Result<std::string> with_hashes(std::string_view text, const std::map<std::string, std::string>& hashes) {
  auto lock = parse(text);
  if (!lock) return lock.error();
  const auto before = *lock;
  for (const auto& [node, hash] : hashes) (*lock)["nodes"][node]["locked"]["narHash"] = hash;
  return *lock == before ? std::string(text) : text_of(*lock);
}

Result<bool> lock_the_same(std::string_view one, std::string_view other) {
  auto left = parse(one);
  if (!left) return left.error();
  auto right = parse(other);
  if (!right) return right.error();
  for (auto* lock : {&*left, &*right}) {
    if (lock->is_null()) continue;
    for (auto& node : (*lock)["nodes"]) {
      if (!own_folder(node).empty()) node["locked"].erase("narHash");
    }
  }
  return *left == *right;
}

Result<std::string> without_inputs(std::string_view text, const std::vector<std::string>& inputs) {
  auto lock = parse(text);
  if (!lock) return lock.error();
  if (inputs.empty() || lock->is_null()) return std::string();
  auto& own = (*lock)["nodes"][root_of(*lock)]["inputs"];
  std::string known;
  for (const auto& [name, node] : own.items()) known += (known.empty() ? "`" : ", `") + name + "`";
  for (const auto& name : inputs) {
    if (!own.is_object() || own.erase(name) == 0)
      return Error{fmt::format("the flake has no input `{}`", name), "there are: " + known};
  }
  return text_of(*lock);
}

Result<std::vector<InputChange>> compare_locks(std::string_view before, std::string_view after) {
  const auto old = parse(before);
  if (!old) return old.error();
  const auto now = parse(after);
  if (!now) return now.error();
  std::map<std::string, InputChange> by_name;
  for (auto& [name, version] : versions(*old)) by_name[name].before = version;
  for (auto& [name, version] : versions(*now)) by_name[name].after = version;
  std::vector<InputChange> changes;
  for (auto& [name, change] : by_name) {
    if (change.before == change.after) continue;
    change.name = name;
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace nmx::nix
