#include <fmt/core.h>

#include <algorithm>

#include "lang/config/machine.hpp"
#include "lang/config/type_syntax.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "lang/syntax/parser.hpp"
#include "lang/value/brief_type.hpp"
#include "lang/value/convert.hpp"

// What nodes answer: variables, locals, inputs, outputs, nested blocks.
namespace nmx {
namespace {

/// Objects joined at any depth: what stands on top wins, and completes what lies underneath.
Value completed(const Value& top, const Value& underneath) {
  const auto* above = top.object();
  const auto* below = underneath.object();
  if (above == nullptr || below == nullptr) return top;
  auto joined = *below;
  for (const auto& [name, value] : *above) {
    const auto* old = below->find(name);
    if (!value.is_null() || old == nullptr) joined.set(name, old == nullptr ? value : completed(value, *old));
  }
  Value result{std::move(joined)};
  result.secret = top.secret || underneath.secret;
  return result;
}

bool is_completed(const Type& type) { return type.tag == Type::Tag::object || type.tag == Type::Tag::any; }

std::optional<double> bound(const Value& value) {
  if (const auto* integer = value.integer()) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value.held)) return *real;
  if (const auto* bytes = std::get_if<Bytes>(&value.held)) return static_cast<double>(bytes->count);
  return std::nullopt;
}

}  // namespace

Value Machine::variable(Node& module, std::size_t at) {
  const auto& declaration = module.module->variables[at];
  return once(module.inputs[at], declaration.name_span, module, "var", declaration.name, [&]() -> Value {
    const auto type = declaration.type.value_or(Type{});
    auto span = declaration.name_span;
    std::optional<Value> given;
    if (&module != root) {
      if (const auto* setting = module.block->find(declaration.name)) {
        auto frame = frame_of(*module.home, each_of(&module));
        frame.wanted = &type;
        span = setting->value_span();
        given = evaluate_setting(*setting, frame);
      }
    } else {
      given = given_variable(declaration, type, span);
    }
    if (!given && declaration.fallback != nullptr) {
      auto frame = frame_of(module, nullptr);
      frame.wanted = &type;
      span = declaration.fallback->span;
      given = evaluate(*declaration.fallback, frame);
    }
    if (!given) {
      const bool called = &module != root;
      auto& told = diagnostics.error(Code::missing_variable, called ? module.block->header() : declaration.name_span,
                                     fmt::format("the variable `{}` has no value", declaration.name));
      if (called) told.label(declaration.name_span, "declared here without a default");
      told.with_help(called ? fmt::format("set `{} = …` in this block", declaration.name)
                            : fmt::format("give it a `default`, or pass `-var {}=…`", declaration.name));
      return Value{Poison{}};
    }
    return fit(*given, type, span, declaration.name);
  });
}

/// Rising: environment variable, environment block, -var-file, -var.
std::optional<Value> Machine::given_variable(const VariableDeclaration& declaration, const Type& type, Span& span) {
  std::optional<Value> given;
  auto frame = frame_of(*root, nullptr);
  frame.wanted = &type;
  if (const auto text = inputs.environment("NMX_VAR_" + declaration.name)) {
    const auto outcome = convert(Value{*text}, type);
    given = std::holds_alternative<Value>(outcome) ? std::get<Value>(outcome) : from_text(*text).value_or(Value{*text});
  }
  for (const auto& environment : configuration.environments) {
    if (environment.name != configuration.environment) continue;
    for (const auto& setting : environment.variables) {
      if (!setting.is_plain()) continue;
      const auto* object = std::get_if<ast::ObjectLiteral>(&setting.parts.front()->value.node);
      if (object == nullptr) continue;
      for (const auto& item : object->items) {
        if (item.spread || item.key.parts.size() != 1 || item.key.parts.front().text != declaration.name) continue;
        span = item.value.span;
        given = evaluate(item.value, frame);
      }
    }
  }
  for (const auto& one : configuration.overrides) {
    if (one.name != declaration.name) continue;
    span = one.span;
    // A text that is wanted as a text needs no quotes.
    const auto plain = convert(Value{one.text}, type);
    const bool takes_text = std::holds_alternative<Value>(plain) && type.tag != Type::Tag::any;
    if (takes_text && !(one.text.size() > 1 && one.text.front() == '"')) {
      given = std::get<Value>(plain);
    } else {
      given = one.expression ? evaluate(*one.expression, frame) : Value{one.text};
    }
  }
  return given;
}

/// `3`, `512MiB`, `["a"]`: a value of an environment variable that is no plain text.
std::optional<Value> Machine::from_text(const std::string& text) {
  SourceMap sources;
  Diagnostics unread;
  const auto source = sources.add("environment", text);
  const auto expression = parse_expression(sources, source, unread);
  if (!expression) return std::nullopt;
  return constant_value(*expression, Type{});
}

Value Machine::local(Node& home, std::size_t at) {
  const auto& declaration = home.contents().locals[at];
  return once(home.locals[at], declaration.setting.name_span(), home, "local", declaration.name,
              [&] { return evaluate_setting(declaration.setting, frame_of(home, each_of(&home))); });
}

Value Machine::output(Node& home, std::size_t at) {
  const auto& declaration = home.contents().outputs[at];
  return once(home.outputs[at], declaration.name_span, home, "", declaration.name,
              [&] { return evaluate(*declaration.value, frame_of(home, each_of(&home))); });
}

/// The user's value over the member's over the family's.
Value Machine::input(Node& node, std::size_t at) {
  const auto& shape = node.role == Node::Role::nested ? *node.shape : node.definition->shape;
  const auto& declaration = *shape.inputs[at];
  return once(node.inputs[at], declaration.name_span, node, "", declaration.name, [&]() -> Value {
    auto& definition = node.role == Node::Role::nested ? *node.owner : node;
    auto span = node.block->header();
    const auto of_definition = [&]() -> Value {
      const Setting* setting = nullptr;
      if (node.role == Node::Role::nested) {
        if (node.given != nullptr && node.given != node.block) setting = node.given->find(declaration.name);
      } else {
        for (const auto* one : node.definition->settings) {
          if (one->name == declaration.name) setting = one;
        }
      }
      auto frame = frame_of(definition, each_of(&node));
      frame.wanted = &declaration.type;
      const auto fallback = [&]() -> Value {
        if (declaration.fallback == nullptr) return Value{};
        auto own = frame_of(definition, each_of(&node));
        own.wanted = &declaration.type;
        return evaluate(*declaration.fallback, own);
      };
      if (setting == nullptr) return fallback();
      const std::function<Value()> underneath = fallback;
      frame.underneath = &underneath;
      auto value = evaluate_setting(*setting, frame);
      return is_completed(declaration.type) && value.is_object() ? completed(value, fallback()) : value;
    };
    const auto* setting = node.block->find(declaration.name);
    Value value;
    if (setting == nullptr) {
      value = of_definition();
    } else {
      auto frame = frame_of(*node.text_home(), each_of(&node));
      frame.wanted = &declaration.type;
      const std::function<Value()> underneath = of_definition;
      frame.underneath = &underneath;
      span = setting->value_span();
      value = evaluate_setting(*setting, frame);
      if (value.is_null()) {
        value = of_definition();
      } else if (is_completed(declaration.type) && value.is_object()) {
        value = completed(value, of_definition());
      }
    }
    if (value.is_null() && declaration.fallback == nullptr && !value.is_poison()) {
      diagnostics
          .error(Code::missing_attribute, node.block->header(),
                 fmt::format("`{}` needs `{}`", node.block->type, declaration.name))
          .label(declaration.name_span, "declared here without a default")
          .with_help(fmt::format("write `{} = …` of type `{}`", declaration.name, brief(declaration.type)));
      return Value{Poison{}};
    }
    value = fit(value, declaration.type, span, declaration.name);
    return check_bounds(node, declaration, value, span);
  });
}

Value Machine::check_bounds(Node& node, const InputDeclaration& declaration, const Value& value, Span span) {
  if (declaration.min == nullptr && declaration.max == nullptr) return value;
  auto& definition = node.role == Node::Role::nested ? *node.owner : node;
  const auto frame = frame_of(definition, nullptr);
  const auto limit = [&](const ast::Expression* expression) {
    return expression == nullptr ? std::nullopt : bound(evaluate(*expression, frame));
  };
  return in_range(value, limit(declaration.min), limit(declaration.max), span, declaration.name) ? value
                                                                                                 : Value{Poison{}};
}

Value Machine::nested_blocks(Node& owner, const BlockInterface& interface) {
  auto& instance = owner.role == Node::Role::nested ? *owner.owner : owner;
  return once(owner.nested[interface.name], interface.name_span, owner, "", interface.name, [&]() -> Value {
    std::vector<Object::Entry> entries;
    // The blocks of one text, the definition's or the user's, by label: there each stands once.
    std::map<std::string, const BlockDeclaration*> beside;
    const auto add = [&](Node& home, const BlockDeclaration& block, bool of_definition) {
      for (const auto& made : nested_nodes(owner, instance, home, block, interface)) {
        const auto& label = made.first;
        auto* const node = made.second;
        const auto [first, is_new] = beside.emplace(label, &block);
        if (!is_new && !of_definition) {
          diagnostics
              .error(Code::duplicate_block, block.header(),
                     label.empty() ? fmt::format("`{}` stands twice in this block", block.type)
                                   : fmt::format("`{} \"{}\"` stands twice in this block", block.type, label))
              .label(first->second->header(), "first written here");
          continue;
        }
        const auto same =
            std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first == label; });
        if (same == entries.end()) {
          entries.emplace_back(label, Value{Instance{node}});
          continue;
        }
        if (of_definition) continue;
        node->given = static_cast<const Node*>(std::get<Instance>(same->second.held).entity)->block;
        same->second = Value{Instance{node}};
      }
    };
    if (owner.role == Node::Role::instance) {
      for (const auto* block : owner.definition->given) {
        if (block->type == interface.name) add(owner, *block, true);
      }
    }
    beside.clear();
    for (const auto& block : owner.block->nested) {
      if (block.type == interface.name) add(*owner.text_home(), block, false);
    }
    if (!interface.label.empty()) return Value{Object::from(std::move(entries))};
    return entries.empty() ? Value{} : entries.front().second;
  });
}

/// A nested block's own `when`, `for_each` and label, in the text where it stands.
std::vector<std::pair<std::string, Node*>> Machine::nested_nodes(Node& owner, Node& instance, Node& home,
                                                                 const BlockDeclaration& block,
                                                                 const BlockInterface& interface) {
  std::vector<std::pair<std::string, Node*>> made;
  const auto frame = frame_of(home, each_of(&owner));
  if (block.when != nullptr) {
    const auto holds = truth(*block.when, frame, "when");
    if (!holds || !*holds) return made;
  }
  const auto add = [&](const std::optional<std::string>& key, Value value) {
    auto& node = make(Node::Role::nested, &home, &block);
    node.definition = instance.definition;
    node.owner = &instance;
    node.shape = &instance.definition->nested.at(&interface);
    node.each_key = key;
    node.each_value = std::move(value);
    if (!key) {
      const auto* each = each_of(&owner);
      node.outer_each = each;
    }
    node.inputs.resize(node.shape->inputs.size());
    std::string label;
    if (block.label != nullptr && block.label->computed) {
      const auto text = evaluate(*block.label->computed, frame_of(home, key ? &node : each_of(&owner)));
      if (text.string() == nullptr) return;
      label = *text.string();
    } else if (block.label != nullptr) {
      label = key ? block.label->text + "-" + *key : block.label->text;
    }
    node.name = label;
    node.place = owner.place.child(interface.name, label.empty() ? std::nullopt : std::optional(label));
    made.emplace_back(label, &node);
  };
  if (block.for_each == nullptr) {
    add(std::nullopt, {});
    return made;
  }
  const auto over = evaluate(*block.for_each, frame);
  if (const auto* object = over.object()) {
    for (const auto& [key, value] : *object) add(key, value);
  } else if (const auto* list = over.list()) {
    for (const auto& element : *list) {
      if (const auto* key = element.string()) add(*key, element);
    }
  } else if (!over.is_poison()) {
    diagnostics.error(Code::bad_for_each, block.for_each->span,
                      fmt::format("`for_each` wants a map or a list of strings, found `{}`", type_name(over)));
  }
  return made;
}

std::vector<std::string> Machine::attribute_names(const Node& node) const {
  std::vector<std::string> names{"name", "address"};
  if (node.role == Node::Role::module || node.role == Node::Role::instance) {
    for (const auto& one : node.contents().outputs) names.push_back(one.name);
  }
  const auto* shape = node.role == Node::Role::nested     ? node.shape
                      : node.role == Node::Role::instance ? &node.definition->shape
                                                          : nullptr;
  if (shape != nullptr) {
    for (const auto* one : shape->inputs) names.push_back(one->name);
    for (const auto* one : shape->blocks) names.push_back(one->name);
    if (!shape->label.empty()) names.push_back(shape->label);
  }
  return names;
}

namespace {

/// Whether only the member of a family has it, not the family: what stands behind the family's in each list.
bool is_members_own(const Kind& kind, const std::string& name) {
  const auto behind = [&](const Positions& positions, std::size_t of_family) {
    const auto at = positions.find(name);
    return at == positions.end() ? std::optional<bool>() : std::optional(at->second >= of_family);
  };
  if (const auto own = behind(kind.contents.output_at, kind.family->outputs.size())) return *own;
  if (const auto own = behind(kind.shape.input_at, kind.family->inputs.size())) return *own;
  return behind(kind.shape.block_at, kind.family->blocks.size()).value_or(false);
}

}  // namespace

Value Machine::attribute_seen(const Instance& instance, const std::string& name, Span span, Absent absent) {
  const auto& node = *static_cast<const Node*>(instance.entity);
  const bool hidden = instance.by_family && absent == Absent::is_error && node.role == Node::Role::instance &&
                      is_members_own(*node.definition, name);
  if (!hidden) return attribute(node, name, span, absent);
  const auto& kind = *node.definition;
  diagnostics.error(Code::unknown_attribute, span, fmt::format("not every `{}` has `{}`", kind.name, name))
      .note(fmt::format("`{}` is declared by `{}.{}` alone", name, kind.name, kind.member))
      .with_help(fmt::format("`?.{}` reads it where there is one; a value of type `{}({})` has it", name, kind.name,
                             kind.member));
  return Value{Poison{}};
}

Value Machine::attribute(const Node& constant, const std::string& name, Span span, Absent absent) {
  auto& node = const_cast<Node&>(constant);
  if (node.role == Node::Role::resource) return resource_attribute(node, name, span);
  if (node.role == Node::Role::module || node.role == Node::Role::instance) {
    const auto& outputs = node.contents().output_at;
    if (const auto at = outputs.find(name); at != outputs.end()) return output(node, at->second);
  }
  const auto* shape = node.role == Node::Role::nested     ? node.shape
                      : node.role == Node::Role::instance ? &node.definition->shape
                                                          : nullptr;
  if (shape != nullptr) {
    if (const auto at = shape->input_at.find(name); at != shape->input_at.end()) return input(node, at->second);
    if (const auto at = shape->block_at.find(name); at != shape->block_at.end())
      return nested_blocks(node, *shape->blocks[at->second]);
    if (node.role == Node::Role::nested && name == shape->label) return Value{node.name};
  }
  if (node.role != Node::Role::module) {
    if (name == "name") return Value{node.name};
    if (name == "address") return Value{node.address()};
    if (name == "type" && !node.member().empty()) return Value{node.member()};
  }
  if (absent == Absent::is_null && node.role == Node::Role::instance) return Value{};
  const auto what =
      node.role == Node::Role::module ? fmt::format("the module `{}`", node.name) : fmt::format("`{}`", node.address());
  diagnostics
      .error(node.role == Node::Role::module ? Code::unknown_output : Code::unknown_attribute, span,
             fmt::format("{} has no `{}`", what, name))
      .with_help(did_you_mean(name, attribute_names(node)));
  return Value{Poison{}};
}

}  // namespace nmx
