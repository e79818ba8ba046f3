#include "providers/nix/flake_lock.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "providers/nix/deploy.hpp"

namespace nmx::nix {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view lock_file = "flake.lock";

/// Null where the text is no lock.
Json parse(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  const bool is_lock = json.is_object() && json.contains("nodes") && json["nodes"].is_object();
  return is_lock ? json : Json();
}

std::string text_of(const Json& lock) { return lock.dump(2) + '\n'; }

std::string text_at(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

/// The node that stands for the flake itself.
std::string root_of(const Json& lock) { return lock.value("root", "root"); }

/// A folder inside the flake.
std::string own_folder(const Json& node) {
  if (!node.is_object() || !node.contains("locked")) return {};
  const auto& locked = node["locked"];
  const auto path = text_at(locked, "path");
  const bool is_own = text_at(locked, "type") == "path" && locked.contains("narHash") && path.rfind('/', 0) != 0;
  return is_own ? path : std::string();
}

/// `2026-10-01 4f3a2b1`, as far as the lock tells.
std::string version_of(const Json& node) {
  if (!node.is_object() || !node.contains("locked")) return {};
  const auto& locked = node["locked"];
  const auto rev = text_at(locked, "rev").substr(0, 7);
  auto shown = rev.empty() ? text_at(locked, "narHash").substr(0, 15) : rev;
  const auto modified = locked.value("lastModified", std::int64_t{0});
  std::tm day{};
  const auto seconds = static_cast<std::time_t>(modified);
  if (modified > 1 && gmtime_r(&seconds, &day) != nullptr)
    shown = fmt::format("{:04}-{:02}-{:02} {}", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, shown);
  return shown;
}

std::map<std::string, std::string> versions(std::string_view text) {
  std::map<std::string, std::string> found;
  const auto lock = parse(text);
  if (lock.is_null()) return found;
  const auto& nodes = lock["nodes"];
  const auto root = root_of(lock);
  if (!nodes.contains(root) || !nodes[root].contains("inputs")) return found;
  for (const auto& [name, node] : nodes[root]["inputs"].items()) {
    if (node.is_string() && nodes.contains(node.get<std::string>()))
      found[name] = version_of(nodes[node.get<std::string>()]);
  }
  return found;
}

/// The lock without what is to be renewed.
Result<std::string> without_inputs(std::string_view text, const std::vector<std::string>& inputs) {
  auto lock = parse(text);
  if (inputs.empty() || lock.is_null()) return std::string();
  auto& own = lock["nodes"][root_of(lock)]["inputs"];
  for (const auto& name : inputs) {
    if (!own.is_object() || own.erase(name) == 0) {
      std::string known;
      for (const auto& [input, version] : versions(text)) known += (known.empty() ? "" : ", ") + input;
      return Error{fmt::format("the flake has no input `{}`", name), "there are: " + known};
    }
  }
  return text_of(lock);
}

}  // namespace

Task<Status> store_own_folders(Env* env, const FlakeCopy* copy) {
  const auto text = copy->read(lock_file);
  if (!text) co_return text.error();
  auto lock = parse(*text);
  if (lock.is_null()) co_return Done{};
  for (auto& [name, node] : lock["nodes"].items()) {
    const auto folder = own_folder(node);
    if (folder.empty()) continue;
    auto storing = store_folder(env, (copy->folder() / folder).lexically_normal());
    const auto hash = co_await storing;
    if (!hash) co_return hash.error();
    node["locked"]["narHash"] = *hash;
  }
  if (parse(*text) == lock) co_return Done{};
  co_return copy->put(lock_file, text_of(lock));
}

Task<Status> complete_lock(Env* env, const FlakeCopy* copy, FlakeFolder flake) {
  auto storing = store_own_folders(env, copy);
  if (const auto stored = co_await storing; !stored) co_return stored.error();
  auto locking = lock_inputs(env, copy->reference());
  if (const auto locked = co_await locking; !locked) co_return locked.error();
  const auto now = copy->read(lock_file);
  if (!now) co_return now.error();
  const auto before = flake.read(lock_file);
  if (!before) co_return before.error();
  if (before->value_or("") == *now) co_return Done{};
  if (auto written = flake.write(lock_file, *now); !written) co_return written;
  auto telling = flake.tell_git({std::string(lock_file)});
  co_await telling;
  co_return Done{};
}

Task<Result<std::string>> renewed_lock(Env* env, FlakeFolder flake, std::vector<std::string> inputs) {
  auto copying = FlakeCopy::make(flake);
  const auto copy = co_await copying;
  if (!copy) co_return copy.error();
  const auto text = (*copy)->read(lock_file);
  if (!text) co_return text.error();
  const auto rest = without_inputs(*text, inputs);
  if (!rest) co_return rest.error();
  if (auto put = (*copy)->put(lock_file, *rest); !put) co_return put.error();
  auto storing = store_own_folders(env, copy->get());
  if (const auto stored = co_await storing; !stored) co_return stored.error();
  auto locking = lock_inputs(env, (*copy)->reference());
  if (const auto locked = co_await locking; !locked) co_return locked.error();
  co_return (*copy)->read(lock_file);
}

std::vector<InputChange> compare_locks(std::string_view before, std::string_view after) {
  const auto old = versions(before);
  std::vector<InputChange> changes;
  for (const auto& [name, version] : versions(after)) {
    const auto was = old.find(name);
    if (was == old.end() || was->second != version)
      changes.push_back({name, was == old.end() ? "" : was->second, version});
  }
  return changes;
}

}  // namespace nmx::nix
