#include "cli/reference.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/brief_type.hpp"
#include "lang/value/function_families.hpp"

namespace nmx {
namespace {

/// A cell of a table: one line, bars escaped.
std::string cell(std::string_view text) {
  std::string made;
  for (const char letter : text) {
    if (letter == '\n') {
      if (!made.empty() && made.back() != ' ') made += ' ';
    } else if (letter == '|') {
      made += "\\|";
    } else if (letter != ' ' || made.empty() || made.back() != ' ') {
      made += letter;
    }
  }
  return made;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : fmt::format("`{}`", cell(text)); }

/// What a column of a table holds; the rest is said where there is room.
constexpr std::size_t widest_type = 48;

std::string short_type(const Type& type) { return brief(type, widest_type); }

/// What `short_type` leaves out, at whatever depth of lists and maps: ` Fields: …` or ` One of …`.
std::string rest_of(const Type& type) {
  if (to_string(type).size() <= widest_type) return {};
  if (type.tag == Type::Tag::list || type.tag == Type::Tag::map) return rest_of(type.of->front());
  std::string all;
  if (type.tag == Type::Tag::enumeration) {
    for (const auto& name : type.names) all += fmt::format("{}`{}`", all.empty() ? " One of " : ", ", name);
  } else if (type.tag == Type::Tag::object && type.fields) {
    constexpr std::size_t widest_field = 120;
    for (const auto& field : *type.fields) {
      all += fmt::format("{}`{}{} {}`", all.empty() ? " Fields: " : ", ", field.name, field.optional ? "?" : "",
                         brief(field.type, widest_field));
    }
  }
  return all.empty() ? all : all + ".";
}

class KindsPage {
 public:
  explicit KindsPage(const SourceMap& sources) : sources_(sources) {}

  void add(const Kind& kind) {
    const auto& own = *kind.own;
    text_ += fmt::format("\n## {}\n\n{}\n", own.full_name(), own.doc);
    if (kind.single) text_ += "\nThere is one at most, and its bare name stands for it.\n";
    if (kind.is_family) text_ += fmt::format("\nA family: `{} TYPE NAME {{ … }}`.\n", kind.name);
    table(own.inputs);
    for (const auto& block : own.blocks) nested(block, 1);
    if (own.outputs.empty()) return;
    text_ += "\n| it gives | |\n|---|---|\n";
    for (const auto& output : own.outputs) text_ += fmt::format("| `{}` | {} |\n", output.name, cell(output.doc));
  }

  std::string take() { return std::move(text_); }

 private:
  void table(const std::vector<InputDeclaration>& inputs) {
    if (inputs.empty()) return;
    text_ += "\n| input | type | default | |\n|---|---|---|---|\n";
    for (const auto& input : inputs) {
      if (input.fixed) continue;
      const auto fallback = input.fallback == nullptr ? std::string("*required*") : default_of(*input.fallback);
      text_ += fmt::format("| `{}` | {} | {} | {}{}{} |\n", input.name, code(short_type(input.type)), fallback,
                           cell(input.doc), rest_of(input.type),
                           input.deprecated.empty() ? "" : fmt::format(" Deprecated: {}", cell(input.deprecated)));
    }
  }

  std::string default_of(const ast::Expression& expression) const {
    const auto written = sources_.text(expression.span);
    return written.size() <= 40 ? code(written) : "*computed*";
  }

  void nested(const BlockInterface& block, std::size_t depth) {
    const auto label = block.label.empty() ? std::string() : fmt::format(" {}", block.label);
    text_ += fmt::format("\n{} `{}{} {{ … }}`\n\n{}\n", std::string(depth + 2, '#'), block.name, label, block.doc);
    table(block.inputs);
    for (const auto& inner : block.blocks) nested(inner, depth + 1);
  }

  const SourceMap& sources_;
  std::string text_ =
      "# Kinds\n\nGenerated from `stdlib/kinds`; `nmx schema kinds` has the same for programs. The types of `service` "
      "have\n[pages of their own](../services/README.md). Every block also takes what [stands in every "
      "block](../language.md#in-every-block).\n";
};

std::string_view when_changed(const AttributeRule& rule) {
  switch (rule.on_change) {
    case OnChange::live: return "live";
    case OnChange::restart: return "restarts";
    case OnChange::replace: return "made anew";
    case OnChange::forbidden: return "refused";
  }
  return "";
}

std::string origin(const InterfaceAttribute& attribute, const AttributeRule& rule) {
  if (attribute.required) return "*required*";
  if (rule.decided) return "nmx decides";
  if (attribute.computed) return rule.decider.empty() ? std::string("computed") : rule.decider + " decides";
  if (!attribute.fallback.is_null()) return code(display(attribute.fallback, 40));
  return "not managed";
}

void resource(std::string& text, const Schema& schema) {
  text += fmt::format("\n### {}\n\n{}\n", schema.interface.type, schema.interface.doc);
  if (schema.holds_data) text += "\nIt holds data: to delete it takes the approval `data-loss`.\n";
  text += "\n| attribute | type | not written | a change | |\n|---|---|---|---|---|\n";
  for (const auto& one : schema.interface.attributes) {
    const auto& rule = schema.rule(one.name);
    text += fmt::format("| `{}` | {} | {} | {} | {}{} |\n", one.name, code(short_type(one.type)), origin(one, rule),
                        one.settable ? when_changed(rule) : "cannot be set", cell(one.doc), rest_of(one.type));
  }
}

}  // namespace

std::string kinds_page(const Configuration& library) {
  KindsPage page(*library.sources);
  for (const auto& [name, kind] : library.kinds) {
    if (kind->member.empty()) page.add(*kind);
  }
  return page.take();
}

std::string resources_page(const Registry& registry) {
  std::string text =
      "# Providers and resources\n\nGenerated from what the providers declare; `nmx schema resources` has the same for "
      "programs. Kinds make these;\na site can also have them directly: `resource TYPE NAME { … }`.\n";
  std::vector<const ProviderType*> providers;
  for (const auto& one : registry.providers()) providers.push_back(&one);
  std::sort(providers.begin(), providers.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  for (const auto* provider : providers) {
    text += fmt::format("\n## {}\n", provider->name);
    if (!provider->settings.doc.empty()) text += fmt::format("\n{}\n", provider->settings.doc);
    if (!provider->settings.attributes.empty()) {
      text += fmt::format("\n`provider {} {{ … }}` takes\n\n| setting | type | default | |\n|---|---|---|---|\n",
                          provider->name);
      for (const auto& one : provider->settings.attributes) {
        text += fmt::format(
            "| `{}` | {} | {} | {}{} |\n", one.name, code(short_type(one.type)),
            one.required ? std::string("*required*") : code(one.fallback.is_null() ? "" : display(one.fallback, 40)),
            cell(one.doc), rest_of(one.type));
      }
    }
    for (const auto& type : provider->types) resource(text, type->schema());
  }
  return text;
}

std::string functions_page() {
  std::string text =
      "# Functions\n\nGenerated from the functions themselves; `nmx schema functions` has the same for programs. Names "
      "and the order of\narguments are Terraform's where it has the function. The examples are run by a test.\n";
  for (const auto& family : function_families()) {
    text += fmt::format("\n## {}\n", family.title);
    for (const auto& function : family.functions) {
      const auto end = function.doc.find('\n');
      text += fmt::format("\n### `{}`\n\n{}\n", signature(function), function.doc.substr(0, end));
      if (end != std::string::npos) text += fmt::format("\n```nmx\n{}\n```\n", function.doc.substr(end + 1));
    }
  }
  return text;
}

}  // namespace nmx
