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
  if (frame.in_template) return refuse(Code::function_failed, span, "a template cannot fill in another");

  std::string shown = "template";
  auto folder = folder_of(node.function.span.source);
  std::string content = *text;
  if (name == "templatefile") {
    const auto* reader = find_function("file");
    const CallContext context{folder, inputs};
    const auto outcome = call(*reader, std::span(&first, 1), context);
    if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, span, &node.arguments);
    content = *std::get<Value>(outcome).string();
    shown = *text;
    folder = (folder / shown).parent_path();
  }
  if (!spend(content.size(), span)) return Value{Poison{}};
  const auto& parts = template_of(folder, std::move(shown), std::move(content));
  if (!parts) return Value{Poison{}};

  auto inner = frame_of(*frame.home, nullptr);
  inner.in_template = true;
  std::deque<Variable> bound;
  for (const auto& [key, value] : *variables) {
    bound.push_back({key, given.secret ? value.as_secret() : value, inner.variables});
    inner.variables = &bound.back();
  }
  return weighed(render_parts(*parts, span, inner), span);
}

const std::optional<TemplateParts>& Machine::template_of(const std::filesystem::path& folder, std::string name,
                                                         std::string text) {
  const auto [known, is_new] = templates_.try_emplace({folder.string(), std::move(name), std::move(text)});
  if (is_new) {
    const auto& [place, shown, content] = known->first;
    const auto source = configuration.sources->add(shown, content);
    template_folders_.emplace(source, folder);
    known->second = parse_template(*configuration.sources, source, diagnostics);
  }
  return known->second;
}

const std::filesystem::path& Machine::folder_of(SourceId source) const {
  const auto of_template = template_folders_.find(source);
  return of_template == template_folders_.end() ? configuration.directory(source) : of_template->second;
}

Value Machine::render_parts(const std::vector<TemplatePart>& parts, Span span, const Frame& frame) {
  List pieces;
  bool secret = false;
  for (const auto& one : parts) {
    auto piece =
        std::visit(Overloaded{[](const std::string& text) { return Value{text}; },
                              [&](const ast::Expression& value) { return evaluate(value, frame); },
                              [&](const TemplateIf& choice) {
                                const auto holds = decision(choice.condition, frame, "if");
                                if (holds.is_poison()) return holds;
                                secret = secret || holds.secret;
                                return render_parts(*holds.boolean() ? choice.then : choice.otherwise, span, frame);
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
  List rows;
  const auto walked = walk_clause(loop.clause, frame, [&](const Frame& inner) {
    rows.push_back(render_parts(loop.body, span, inner));
    return !rows.back().is_poison();
  });
  if (walked.is_poison()) return walked;
  const auto outcome = concatenate(rows);
  if (const auto* error = std::get_if<OperationError>(&outcome)) return poison(*error, span);
  auto value = std::get<Value>(outcome);
  value.secret = value.secret || walked.secret;
  return value;
}

}  // namespace nmx
