#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace nmx::lab::authentik {

using Json = nlohmann::json;

/// A release as a number: 2026.5 is 202605.
using Release = int;
/// Later than all.
inline constexpr Release never = 999912;

/// What a field takes.
enum class Takes {
  text,
  slug,
  address,
  mail,
  flag,
  number,
  member,   // one of `members`
  members,  // several of them
  uuid,
  uuids,
  numbers,
  object,
  redirects
};

/// One field of a collection's objects, as the API's schema has it. Source: `GET /api/v3/schema/` of 2025.10.4 and
/// 2026.8.3, and what changed between them.
struct Field {
  std::string name;
  Takes takes = Takes::text;
  bool required = false;
  bool read_only = false;
  bool nullable = false;
  /// A text that may not be empty.
  bool filled = false;
  std::vector<std::string> members = {};
  /// What stands there when nothing is given.
  Json fallback = {};
  /// The collection that its ids must be found in; empty: none.
  std::string of = {};
  std::size_t longest = 0;  // 0: any
  Release since = 0;
  Release until = never;

  Field needed() && { return required = filled = true, std::move(*this); }
  Field or_null() && { return nullable = true, std::move(*this); }
  Field from(Release release) && { return since = release, std::move(*this); }
  Field before(Release release) && { return until = release, std::move(*this); }
  Field starts_as(Json value) && { return fallback = std::move(value), std::move(*this); }
  Field in(std::string collection) && { return of = std::move(collection), std::move(*this); }
  Field at_most(std::size_t length) && { return longest = length, std::move(*this); }
};

/// Objects of one type: where they are, what they hold.
struct Collection {
  /// `groups`
  std::string name;
  /// `/core/groups/`
  std::string path;
  /// The field in their addresses.
  std::string place = "pk";
  /// Their primary key, a number or a UUID.
  std::string key = "pk";
  bool numbered = false;
  /// No two have the same; also across the collections that share a name space.
  std::vector<std::string> unique = {};
  /// The API lists them and no more.
  bool listed_only = false;
  /// What `GET` says of one that is not there.
  std::string noun;
  std::vector<Field> fields;

  const Field* find(const std::string& field) const;
};

const std::vector<Collection>& collections();
const Collection& collection(const std::string& name);

/// What is wrong with a body, by field; an empty object: nothing. `partial`: fields may be left out.
Json validate(const Collection& collection, const Json& body, Release release, bool partial);

}  // namespace nmx::lab::authentik
