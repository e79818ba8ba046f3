#include "cli/schema.hpp"

#include "cli/reserved_schema.hpp"
#include "lang/config/type_syntax.hpp"
#include "lang/value/function_families.hpp"
#include "lang/value/json_schema.hpp"
#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

/// Collects the attributes of one block; those that every block takes are in it.
class BlockSchema {
 public:
  explicit BlockSchema(BlockRole role) : properties_(reserved_schemas(role)) {}
  void add(std::string name, Object schema, bool required) {
    properties_.set(name, std::move(schema));
    if (required) required_.push_back(std::move(name));
  }
  Object take() {
    Object schema{{"type", "object"}, {"properties", std::move(properties_)}, {"additionalProperties", false}};
    if (!required_.empty()) schema.set("required", std::move(required_));
    return schema;
  }

 private:
  Object properties_;
  List required_;
};

/// The names of what a kind is or makes are what its definitions say; defaults that are computed stay as written.
class KindSchema {
 public:
  explicit KindSchema(const SourceMap& sources) : sources_(sources) {}

  Object of(const Kind& kind) const {
    Object schema{{"doc", kind.own->doc}, {"single", kind.single}};
    if (!kind.member.empty()) schema.set("family", kind.name);
    schema.set("block", block(kind, kind.shape, BlockRole::instance));
    Object outputs;
    for (const auto& output : kind.contents.outputs) outputs.set(output.name, Object{{"doc", output.doc}});
    schema.set("outputs", std::move(outputs));
    return schema;
  }

 private:
  Object block(const Kind& kind, const Shape& shape, BlockRole role) const {
    BlockSchema schema(role);
    for (const auto* one : shape.inputs) {
      if (one->fixed) continue;
      const auto* given = role == BlockRole::instance ? given_by(kind, one->name) : nullptr;
      schema.add(one->name, input(*one, given), one->fallback == nullptr && given == nullptr);
    }
    for (const auto* one : shape.blocks) {
      auto inner = block(kind, kind.nested.at(one), BlockRole::nested);
      if (!one->label.empty()) {
        inner = Object{{"type", "object"}, {"x-nmx-label", one->label}, {"additionalProperties", std::move(inner)}};
      }
      inner.set("description", one->doc);
      inner.set("x-nmx-block", true);
      schema.add(one->name, std::move(inner), false);
    }
    return schema.take();
  }

  /// What a member of a family gives an input that its users may set again; null pointer: nothing.
  static const Setting* given_by(const Kind& kind, std::string_view name) {
    for (const auto* setting : kind.settings) {
      if (setting->name == name) return setting;
    }
    return nullptr;
  }

  void set_default(Object& schema, const InputDeclaration& input, const Setting* given) const {
    if (given != nullptr && !given->is_plain()) {
      std::string written;
      for (const auto* part : given->parts) {
        written += (written.empty() ? "" : "\n") + std::string(sources_.text(part->span));
      }
      return schema.set("x-nmx-default", std::move(written));
    }
    const auto* value = given != nullptr ? &given->parts.front()->value : input.fallback;
    if (value == nullptr) return;
    const auto constant = constant_value(*value, input.type);
    if (constant && is_plain(*constant)) {
      schema.set("default", *constant);
    } else {
      schema.set("x-nmx-default", sources_.text(value->span));
    }
  }

  Object input(const InputDeclaration& input, const Setting* given) const {
    auto schema = json_schema(input.type);
    if (!input.doc.empty()) schema.set("description", input.doc);
    if (!input.deprecated.empty()) {
      schema.set("deprecated", true);
      schema.set("x-nmx-instead", input.deprecated);
    }
    set_default(schema, input, given);
    const auto bound = [&](const ast::Expression* expression, const char* name) {
      if (expression == nullptr) return;
      const auto constant = constant_value(*expression, input.type);
      if (constant && constant->is_number()) {
        schema.set(name, *constant);
      } else {
        schema.set(std::string("x-nmx-") + name, sources_.text(expression->span));
      }
    };
    bound(input.min, "minimum");
    bound(input.max, "maximum");
    return schema;
  }

  /// Bytes and durations have no form of their own in JSON; as they were written they are clearer.
  static bool is_plain(const Value& value) {
    return !value.is<Bytes>() && !value.is<Duration>() && !value.is_object() && to_json(value).has_value();
  }

  const SourceMap& sources_;
};

std::string_view word_for(OnChange change) {
  switch (change) {
    case OnChange::live: return "live";
    case OnChange::restart: return "restart";
    case OnChange::replace: return "replace";
    case OnChange::forbidden: return "forbidden";
  }
  return "";
}

Object attribute_schema(const InterfaceAttribute& attribute) {
  auto schema = json_schema(attribute.type);
  if (!attribute.doc.empty()) schema.set("description", attribute.doc);
  if (!attribute.settable) schema.set("readOnly", true);
  if (attribute.computed) schema.set("x-nmx-computed", true);
  if (!attribute.fallback.is_null()) {
    schema.set("default", attribute.fallback.is<Bytes>() || attribute.fallback.is<Duration>()
                              ? Value(display(attribute.fallback))
                              : attribute.fallback);
  }
  if (attribute.min) schema.set("minimum", *attribute.min);
  if (attribute.max) schema.set("maximum", *attribute.max);
  if (!attribute.deprecated.empty()) {
    schema.set("deprecated", true);
    schema.set("x-nmx-instead", attribute.deprecated);
  }
  return schema;
}

Object interface_schema(const Interface& interface, BlockRole role) {
  BlockSchema schema(role);
  for (const auto& one : interface.attributes) schema.add(one.name, attribute_schema(one), one.required);
  return schema.take();
}

Object resource_schema(const Schema& schema, std::string_view provider) {
  auto block = interface_schema(schema.interface, BlockRole::resource);
  auto& properties = *block.find("properties");
  auto described = *properties.object();
  for (const auto& attribute : schema.interface.attributes) {
    const auto& rule = schema.rule(attribute.name);
    auto property = *described.at_or_null(attribute.name).object();
    property.set("x-nmx-change", word_for(rule.on_change));
    if (rule.decided) property.set("x-nmx-decided", "nmx");
    if (!rule.decider.empty()) property.set("x-nmx-decided", rule.decider);
    if (rule.write_only) property.set("writeOnly", true);
    described.set(attribute.name, std::move(property));
  }
  properties = Value(std::move(described));
  return Object{{"doc", schema.interface.doc},
                {"provider", provider},
                {"holds_data", schema.holds_data},
                {"natural_key", List(schema.natural_key.begin(), schema.natural_key.end())},
                {"block", std::move(block)}};
}

}  // namespace

Object kinds_schema(const Configuration& library) {
  Object all;
  const KindSchema schema(*library.sources);
  for (const auto& [name, kind] : library.kinds) all.set(name, schema.of(*kind));
  return all;
}

Object resources_schema(const Registry& registry) {
  Object all;
  for (const auto& provider : registry.providers()) {
    for (const auto& type : provider.types)
      all.set(type->schema().interface.type, resource_schema(type->schema(), provider.name));
  }
  return all;
}

Object providers_schema(const Registry& registry) {
  Object all;
  for (const auto& provider : registry.providers())
    all.set(provider.name, Object{{"doc", provider.settings.doc},
                                  {"block", interface_schema(provider.settings, BlockRole::provider)}});
  return all;
}

Object functions_schema() {
  Object all;
  for (const auto& family : function_families()) {
    for (const auto& function : family.functions) {
      List parameters;
      for (const auto& one : function.parameters) {
        Object parameter{{"name", one.name}, {"type", to_string(one.type)}};
        if (one.optional) parameter.set("optional", true);
        if (one.nullable) parameter.set("nullable", true);
        parameters.push_back(std::move(parameter));
      }
      const auto end_of_doc = function.doc.find('\n');
      Object schema{{"doc", function.doc.substr(0, end_of_doc)},
                    {"family", family.title},
                    {"signature", signature(function)},
                    {"parameters", std::move(parameters)},
                    {"result", to_string(function.result)}};
      if (function.variadic) schema.set("variadic", true);
      if (end_of_doc != std::string::npos) schema.set("example", function.doc.substr(end_of_doc + 1));
      all.set(function.name, std::move(schema));
    }
  }
  return all;
}

}  // namespace nmx
