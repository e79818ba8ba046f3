#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "providers/lab/authentik/field.hpp"

namespace nmx::lab::authentik {

/// Everything an Authentik holds: objects by collection and primary key, as plain data.
struct World {
  Release release = 202608;
  /// Numbers behind the release: `2026.8.3`.
  std::string version = "2026.8.3";
  std::map<std::string, std::map<std::string, Json>> objects;
  std::int64_t next_number = 1;
  /// User names by session cookie.
  std::map<std::string, std::string> sessions;
  std::map<std::string, std::string> passwords;

  std::map<std::string, Json>& in(const std::string& collection) { return objects[collection]; }
  /// Null pointer: there is none. `providers` are those of all kinds, `targets` all that policies are bound to.
  Json* find(const std::string& collection, const Json& key);
  /// By a field; null pointer: there is none.
  Json* find_by(const std::string& collection, const std::string& field, const Json& value);
  /// A new object with what its fields start as.
  Json& add(const Collection& collection, const Json& body);
  /// Takes an object away, and all that hangs on it.
  void remove(const Collection& collection, const std::string& key);
};

/// The text of a primary key.
std::string key_text(const Json& key);
/// Random, in the usual form.
std::string new_uuid();
/// `2026.5`, `2026.5.1` → 202605; 0: not such a text.
Release parse_release(const std::string& text);

/// The server as it is after its first start: stock flows, mappings, certificate, brand, embedded outpost, `akadmin`.
void fill_default(World& world, const std::string& token);
void save(const World& world, const std::filesystem::path& file);
/// False: there is no such file.
bool load(World& world, const std::filesystem::path& file);

}  // namespace nmx::lab::authentik
