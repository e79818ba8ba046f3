#include "lang/value/type_json.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace nmx {
namespace {

using Tag = Type::Tag;

constexpr std::array<std::pair<Tag, std::string_view>, 23> tag_names = {{
    {Tag::any, "any"},           {Tag::boolean, "bool"},  {Tag::integer, "int"},
    {Tag::number, "number"},     {Tag::string, "string"}, {Tag::bytes, "bytes"},
    {Tag::duration, "duration"}, {Tag::nix, "nix"},       {Tag::ip, "ip"},
    {Tag::ip_range, "ip_range"}, {Tag::cidr, "cidr"},     {Tag::mac, "mac"},
    {Tag::hostname, "hostname"}, {Tag::url, "url"},       {Tag::path, "path"},
    {Tag::email, "email"},       {Tag::port, "port"},     {Tag::list, "list"},
    {Tag::map, "map"},           {Tag::object, "object"}, {Tag::enumeration, "enum"},
    {Tag::instance, "instance"}, {Tag::one_of, "one_of"},
}};

Value field_to_value(const Field& field) {
  Object object;
  object.set("name", field.name);
  object.set("type", type_to_value(field.type));
  if (field.optional) object.set("optional", true);
  if (field.fallback) object.set("fallback", *field.fallback);
  return object;
}

std::optional<Field> field_from_value(const Value& value) {
  const Object* object = value.object();
  if (!object) return std::nullopt;
  const std::string* name = object->at_or_null("name").string();
  auto type = type_from_value(object->at_or_null("type"));
  if (!name || !type) return std::nullopt;
  Field field{*name, *std::move(type)};
  field.optional = object->at_or_null("optional") == Value(true);
  if (const Value* fallback = object->find("fallback")) field.fallback = std::make_shared<const Value>(*fallback);
  return field;
}

std::optional<Tag> tag_named(const Value& value) {
  const std::string* text = value.string();
  for (const auto& [tag, name] : tag_names) {
    if (text && *text == name) return tag;
  }
  return std::nullopt;
}

}  // namespace

Value type_to_value(const Type& type) {
  Object object;
  for (const auto& [tag, name] : tag_names) {
    if (tag == type.tag) object.set("tag", Value(name));
  }
  if (type.secret) object.set("secret", true);
  if (type.of) {
    List of;
    for (const Type& inner : *type.of) of.push_back(type_to_value(inner));
    object.set("of", std::move(of));
  }
  if (type.fields) {
    List fields;
    for (const Field& field : *type.fields) fields.push_back(field_to_value(field));
    object.set("fields", std::move(fields));
  }
  if (!type.names.empty()) {
    List names;
    for (const std::string& name : type.names) names.emplace_back(name);
    object.set("names", std::move(names));
  }
  return object;
}

std::optional<Type> type_from_value(const Value& value) {
  const Object* object = value.object();
  const auto tag = object ? tag_named(object->at_or_null("tag")) : std::nullopt;
  if (!tag) return std::nullopt;
  Type type = Type::simple(*tag);
  type.secret = object->at_or_null("secret") == Value(true);
  if (const List* of = object->at_or_null("of").list()) {
    std::vector<Type> inner;
    for (const Value& element : *of) {
      auto read = type_from_value(element);
      if (!read) return std::nullopt;
      inner.push_back(*std::move(read));
    }
    type.of = std::make_shared<const std::vector<Type>>(std::move(inner));
  }
  if (const List* fields = object->at_or_null("fields").list()) {
    std::vector<Field> inner;
    for (const Value& element : *fields) {
      auto read = field_from_value(element);
      if (!read) return std::nullopt;
      inner.push_back(*std::move(read));
    }
    type.fields = std::make_shared<const std::vector<Field>>(std::move(inner));
  }
  if (const List* names = object->at_or_null("names").list()) {
    for (const Value& name : *names) {
      if (!name.string()) return std::nullopt;
      type.names.push_back(*name.string());
    }
  }
  return type;
}

}  // namespace nmx
