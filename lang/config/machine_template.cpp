#include <fmt/core.h>

#include "lang/config/machine.hpp"
#include "lang/value/overloaded.hpp"

// `templatefile` and `templatestring`: texts with expressions and directives, which see the variables they are given.
namespace nmx {

Value Machine::render_template(const ast::Call& node, Span span, const Frame& frame) {
  const auto& name = node.function.name;
  const auto refuse = [&](Code code, Span at, std::string message) {
    diagnostics.error(code, at, std::move(message));
    return Value{Poison{}};
  };
  if (node.arguments.size() != 2 || node.arguments.front().spread || node.arguments.back().spread)
    return refuse(Code::bad_arguments, span,
                  fmt::format("`{}` takes 2 arguments: what to fill in, and with what", name));
  const auto first = evaluate(node.arguments.front().value, frame);
  const auto given = evaluate(node.arguments.back().value, frame);
  if (first.is_poison() || given.is_poison()) return Value{Poison{}};
  const auto* text = first.string();
  const auto* variables = given.object();
  if (text == nullptr || first.secret)
    return refuse(first.is_hole() ? Code::not_known_yet : Code::bad_arguments, node.arguments.front().value.span,
                  fmt::format("`{}` wants a known text that is not secret", name));
  if (variables == nullptr)
    return refuse(Code::bad_arguments, node.arguments.back().value.span,
                  fmt::format("`{}` wants an object of variables, found `{}`", name, type_name(given)));
  if (in_template_) return refuse(Code::function_failed, span, "a template cannot fill in another");

  std::string shown = "template";
  std::string content = *text;
  if (name == "templatefile") {
    const auto* reader = find_function("file");
    const CallContext context{configuration.directory(node.function.span.source), inputs};
    const auto outcome = call(*reader, std::span(&first, 1), context);
    if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, span, &node.arguments);
    content = *std::get<Value>(outcome).string();
    shown = *text;
  }
  const auto source = configuration.sources->add(std::move(shown), std::move(content));
  const auto parts = parse_template(*configuration.sources, source, diagnostics);
  if (!parts) return Value{Poison{}};

  auto inner = frame;
  inner.variables = nullptr;
  std::deque<Variable> bound;
  for (const auto& [key, value] : *variables) {
    bound.push_back({key, given.secret ? value.as_secret() : value, inner.variables});
    inner.variables = &bound.back();
  }
  in_template_ = true;
  auto result = render_parts(*parts, span, inner);
  in_template_ = false;
  return weighed(std::move(result), span);
}

Value Machine::render_parts(const std::vector<TemplatePart>& parts, Span span, const Frame& frame) {
  List pieces;
  bool secret = false;
  for (const auto& one : parts) {
    auto piece = std::visit(
        Overloaded{[](const std::string& text) { return Value{text}; },
                   [&](const ast::Expression& value) { return evaluate(value, frame); },
                   [&](const TemplateIf& choice) {
                     const auto condition = evaluate(choice.condition, frame);
                     const auto* flag = condition.boolean();
                     if (flag == nullptr) {
                       if (!condition.is_poison())
                         diagnostics.error(
                             condition.is_hole() ? Code::not_known_yet : Code::wrong_type, choice.condition.span,
                             fmt::format("a condition is `true` or `false`, found `{}`", type_name(condition)));
                       return Value{Poison{}};
                     }
                     secret = secret || condition.secret;
                     return render_parts(*flag ? choice.then : choice.otherwise, span, frame);
                   },
                   [&](const TemplateFor& loop) { return render_loop(loop, span, frame); }},
        one.part);
    if (piece.is_poison()) return piece;
    // What is nothing but one expression is that value, as in Terraform.
    if (parts.size() == 1) {
      piece.secret = piece.secret || secret;
      return piece;
    }
    pieces.push_back(std::move(piece));
  }
  const auto outcome = concatenate(pieces);
  if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, span);
  auto value = std::get<Value>(outcome);
  value.secret = value.secret || secret;
  return value;
}

Value Machine::render_loop(const TemplateFor& loop, Span span, const Frame& frame) {
  const auto source = evaluate(loop.source, frame);
  if (source.is_poison()) return source;
  List rows;
  const auto row = [&](Value key, const Value& value) {
    auto inner = frame;
    const bool has_key = loop.variables.size() == 2;
    const Variable first{loop.variables.front().name, std::move(key), frame.variables};
    const Variable last{loop.variables.back().name, source.secret ? value.as_secret() : value,
                        has_key ? &first : frame.variables};
    inner.variables = &last;
    rows.push_back(render_parts(loop.body, span, inner));
    return spend(1, span) && !rows.back().is_poison();
  };
  if (const auto* list = source.list()) {
    for (std::size_t at = 0; at < list->size(); ++at) {
      if (!row(Value{static_cast<std::int64_t>(at)}, (*list)[at])) return Value{Poison{}};
    }
  } else if (const auto* object = source.object()) {
    for (const auto& [key, value] : *object) {
      if (!row(Value{key}, value)) return Value{Poison{}};
    }
  } else {
    diagnostics.error(source.is_hole() ? Code::not_known_yet : Code::wrong_type, loop.source.span,
                      fmt::format("`for` walks a list or a map, found `{}`", type_name(source)));
    return Value{Poison{}};
  }
  const auto outcome = concatenate(rows);
  if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, span);
  return std::get<Value>(outcome);
}

}  // namespace nmx
