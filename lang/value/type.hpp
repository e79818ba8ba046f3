#pragma once

#include <memory>
#include <string>
#include <vector>

namespace nmx {

class Value;
struct Field;

/// A type as users write it: `list(string)`, `enum(a, b)`, `service | url`, `secret(string)`.
struct Type {
  enum class Tag {
    any,
    boolean,
    integer,
    number,
    string,
    bytes,
    duration,
    nix,
    ip,
    ip_range,
    cidr,
    mac,
    hostname,
    url,
    path,
    email,
    port,  // checked strings, and `port` an integer
    list,
    map,
    object,
    enumeration,
    instance,
    one_of
  };
  Tag tag = Tag::any;
  /// `secret(T)`.
  bool secret = false;

  /// list, map: the one element type; one_of: the alternatives. Shared by copies, never changed.
  std::shared_ptr<const std::vector<Type>> of = {};
  /// object: its fields in the order they were written. Shared by copies, never changed.
  std::shared_ptr<const std::vector<Field>> fields = {};
  /// enumeration: its members. instance: the kind, then the member where only one will do (`service(postgresql)`).
  std::vector<std::string> names = {};

  static Type simple(Tag tag) { return Type{tag}; }
  static Type list_of(Type element);
  static Type map_of(Type element);
  static Type object_of(std::vector<Field> fields);
  static Type enumeration_of(std::vector<std::string> members);
  static Type instance_of(std::string kind, std::string member = {});
  static Type one_of(std::vector<Type> alternatives);
  static Type secret_of(Type type);

  bool operator==(const Type& other) const;
};

/// One field of an object type; `optional(T, default)`.
struct Field {
  std::string name;
  Type type;
  bool optional = false;
  /// Null pointer: no default, the field is then null. Shared by copies, never changed.
  std::shared_ptr<const Value> fallback = {};
};

/// As users write it.
std::string to_string(const Type& type);

}  // namespace nmx
