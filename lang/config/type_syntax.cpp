#include "lang/config/type_syntax.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "lang/config/body_reader.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "lang/value/convert.hpp"

namespace nmx {
namespace {

using Tag = Type::Tag;

constexpr std::array<std::pair<std::string_view, Tag>, 16> simple_types{{
    {"any", Tag::any},
    {"bool", Tag::boolean},
    {"int", Tag::integer},
    {"number", Tag::number},
    {"string", Tag::string},
    {"bytes", Tag::bytes},
    {"duration", Tag::duration},
    {"nix", Tag::nix},
    {"ip", Tag::ip},
    {"cidr", Tag::cidr},
    {"ip_range", Tag::ip_range},
    {"mac", Tag::mac},
    {"hostname", Tag::hostname},
    {"url", Tag::url},
    {"path", Tag::path},
    {"email", Tag::email},
}};
constexpr std::array<std::string_view, 6> type_makers{"list", "map", "object", "enum", "secret", "optional"};

/// Reads type expressions; each mistake is told once and yields `any`.
class TypeReader {
 public:
  TypeReader(const Configuration& configuration, Diagnostics& diagnostics)
      : configuration_(configuration), diagnostics_(diagnostics) {}

  Type read(const ast::Expression& expression) {
    if (const auto* name = std::get_if<ast::Name>(&expression.node)) return named(name->name, expression.span);
    if (const auto* call = std::get_if<ast::Call>(&expression.node)) return made(*call, expression.span);
    const auto* binary = std::get_if<ast::Binary>(&expression.node);
    if (binary != nullptr && binary->op == BinaryOperator::alternative) return alternatives(expression);
    return refuse(expression.span, "expected a type", "for example `string`, `list(int)`, `enum(a, b)` or a kind");
  }

 private:
  Type refuse(Span span, std::string message, std::string help = {}) {
    diagnostics_.error(Code::wrong_type, span, std::move(message)).with_help(std::move(help));
    return Type::simple(Tag::any);
  }

  Type named(const std::string& name, Span span) {
    for (const auto& [word, tag] : simple_types) {
      if (word == name) return Type::simple(tag);
    }
    if (name == "port") return Type::simple(Tag::port);
    if (configuration_.kind(name) != nullptr) return Type::instance_of(name);
    for (const auto maker : type_makers) {
      if (maker == name) return refuse(span, fmt::format("`{}` needs its arguments", name), example(name));
    }
    std::vector<std::string> candidates = configuration_.known_kinds;
    for (const auto& [word, tag] : simple_types) candidates.emplace_back(word);
    for (const auto maker : type_makers) candidates.emplace_back(maker);
    candidates.emplace_back("port");
    return refuse(span, fmt::format("there is no type `{}`", name), did_you_mean(name, candidates));
  }

  static std::string example(std::string_view maker) {
    if (maker == "object") return "write `object({ name = string, size = optional(int, 1) })`";
    if (maker == "enum") return "write `enum(one, another)`";
    return fmt::format("write `{}(string)`", maker);
  }

  Type made(const ast::Call& call, Span span) {
    const auto& maker = call.function.name;
    if (maker == "enum") return enumeration(call, span);
    if (configuration_.kind(maker) != nullptr) return member(call, span);
    if (std::find(type_makers.begin(), type_makers.end(), maker) == type_makers.end()) {
      return named(maker, call.function.span);
    }
    if (maker == "optional") return refuse(span, "`optional` stands in the fields of an object only");
    if (call.arguments.size() != 1 || call.arguments.front().spread) {
      return refuse(span, fmt::format("`{}` takes one type", maker), example(maker));
    }
    const auto& inner = call.arguments.front().value;
    if (maker == "list") return Type::list_of(read(inner));
    if (maker == "map") return Type::map_of(read(inner));
    if (maker == "secret") return Type::secret_of(read(inner));
    return object(inner);
  }

  Type enumeration(const ast::Call& call, Span span) {
    std::vector<std::string> members;
    for (const auto& argument : call.arguments) {
      if (const auto* name = std::get_if<ast::Name>(&argument.value.node)) {
        members.push_back(name->name);
      } else if (auto text = constant_text(argument.value)) {
        members.push_back(std::move(*text));
      } else {
        return refuse(argument.value.span, "a member of an enum is a name");
      }
    }
    if (members.empty()) return refuse(span, "an enum needs members", example("enum"));
    return Type::enumeration_of(std::move(members));
  }

  Type member(const ast::Call& call, Span span) {
    const auto* name =
        call.arguments.size() == 1 ? std::get_if<ast::Name>(&call.arguments.front().value.node) : nullptr;
    if (name == nullptr)
      return refuse(span, fmt::format("`{}` takes the name of one of its types", call.function.name));
    const auto full = call.function.name + "." + name->name;
    // A definition of the library that no block uses is known by its name alone.
    const auto& all = configuration_.known_kinds;
    if (configuration_.kind(full) == nullptr && std::find(all.begin(), all.end(), full) == all.end()) {
      std::vector<std::string> candidates;
      const auto prefix = call.function.name + ".";
      for (const auto& known : all) {
        if (known.rfind(prefix, 0) == 0) candidates.push_back(known.substr(prefix.size()));
      }
      return refuse(call.arguments.front().value.span,
                    fmt::format("`{}` has no type `{}`", call.function.name, name->name),
                    did_you_mean(name->name, candidates));
    }
    return Type::instance_of(call.function.name, name->name);
  }

  Type object(const ast::Expression& inner) {
    const auto* literal = std::get_if<ast::ObjectLiteral>(&inner.node);
    if (literal == nullptr) return refuse(inner.span, "expected the fields in braces", example("object"));
    std::vector<Field> fields;
    for (const auto& item : literal->items) {
      if (item.spread || item.condition || item.key.parts.size() != 1 || item.key.parts.front().computed) {
        return refuse(item.span, "a field is a name and a type", example("object"));
      }
      fields.push_back(field(item));
    }
    return Type::object_of(std::move(fields));
  }

  Field field(const ast::ObjectItem& item) {
    const auto& name = item.key.parts.front().text;
    const auto* call = std::get_if<ast::Call>(&item.value.node);
    if (call == nullptr || call->function.name != "optional") return Field{name, read(item.value)};
    if (call->arguments.empty() || call->arguments.size() > 2) {
      return Field{name, refuse(item.value.span, "`optional` takes a type and a default", "write `optional(int, 1)`")};
    }
    Field made{name, read(call->arguments.front().value), true};
    if (call->arguments.size() == 1) return made;
    const auto& written = call->arguments[1].value;
    auto value = constant_value(written, made.type);
    if (!value) {
      require_constant(written, "the default of an optional field", diagnostics_);
      return made;
    }
    auto converted = convert(*value, made.type);
    if (auto* mismatch = std::get_if<Mismatch>(&converted)) {
      diagnostics_.error(Code::wrong_type, written.span, mismatch->message).with_help(mismatch->help);
    } else {
      made.fallback = std::make_shared<const Value>(std::move(std::get<Value>(converted)));
    }
    return made;
  }

  Type alternatives(const ast::Expression& expression) {
    std::vector<Type> found;
    collect(expression, found);
    return Type::one_of(std::move(found));
  }
  void collect(const ast::Expression& expression, std::vector<Type>& found) {
    const auto* binary = std::get_if<ast::Binary>(&expression.node);
    if (binary == nullptr || binary->op != BinaryOperator::alternative) {
      found.push_back(read(expression));
      return;
    }
    collect(*binary->left, found);
    collect(*binary->right, found);
  }

  const Configuration& configuration_;
  Diagnostics& diagnostics_;
};

std::optional<Value> constant_list(const ast::ListLiteral& literal, const Type& type) {
  static const Type anything;
  List items;
  for (const auto& item : literal.items) {
    if (item.spread || item.condition) return std::nullopt;
    const bool typed = type.tag == Tag::list && type.of && !type.of->empty();
    auto value = constant_value(item.value, typed ? type.of->front() : anything);
    if (!value) return std::nullopt;
    items.push_back(std::move(*value));
  }
  return Value(std::move(items));
}

std::optional<Value> constant_object(const ast::ObjectLiteral& literal) {
  std::vector<Object::Entry> entries;
  for (const auto& item : literal.items) {
    if (item.spread || item.condition || item.key.parts.size() != 1 || item.key.parts.front().computed) {
      return std::nullopt;
    }
    auto value = constant_value(item.value, Type());
    if (!value) return std::nullopt;
    entries.emplace_back(item.key.parts.front().text, std::move(*value));
  }
  return Value(Object::from(std::move(entries)));
}

}  // namespace

Type type_of(const ast::Expression& expression, const Configuration& configuration, Diagnostics& diagnostics) {
  return TypeReader(configuration, diagnostics).read(expression);
}

std::optional<Value> constant_value(const ast::Expression& expression, const Type& type) {
  if (const auto* literal = std::get_if<ast::Literal>(&expression.node)) return literal->value;
  if (const auto* name = std::get_if<ast::Name>(&expression.node)) {
    if (const auto* member = enum_member(type, name->name)) return Value(*member);
    return std::nullopt;
  }
  if (const auto* list = std::get_if<ast::ListLiteral>(&expression.node)) return constant_list(*list, type);
  if (const auto* object = std::get_if<ast::ObjectLiteral>(&expression.node)) return constant_object(*object);
  if (const auto* unary = std::get_if<ast::Unary>(&expression.node)) {
    const auto operand = constant_value(*unary->operand, type);
    if (!operand) return std::nullopt;
    auto outcome = apply(unary->op, *operand);
    if (auto* value = std::get_if<Value>(&outcome)) return std::move(*value);
  }
  return std::nullopt;
}

const std::string* enum_member(const Type& type, std::string_view word) {
  if (type.tag == Tag::enumeration) {
    for (const auto& name : type.names) {
      if (name == word) return &name;
    }
  }
  if (type.tag == Tag::one_of && type.of) {
    for (const auto& one : *type.of) {
      if (const auto* name = enum_member(one, word)) return name;
    }
  }
  return nullptr;
}

std::vector<std::string> enum_members(const Type& type) {
  if (type.tag == Tag::enumeration) return type.names;
  std::vector<std::string> all;
  if (type.tag == Tag::one_of && type.of) {
    for (const auto& one : *type.of) {
      for (auto& name : enum_members(one)) all.push_back(std::move(name));
    }
  }
  return all;
}

}  // namespace nmx
