#include "cli/reserved_schema.hpp"

#include "lang/value/json_schema.hpp"

namespace nmx {
namespace {

Object described(Object schema, const char* text) {
  schema.set("description", text);
  return schema;
}

Object texts() { return Object{{"type", "array"}, {"items", Object{{"type", "string"}}}}; }

Object block_of(Object properties, const char* text) {
  return described(Object{{"type", "object"},
                          {"properties", std::move(properties)},
                          {"additionalProperties", false},
                          {"x-nmx-block", true}},
                   text);
}

Object lifecycle() {
  const Object flag{{"type", "boolean"}, {"default", false}};
  return block_of(
      {{"create_before_destroy", described(flag, "The new object is made before the old one goes.")},
       {"ignore_changes", described(texts(), "Attributes that may differ.")},
       {"protect", described(flag, "A plan that would destroy the object is refused.")},
       {"replace_when", described(Object{{"type", "array"}}, "Values that make the object anew when they change.")}},
      "What plans may do with it.");
}

Object timeouts() {
  const auto duration = json_schema(Type::simple(Type::Tag::duration));
  return block_of({{"create", duration}, {"update", duration}, {"destroy", duration}}, "How long changes may take.");
}

}  // namespace

Object reserved_schemas(BlockRole role) {
  const Object map_or_texts{
      {"anyOf", List{Object{{"type", "object"}},
                     Object{{"type", "array"}, {"items", Object{{"type", "string"}}}, {"uniqueItems", true}}}}};
  Object schemas{{"when", described(Object{{"type", "boolean"}}, "False: the block is not there.")},
                 {"for_each", described(map_or_texts, "One instance for each; `each.key` and `each.value` name it.")},
                 {"depends_on", described(texts(), "Instances and resources to wait for, which no expression reads.")},
                 {"lifecycle", lifecycle()},
                 {"timeouts", timeouts()}};
  if (role != BlockRole::provider)
    schemas.set("provider", described(Object{{"type", "string"}}, "The provider block that serves it."));
  return schemas;
}

}  // namespace nmx
