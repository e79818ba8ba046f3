#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/diagnostics/diagnostic.hpp"
#include "lang/diagnostics/source_map.hpp"
#include "lang/syntax/ast.hpp"

namespace nmx {

struct TemplatePart;
using TemplateParts = std::vector<TemplatePart>;

/// `%{ if c }…%{ else }…%{ endif }`
struct TemplateIf {
  ast::Expression condition;
  TemplateParts then;
  TemplateParts otherwise;
};
/// `%{ for k, v in all }…%{ endfor }`
struct TemplateFor {
  ast::Comprehension::Clause clause;
  TemplateParts body;
};
/// A text as it stands, `${…}`, or a directive.
struct TemplatePart {
  std::variant<std::string, ast::Expression, TemplateIf, TemplateFor> part;
};

/// A template as Terraform's `templatefile` reads it: `$${` and `%%{` stand for themselves, a `~` inside of a mark
/// takes away the white space beside it. Nothing: a mistake was told, at its place in the template.
std::optional<TemplateParts> parse_template(const SourceMap& sources, SourceId source, Diagnostics& diagnostics);

}  // namespace nmx
