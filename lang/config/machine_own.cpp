#include <fmt/core.h>

#include <utility>

#include "lang/config/machine.hpp"

// Functions that take expressions or instances instead of values; function_families.cpp describes them.
namespace nmx {

Machine::OwnFunction Machine::own_function(std::string_view name) {
  constexpr std::pair<std::string_view, OwnFunction> all[] = {{"try", &Machine::first_possible},
                                                              {"can", &Machine::is_possible},
                                                              {"kindof", &Machine::kind_of_value},
                                                              {"templatefile", &Machine::render_template},
                                                              {"templatestring", &Machine::render_template}};
  for (const auto& [known, function] : all) {
    if (known == name) return function;
  }
  return nullptr;
}

Value Machine::kind_of_value(const ast::Call& node, Span, const Frame& frame) {
  if (node.arguments.size() != 1) {
    diagnostics
        .error(Code::bad_arguments, node.function.span,
               fmt::format("`kindof` takes 1 argument, found {}", node.arguments.size()))
        .with_help("`kindof(value)`");
    return Value{Poison{}};
  }
  const auto value = evaluate(node.arguments.front().value, frame);
  if (value.is_poison()) return value;
  const auto* instance = std::get_if<Instance>(&value.held);
  return Value{instance == nullptr ? type_name(value) : instance->entity->kind()};
}

/// `try(a, b, …)`.
Value Machine::first_possible(const ast::Call& node, Span span, const Frame& frame) {
  if (node.arguments.empty()) {
    diagnostics.error(Code::bad_arguments, span, "`try` wants an expression");
    return Value{Poison{}};
  }
  for (std::size_t at = 0; at + 1 < node.arguments.size(); ++at) {
    if (auto value = attempt(node.arguments[at].value, frame)) return *std::move(value);
  }
  return evaluate(node.arguments.back().value, frame);
}

/// `can(a)`.
Value Machine::is_possible(const ast::Call& node, Span span, const Frame& frame) {
  if (node.arguments.empty()) {
    diagnostics.error(Code::bad_arguments, span, "`can` wants an expression");
    return Value{Poison{}};
  }
  return Value{attempt(node.arguments.front().value, frame).has_value()};
}

std::optional<Value> Machine::attempt(const ast::Expression& expression, const Frame& frame) {
  Diagnostics untold;
  std::swap(diagnostics, untold);
  ++quiet_;
  auto value = evaluate(expression, frame);
  --quiet_;
  std::swap(diagnostics, untold);
  return untold.has_errors() || contains_poison(value) ? std::nullopt : std::optional(std::move(value));
}

}  // namespace nmx
