#include "lang/value/type.hpp"

#include <fmt/core.h>

#include "lang/value/value.hpp"

namespace nmx {
namespace {

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

std::string field_text(const Field& field) {
  const std::string type = to_string(field.type);
  if (!field.optional) return fmt::format("{} = {}", field.name, type);
  if (!field.fallback) return fmt::format("{} = optional({})", field.name, type);
  return fmt::format("{} = optional({}, {})", field.name, type, display(*field.fallback));
}

std::string object_text(const Type& type) {
  std::vector<std::string> fields;
  if (type.fields) {
    for (const Field& field : *type.fields) fields.push_back(field_text(field));
  }
  return fields.empty() ? "object({})" : fmt::format("object({{ {} }})", joined(fields, ", "));
}

std::string instance_text(const Type& type) {
  if (type.names.empty()) return "instance";
  return type.names.size() > 1 ? fmt::format("{}({})", type.names[0], type.names[1]) : type.names[0];
}

std::string element_text(const Type& type) {
  return type.of && !type.of->empty() ? to_string(type.of->front()) : "any";
}

std::string alternatives_text(const Type& type) {
  std::vector<std::string> alternatives;
  if (type.of) {
    for (const Type& alternative : *type.of) alternatives.push_back(to_string(alternative));
  }
  return joined(alternatives, " | ");
}

std::string plain_text(const Type& type) {
  switch (type.tag) {
    case Type::Tag::any: return "any";
    case Type::Tag::boolean: return "bool";
    case Type::Tag::integer: return "int";
    case Type::Tag::number: return "number";
    case Type::Tag::string: return "string";
    case Type::Tag::bytes: return "bytes";
    case Type::Tag::duration: return "duration";
    case Type::Tag::nix: return "nix";
    case Type::Tag::ip: return "ip";
    case Type::Tag::ip_range: return "ip_range";
    case Type::Tag::cidr: return "cidr";
    case Type::Tag::mac: return "mac";
    case Type::Tag::hostname: return "hostname";
    case Type::Tag::url: return "url";
    case Type::Tag::path: return "path";
    case Type::Tag::email: return "email";
    case Type::Tag::port: return "port";
    case Type::Tag::list: return fmt::format("list({})", element_text(type));
    case Type::Tag::map: return fmt::format("map({})", element_text(type));
    case Type::Tag::object: return object_text(type);
    case Type::Tag::enumeration: return fmt::format("enum({})", joined(type.names, ", "));
    case Type::Tag::instance: return instance_text(type);
    case Type::Tag::one_of: return alternatives_text(type);
  }
  return {};
}

template <typename T>
bool same(const std::shared_ptr<const T>& left, const std::shared_ptr<const T>& right) {
  return left == right || (left && right && *left == *right);
}

bool operator==(const Field& left, const Field& right) {
  return left.name == right.name && left.type == right.type && left.optional == right.optional &&
         same(left.fallback, right.fallback);
}

bool same_fields(const std::vector<Field>& left, const std::vector<Field>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!(left[i] == right[i])) return false;
  }
  return true;
}

Type composed(Type::Tag tag, std::vector<Type> of) {
  Type type = Type::simple(tag);
  type.of = std::make_shared<const std::vector<Type>>(std::move(of));
  return type;
}

}  // namespace

Type Type::list_of(Type element) { return composed(Tag::list, {std::move(element)}); }
Type Type::map_of(Type element) { return composed(Tag::map, {std::move(element)}); }
Type Type::one_of(std::vector<Type> alternatives) { return composed(Tag::one_of, std::move(alternatives)); }

Type Type::object_of(std::vector<Field> fields) {
  Type type = simple(Tag::object);
  type.fields = std::make_shared<const std::vector<Field>>(std::move(fields));
  return type;
}

Type Type::enumeration_of(std::vector<std::string> members) {
  Type type = simple(Tag::enumeration);
  type.names = std::move(members);
  return type;
}

Type Type::instance_of(std::string kind, std::string member) {
  Type type = simple(Tag::instance);
  type.names.push_back(std::move(kind));
  if (!member.empty()) type.names.push_back(std::move(member));
  return type;
}

Type Type::secret_of(Type type) {
  type.secret = true;
  return type;
}

bool Type::operator==(const Type& other) const {
  if (tag != other.tag || secret != other.secret || names != other.names || !same(of, other.of)) return false;
  return fields == other.fields || (fields && other.fields && same_fields(*fields, *other.fields));
}

std::string to_string(const Type& type) {
  const std::string text = plain_text(type);
  return type.secret ? fmt::format("secret({})", text) : text;
}

}  // namespace nmx
