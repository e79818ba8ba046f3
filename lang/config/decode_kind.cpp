#include <algorithm>

#include <fmt/core.h>

#include "lang/config/body_reader.hpp"
#include "lang/config/decode.hpp"
#include "lang/diagnostics/suggest.hpp"

namespace nmx {
namespace {

InputDeclaration decode_input(const ast::Block& block, Diagnostics& diagnostics) {
  InputDeclaration input;
  input.block = block.header;
  input.name_span = block.header;
  if (expect_labels(block, 1, "input NAME { type = … }", diagnostics)) {
    input.name = plain_label(block.labels.front(), diagnostics).value_or("");
    input.name_span = block.labels.front().span;
  }
  BodyReader reader(block, diagnostics);
  input.type_expression = reader.need("type");
  input.fallback = reader.take("default");
  input.min = reader.take("min");
  input.max = reader.take("max");
  input.doc = reader.text("doc").value_or("");
  input.deprecated = reader.text("deprecated").value_or("");
  input.fixed = reader.flag("fixed", false);
  reader.finish();
  if (is_reserved(input.name)) {
    diagnostics
        .error(Code::reserved_name, input.name_span, fmt::format("`{}` means the same in every block", input.name))
        .with_help("choose another name for this input");
  }
  return input;
}

void refuse_repeated(const std::vector<InputDeclaration>& inputs, const InputDeclaration& input,
                     Diagnostics& diagnostics) {
  for (const auto& other : inputs) {
    if (other.name != input.name) continue;
    diagnostics
        .error(Code::duplicate_definition, input.name_span, fmt::format("the input `{}` is declared twice", input.name))
        .label(other.name_span, "first declared here");
  }
}

BlockInterface decode_interface(const ast::Block& block, Diagnostics& diagnostics) {
  BlockInterface made;
  made.block = block.header;
  made.name_span = block.header;
  if (block.labels.empty() || block.labels.size() > 2) {
    expect_labels(block, 1, "block NAME LABEL { … }", diagnostics);
  } else {
    made.name = plain_label(block.labels.front(), diagnostics).value_or("");
    made.name_span = block.labels.front().span;
    if (block.labels.size() == 2) made.label = plain_label(block.labels.back(), diagnostics).value_or("");
  }
  BodyReader reader(block, diagnostics);
  made.doc = reader.text("doc").value_or("");
  for (const auto* input : reader.blocks("input")) {
    auto declaration = decode_input(*input, diagnostics);
    refuse_repeated(made.inputs, declaration, diagnostics);
    made.inputs.push_back(std::move(declaration));
  }
  for (const auto* nested : reader.blocks("block")) made.blocks.push_back(decode_interface(*nested, diagnostics));
  reader.finish();
  return made;
}

/// Reads the body of one `kind` block.
class KindDecoder {
 public:
  KindDecoder(const ast::Block& block, KindDeclaration& kind, Diagnostics& diagnostics)
      : block_(block), kind_(kind), diagnostics_(diagnostics) {}

  void decode() {
    for (auto& setting : settings_of(block_.body, diagnostics_)) attribute(std::move(setting));
    for (const auto& function : block_.body.functions) kind_.functions.push_back(&function);
    for (const auto& block : block_.body.blocks) nested(block);
  }

 private:
  void attribute(Setting setting) {
    const auto* value = setting.is_plain() ? &setting.parts.front()->value : nullptr;
    if (setting.name == "doc" && value != nullptr) {
      kind_.doc = constant_text(*value).value_or("");
    } else if (setting.name == "single" && value != nullptr) {
      const auto* literal = std::get_if<ast::Literal>(&value->node);
      const auto* flag = literal == nullptr ? nullptr : literal->value.boolean();
      if (flag == nullptr) return require_constant(*value, "`single`, `true` or `false`,", diagnostics_);
      kind_.single = *flag;
    } else if (setting.name == "unique" && value != nullptr) {
      unique(*value);
    } else {
      kind_.settings.push_back(std::move(setting));
    }
  }

  void unique(const ast::Expression& value) {
    const auto* list = std::get_if<ast::ListLiteral>(&value.node);
    if (list == nullptr) {
      diagnostics_.error(Code::bad_definition, value.span, "`unique` is a list of attributes")
          .with_help("write their names: `unique = [hostname]`");
      return;
    }
    for (const auto& item : list->items) {
      const auto* name = std::get_if<ast::Name>(&item.value.node);
      if (name != nullptr) {
        kind_.unique.push_back({name->name, item.value.span});
      } else {
        diagnostics_.error(Code::bad_definition, item.value.span, "expected the name of an attribute");
      }
    }
  }

  void nested(const ast::Block& block) {
    const auto& type = block.type.name;
    if (type == "input") {
      auto input = decode_input(block, diagnostics_);
      refuse_repeated(kind_.inputs, input, diagnostics_);
      kind_.inputs.push_back(std::move(input));
    } else if (type == "block") {
      kind_.blocks.push_back(decode_interface(block, diagnostics_));
    } else if (type == "locals") {
      decode_locals(block, kind_.locals, diagnostics_);
    } else if (type == "output") {
      decode_output(block, kind_.outputs, diagnostics_);
    } else if (type == "outputs") {
      decode_outputs(block, kind_.outputs, diagnostics_);
    } else if (type == "validate" || type == "warn") {
      expect_labels(block, 0, type + " { … }", diagnostics_);
      kind_.validations.push_back(decode_condition(block, diagnostics_));
    } else if (type == "resource" || type == "provider") {
      kind_.owned_blocks.push_back(decode_block(block, *made_by_language(type), diagnostics_));
    } else if (is_module_block(type)) {
      auto& error = diagnostics_.error(Code::misplaced_block, block.header,
                                       fmt::format("`{}` cannot stand in a definition", type));
      if (type == "variable") error.with_help("a definition has `input`");
      if (type == "check") error.with_help("a definition has `validate`");
    } else {
      kind_.made.push_back(decode_block(block, BlockRole::instance, diagnostics_));
    }
  }

  static bool is_module_block(std::string_view type) {
    constexpr std::string_view words[] = {"variable", "check",   "module", "environment", "state",
                                          "moved",    "removed", "import", "kind"};
    return std::find(std::begin(words), std::end(words), type) != std::end(words);
  }

  const ast::Block& block_;
  KindDeclaration& kind_;
  Diagnostics& diagnostics_;
};

bool is_word_of_the_language(std::string_view name) {
  constexpr std::string_view words[] = {
      "variable", "locals", "output",  "outputs", "module", "resource", "provider",  "check",    "function",
      "state",    "moved",  "removed", "import",  "kind",   "input",    "block",     "validate", "environment",
      "warn",     "self",   "each",    "var",     "local",  "default",  "lifecycle", "timeouts"};
  return std::find(std::begin(words), std::end(words), name) != std::end(words);
}

}  // namespace

void decode_kind(const ast::Block& block, Configuration& configuration, Diagnostics& diagnostics) {
  if (block.labels.size() != 1 || block.labels.front().parts.size() > 2) {
    expect_labels(block, 1, "kind NAME { … }", diagnostics);
    return;
  }
  KindDeclaration kind;
  kind.block = &block;
  const auto& label = block.labels.front();
  kind.family = label.parts.front().text;
  if (label.parts.size() == 2) kind.member = label.parts.back().text;
  if (is_word_of_the_language(kind.family)) {
    diagnostics.error(Code::reserved_name, label.span, fmt::format("`{}` is a word of the language", kind.family))
        .with_help("choose another name for the kind");
    return;
  }
  for (const auto& other : configuration.kind_declarations) {
    if (other.full_name() != kind.full_name()) continue;
    diagnostics
        .error(Code::duplicate_definition, label.span, fmt::format("the kind `{}` is defined twice", kind.full_name()))
        .label(other.block->labels.front().span, "first defined here");
    return;
  }
  KindDecoder(block, kind, diagnostics).decode();
  configuration.kind_declarations.push_back(std::move(kind));
}

}  // namespace nmx
