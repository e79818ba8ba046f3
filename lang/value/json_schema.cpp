#include "lang/value/json_schema.hpp"

#include <string>

#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

using Tag = Type::Tag;

/// A secret's default is none to show, and an instance or Nix code has no form.
bool is_json(const Value& value) { return to_json(value).has_value(); }

Object text_like(const char* pattern) { return Object{{"type", "string"}, {"pattern", pattern}}; }

Object fields_schema(const Type& type) {
  Object properties;
  List required;
  for (const auto& field : *type.fields) {
    auto schema = json_schema(field.type);
    if (field.fallback && is_json(*field.fallback)) schema.set("default", *field.fallback);
    properties.set(field.name, std::move(schema));
    if (!field.optional) required.push_back(field.name);
  }
  Object schema{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) schema.set("required", std::move(required));
  return schema;
}

Object alternatives(const Type& type) {
  List any_of;
  for (const auto& one : *type.of) any_of.push_back(json_schema(one));
  return Object{{"anyOf", std::move(any_of)}};
}

Object plain_schema(const Type& type) {
  switch (type.tag) {
    case Tag::any: return {};
    case Tag::boolean: return Object{{"type", "boolean"}};
    case Tag::integer: return Object{{"type", "integer"}};
    case Tag::number: return Object{{"type", "number"}};
    case Tag::string:
    case Tag::nix:
    case Tag::instance: return Object{{"type", "string"}};
    case Tag::bytes: return text_like("^-?[0-9_.]+(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$");
    case Tag::duration: return text_like("^-?[0-9_.]+(ms|s|m|h|d|w)$");
    case Tag::ip:
      return Object{{"anyOf", List{Object{{"type", "string"}, {"format", "ipv4"}},
                                   Object{{"type", "string"}, {"format", "ipv6"}}}}};
    case Tag::ip_range: return text_like("^[0-9A-Fa-f.:]+-[0-9A-Fa-f.:]+$");
    case Tag::cidr: return text_like("^[0-9A-Fa-f.:]+/[0-9]{1,3}$");
    case Tag::mac: return text_like("^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$");
    case Tag::hostname: return Object{{"type", "string"}, {"format", "hostname"}};
    case Tag::url: return Object{{"type", "string"}, {"format", "uri"}};
    case Tag::path: return text_like("^/");
    case Tag::email: return Object{{"type", "string"}, {"format", "email"}};
    case Tag::port: return Object{{"type", "integer"}, {"minimum", 1}, {"maximum", 65535}};
    case Tag::list: return Object{{"type", "array"}, {"items", json_schema(type.of->front())}};
    case Tag::map: return Object{{"type", "object"}, {"additionalProperties", json_schema(type.of->front())}};
    case Tag::object: return type.fields ? fields_schema(type) : Object{{"type", "object"}};
    case Tag::enumeration: return Object{{"enum", List(type.names.begin(), type.names.end())}};
    case Tag::one_of: return alternatives(type);
  }
  return {};
}

}  // namespace

Object json_schema(const Type& type) {
  auto schema = plain_schema(type);
  if (type.secret) schema.set("writeOnly", true);
  schema.set("x-nmx-type", to_string(type));
  return schema;
}

}  // namespace nmx
