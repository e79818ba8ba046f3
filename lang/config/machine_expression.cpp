#include <fmt/core.h>

#include "lang/config/machine.hpp"
#include "lang/value/convert.hpp"
#include "lang/value/overloaded.hpp"

// Expressions to values.
namespace nmx {

Value Machine::evaluate(const ast::Expression& expression, const Frame& frame, Absent absent) {
  if (is_low()) {
    Value value;
    if (!on_fresh_stack([&] { value = evaluate(expression, frame, absent); })) value = too_deep(expression.span);
    return value;
  }
  if (!spend(1, expression.span)) return Value{Poison{}};
  const auto plain = [&](const ast::Expression& part) {
    auto inner = frame;
    inner.wanted = nullptr;
    return evaluate(part, inner);
  };
  return std::visit(
      Overloaded{
          [&](const ast::Literal& node) -> Value { return node.value; },
          [&](const ast::Name& node) -> Value { return named(node, expression.span, frame, absent); },
          [&](const ast::Element&) -> Value { return frame.element == nullptr ? Value{Poison{}} : *frame.element; },
          [&](const ast::Template& node) -> Value {
            List pieces;
            pieces.reserve(node.pieces.size());
            for (const auto& piece : node.pieces) {
              pieces.push_back(plain(piece));
              const auto& value = pieces.back();
              if (value.is_poison()) return value;
              if (!value.is_hole() && !to_text(value)) {
                diagnostics
                    .error(Code::bad_interpolation, piece.span,
                           value.is_null() ? std::string("null has no text")
                                           : fmt::format("`{}` has no text", type_name(value)))
                    .with_help(value.is_null() ? "give it a value: `${x ?? \"\"}`"
                                               : "make one: `join(\", \", list)`, `jsonencode(x)`, an attribute of it");
                return Value{Poison{}};
              }
            }
            const auto outcome = concatenate(pieces);
            if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, expression.span);
            return weighed(std::get<Value>(outcome), expression.span);
          },
          [&](const ast::Member& node) -> Value {
            if (auto found = reference(expression, frame, absent)) return *std::move(found);
            auto inner = frame;
            inner.wanted = nullptr;
            const auto object = evaluate(*node.object, inner, node.optional ? Absent::is_null : absent);
            return member_of(object, node, expression.span, absent);
          },
          [&](const ast::Index& node) -> Value {
            if (auto found = reference(expression, frame, absent)) return *std::move(found);
            auto inner = frame;
            inner.wanted = nullptr;
            const auto object = evaluate(*node.object, inner, absent);
            const auto key = plain(*node.index);
            if (object.is_null() && absent == Absent::is_null) return Value{};
            if (absent == Absent::is_null && object.object() != nullptr && key.string() != nullptr)
              return object.object()->at_or_null(*key.string());
            const auto outcome = index(object, key);
            if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, node.index->span);
            return std::get<Value>(outcome);
          },
          [&](const ast::Splat& node) -> Value {
            const auto object = plain(*node.object);
            if (object.is_poison()) return object;
            List elements;
            if (const auto* list = object.list()) {
              elements = *list;
            } else if (const auto* map = object.object()) {
              for (const auto& [key, value] : *map) elements.push_back(value);
            } else if (!object.is_null()) {
              elements.push_back(object);
            }
            List results;
            for (const auto& element : elements) {
              auto inner = frame;
              inner.element = &element;
              inner.wanted = nullptr;
              results.push_back(evaluate(*node.body, inner));
            }
            Value value{std::move(results)};
            value.secret = object.secret;
            return value;
          },
          [&](const ast::Call& node) -> Value { return call_function(node, expression.span, frame); },
          [&](const ast::Unary& node) -> Value {
            const auto outcome = apply(node.op, plain(*node.operand));
            if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, expression.span);
            return std::get<Value>(outcome);
          },
          [&](const ast::Binary& node) -> Value { return binary(node, expression.span, frame, absent); },
          [&](const ast::Conditional& node) -> Value { return conditional(node, expression.span, frame, absent); },
          [&](const ast::ListLiteral& node) -> Value { return weighed(list(node, frame), expression.span); },
          [&](const ast::ObjectLiteral& node) -> Value { return weighed(object(node, frame), expression.span); },
          [&](const std::unique_ptr<ast::Comprehension>& node) -> Value {
            return comprehension(*node, expression.span, frame);
          },
      },
      expression.node);
}

Value Machine::member_of(const Value& object, const ast::Member& node, Span span, Absent absent) {
  if (object.is_poison()) return object;
  if (const auto* instance = std::get_if<Instance>(&object.held)) {
    return attribute_seen(*instance, node.name.name, node.name.span,
                          node.optional ? Absent::is_null : Absent::is_error);
  }
  if (object.is_null() && (node.optional || absent == Absent::is_null)) return Value{};
  if (object.is_null()) {
    const auto written = configuration.sources->text(node.object->span);
    diagnostics
        .error(Code::null_value, node.object->span,
               written.size() <= 60 ? fmt::format("`{}` is null, so nothing can be read from it", written)
                                    : "this is null, so nothing can be read from it")
        .with_help("`?.` gives null then");
    return Value{Poison{}};
  }
  if (node.optional && object.object() != nullptr && !object.object()->contains(node.name.name)) return Value{};
  const auto outcome = member(object, node.name.name);
  if (const auto* error = std::get_if<OperationError>(&outcome)) {
    if (absent == Absent::is_null && object.object() != nullptr) return Value{};
    return poison(*error, node.name.span.end > 0 ? node.name.span : span);
  }
  return std::get<Value>(outcome);
}

std::optional<bool> Machine::truth(const ast::Expression& expression, const Frame& frame, std::string_view what) {
  const auto value = decision(expression, frame, what);
  return value.is_poison() ? std::nullopt : std::optional(*value.boolean());
}

Value Machine::decision(const ast::Expression& expression, const Frame& frame, std::string_view what) {
  auto inner = frame;
  inner.wanted = nullptr;
  auto value = evaluate(expression, inner);
  if (value.is_poison() || value.boolean() != nullptr) return value;
  if (value.is_hole()) {
    diagnostics
        .error(Code::not_known_yet, expression.span, fmt::format("`{}` depends on what only apply can know", what))
        .note(display(value, 200));
    return Value{Poison{}};
  }
  diagnostics.error(what == "when" ? Code::bad_when : Code::wrong_type, expression.span,
                    fmt::format("`{}` wants `true` or `false`, found `{}`", what, type_name(value)));
  return Value{Poison{}};
}

Value Machine::conditional(const ast::Conditional& node, Span, const Frame& frame, Absent absent) {
  auto inner = frame;
  inner.wanted = nullptr;
  const auto condition = evaluate(*node.condition, inner);
  if (condition.is_poison()) return condition;
  if (condition.is_hole()) {
    return remember("?:", {condition, evaluate(*node.then, frame, absent), evaluate(*node.otherwise, frame, absent)});
  }
  const auto* flag = condition.boolean();
  if (flag == nullptr) {
    diagnostics.error(Code::wrong_type, node.condition->span,
                      fmt::format("a condition is `true` or `false`, found `{}`", type_name(condition)));
    return Value{Poison{}};
  }
  auto value = evaluate(*flag ? *node.then : *node.otherwise, frame, absent);
  value.secret = value.secret || condition.secret;
  return value;
}

Value Machine::binary(const ast::Binary& node, Span span, const Frame& frame, Absent absent) {
  auto inner = frame;
  inner.wanted = nullptr;
  const auto finish = [&](const Outcome& outcome) -> Value {
    if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, span);
    return std::get<Value>(outcome);
  };
  if (node.op == BinaryOperator::alternative) {
    diagnostics.error(Code::bad_operands, node.op_span, "`|` stands between types only").with_help("\"or\" is `||`");
    return Value{Poison{}};
  }
  if (node.op == BinaryOperator::coalesce) {
    const auto left = evaluate(*node.left, frame, Absent::is_null);
    if (left.is_hole()) return finish(apply(node.op, left, evaluate(*node.right, frame, absent)));
    return left.is_null() ? evaluate(*node.right, frame, absent) : left;
  }
  // Beside `==` a bare word is a member of what stands on the other side.
  const bool compares = node.op == BinaryOperator::equal || node.op == BinaryOperator::unequal;
  if (compares) {
    const auto type = type_beside(*node.left, *node.right, frame);
    if (type) {
      auto typed = inner;
      typed.wanted = &*type;
      return finish(apply(node.op, evaluate(*node.left, typed), evaluate(*node.right, typed)));
    }
  }
  const auto left = evaluate(*node.left, inner);
  if (left.is_poison()) return left;
  const auto* flag = left.boolean();
  if (flag != nullptr && ((node.op == BinaryOperator::both && !*flag) || (node.op == BinaryOperator::either && *flag)))
    return left;
  return finish(apply(node.op, left, evaluate(*node.right, inner)));
}

/// The enum that a bare word beside `==` is of: the declared type of what is read on the other side.
std::optional<Type> Machine::type_beside(const ast::Expression& left, const ast::Expression& right,
                                         const Frame& frame) {
  const auto* left_word = std::get_if<ast::Name>(&left.node);
  const auto* right_word = std::get_if<ast::Name>(&right.node);
  if ((left_word == nullptr) == (right_word == nullptr)) return std::nullopt;
  const auto& word = left_word != nullptr ? left_word->name : right_word->name;
  const auto& other = left_word != nullptr ? right : left;
  const auto is_variable = [&](std::string_view name) {
    for (const auto* one = frame.variables; one != nullptr; one = one->outer) {
      if (one->name == name) return true;
    }
    return false;
  };
  if (is_variable(word) || word == "self") return std::nullopt;
  const auto* member = std::get_if<ast::Member>(&other.node);
  if (member == nullptr) return std::nullopt;
  const auto& name = member->name.name;
  if (const auto* space = std::get_if<ast::Name>(&member->object->node)) {
    if (space->name == "var" && frame.home->role == Node::Role::module) {
      const auto at = frame.home->module->variable_at.find(name);
      return at == frame.home->module->variable_at.end() ? std::nullopt
                                                         : frame.home->module->variables[at->second].type;
    }
    if (space->name == "input" && frame.home->role == Node::Role::instance) {
      const auto& shape = frame.home->definition->shape;
      const auto at = shape.input_at.find(name);
      return at == shape.input_at.end() ? std::nullopt : std::optional(shape.inputs[at->second]->type);
    }
  }
  auto inner = frame;
  inner.wanted = nullptr;
  const auto object = evaluate(*member->object, inner, Absent::is_null);
  const auto* instance = std::get_if<Instance>(&object.held);
  if (instance == nullptr) return std::nullopt;
  const auto* node = static_cast<const Node*>(instance->entity);
  const auto* shape = node->role == Node::Role::nested     ? node->shape
                      : node->role == Node::Role::instance ? &node->definition->shape
                                                           : nullptr;
  if (shape == nullptr) return std::nullopt;
  const auto at = shape->input_at.find(name);
  return at == shape->input_at.end() ? std::nullopt : std::optional(shape->inputs[at->second]->type);
}

}  // namespace nmx
