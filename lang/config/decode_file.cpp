#include <algorithm>

#include <fmt/core.h>

#include "lang/config/body_reader.hpp"
#include "lang/config/decode.hpp"
#include "lang/diagnostics/suggest.hpp"

namespace nmx {
namespace {

/// Sorts the blocks of one file.
class FileDecoder {
 public:
  FileDecoder(FileRole role, ModuleDeclaration& module, Configuration& configuration, Diagnostics& diagnostics)
      : role_(role), module_(module), configuration_(configuration), diagnostics_(diagnostics) {}

  void decode(const ast::File& file) {
    for (const auto& attribute : file.body.attributes) {
      const auto& name = attribute.key.parts.front().text;
      diagnostics_
          .error(Code::misplaced_block, attribute.key.span, fmt::format("`{}` is set outside of any block", name))
          .with_help(fmt::format("write `locals {{ {} = … }}`, or put it into a block", name));
    }
    for (const auto& function : file.body.functions) {
      if (role_ == FileRole::definitions) {
        misplaced(function.name.span, "function");
      } else {
        module_.contents.functions.push_back(&function);
      }
    }
    for (const auto& block : file.body.blocks) block_of_file(block);
  }

 private:
  void block_of_file(const ast::Block& block) {
    const auto& type = block.type.name;
    if (type == "kind") return decode_kind(block, configuration_, diagnostics_);
    if (role_ == FileRole::definitions) return misplaced(block.type.span, type);
    if (type == "variable") return variable(block);
    if (type == "locals") return decode_locals(block, module_.contents.locals, diagnostics_);
    if (type == "output") return decode_output(block, module_.contents.outputs, diagnostics_);
    if (type == "outputs") return decode_outputs(block, module_.contents.outputs, diagnostics_);
    if (type == "check") {
      expect_labels(block, 1, "check NAME { … }", diagnostics_);
      module_.contents.conditions.push_back(decode_condition(block, diagnostics_));
      return;
    }
    if (const auto role = made_by_language(type)) {
      module_.owned_blocks.push_back(decode_block(block, *role, diagnostics_));
      return;
    }
    if (type == "validate" || type == "warn" || type == "input" || type == "block")
      return misplaced(block.type.span, type);
    if (type == "environment" || type == "state" || type == "moved" || type == "removed" || type == "import") {
      return root_block(block);
    }
    module_.owned_blocks.push_back(decode_block(block, BlockRole::instance, diagnostics_));
  }

  void misplaced(Span span, std::string_view type) {
    auto& error = diagnostics_.error(Code::misplaced_block, span, fmt::format("`{}` cannot stand here", type));
    if (role_ == FileRole::definitions) error.with_help("files in `kinds/` hold `kind` blocks only");
    if (type == "validate" || type == "warn")
      error.with_help(fmt::format("`{}` stands in a `variable` or a `kind`; a module has `check`", type));
    if (type == "input") error.with_help("`input` stands in a `kind`; a module has `variable`");
    if (type == "block") error.with_help("`block` stands in a `kind`");
  }

  void root_block(const ast::Block& block) {
    const auto& type = block.type.name;
    if (role_ != FileRole::root) {
      diagnostics_.error(Code::misplaced_block, block.header, fmt::format("`{}` stands in the root module only", type));
      return;
    }
    if (type == "environment") return environment(block);
    if (type == "state") return state(block);
    expect_labels(block, 0, type + " { … }", diagnostics_);
    BodyReader reader(block, diagnostics_);
    if (type == "removed") {
      const auto* from = reader.need("from");
      const bool destroy = reader.flag("destroy", true);
      reader.finish();
      if (from == nullptr) return;
      if (auto address = address_of(*from, diagnostics_)) {
        configuration_.removed.push_back({std::move(*address), destroy, block.header});
      }
      return;
    }
    const bool is_import = type == "import";
    const auto* from = is_import ? nullptr : reader.need("from");
    const auto* to = reader.need("to");
    const auto* id = is_import ? reader.need("id") : nullptr;
    reader.finish();
    if (to == nullptr || (is_import ? id : from) == nullptr) return;
    auto target = address_of(*to, diagnostics_);
    if (is_import) {
      if (target) configuration_.imports.push_back({std::move(*target), id, block.header});
      return;
    }
    auto origin = address_of(*from, diagnostics_);
    if (origin && target) configuration_.moved.push_back({std::move(*origin), std::move(*target), block.header});
  }

  void environment(const ast::Block& block) {
    if (!expect_labels(block, 1, "environment dev { … }", diagnostics_)) return;
    auto name = plain_label(block.labels.front(), diagnostics_);
    if (!name) return;
    for (const auto& other : configuration_.environments) {
      if (other.name != *name) continue;
      diagnostics_
          .error(Code::duplicate_block, block.header, fmt::format("the environment `{}` is declared twice", *name))
          .label(other.block, "first declared here");
      return;
    }
    BodyReader reader(block, diagnostics_);
    EnvironmentDeclaration environment{std::move(*name), reader.flag("default", false), {}, block.header};
    if (const auto* variables = reader.setting("variables")) environment.variables.push_back(*variables);
    reader.finish();
    configuration_.environments.push_back(std::move(environment));
  }

  void state(const ast::Block& block) {
    expect_labels(block, 0, "state { … }", diagnostics_);
    if (configuration_.state) {
      diagnostics_.error(Code::duplicate_block, block.header, "`state` stands twice")
          .label(configuration_.state->block, "first declared here");
      return;
    }
    for (const auto& nested : block.body.blocks) {
      diagnostics_.error(Code::unknown_block, nested.header,
                         fmt::format("`state` has no block `{}`", nested.type.name));
    }
    configuration_.state = StateDeclaration{settings_of(block.body, diagnostics_), block.header};
  }

  void variable(const ast::Block& block) {
    if (!expect_labels(block, 1, "variable NAME { … }", diagnostics_)) return;
    auto name = plain_label(block.labels.front(), diagnostics_);
    if (!name) return;
    VariableDeclaration variable;
    variable.name = std::move(*name);
    variable.name_span = block.labels.front().span;
    variable.block = block.header;
    BodyReader reader(block, diagnostics_);
    variable.type_expression = reader.take("type");
    variable.fallback = reader.take("default");
    variable.doc = reader.text("doc").value_or("");
    for (const auto* word : {"validate", "warn"}) {
      for (const auto* condition : reader.blocks(word)) {
        expect_labels(*condition, 0, fmt::format("{} {{ … }}", word), diagnostics_);
        variable.validations.push_back(decode_condition(*condition, diagnostics_));
      }
    }
    reader.finish();
    module_.variables.push_back(std::move(variable));
  }

  FileRole role_;
  ModuleDeclaration& module_;
  Configuration& configuration_;
  Diagnostics& diagnostics_;
};

}  // namespace

void decode_file(const ast::File& file, FileRole role, ModuleDeclaration& module, Configuration& configuration,
                 Diagnostics& diagnostics) {
  FileDecoder(role, module, configuration, diagnostics).decode(file);
}

void decode_locals(const ast::Block& block, std::vector<LocalDeclaration>& locals, Diagnostics& diagnostics) {
  expect_labels(block, 0, "locals { … }", diagnostics);
  for (const auto& nested : block.body.blocks) {
    diagnostics.error(Code::unknown_block, nested.header, "`locals` holds attributes only");
  }
  for (auto& setting : settings_of(block.body, diagnostics)) {
    auto name = setting.name;
    locals.push_back({std::move(name), std::move(setting)});
  }
}

void decode_output(const ast::Block& block, std::vector<OutputDeclaration>& outputs, Diagnostics& diagnostics) {
  if (!expect_labels(block, 1, "output NAME { value = … }", diagnostics)) return;
  auto name = plain_label(block.labels.front(), diagnostics);
  if (!name) return;
  BodyReader reader(block, diagnostics);
  OutputDeclaration output;
  output.name = std::move(*name);
  output.value = reader.need("value");
  output.doc = reader.text("doc").value_or("");
  output.name_span = block.labels.front().span;
  output.block = block.header;
  reader.finish();
  if (output.value != nullptr) outputs.push_back(std::move(output));
}

void decode_outputs(const ast::Block& block, std::vector<OutputDeclaration>& outputs, Diagnostics& diagnostics) {
  expect_labels(block, 0, "outputs { NAME = … }", diagnostics);
  for (const auto& nested : block.body.blocks) {
    diagnostics.error(Code::unknown_block, nested.header, "`outputs` holds attributes only")
        .with_help("`output NAME { value = … }` declares one with more to say");
  }
  for (const auto& setting : settings_of(block.body, diagnostics)) {
    if (!setting.is_plain() || setting.parts.front()->condition) {
      diagnostics.error(Code::syntax, setting.parts.front()->key.span, "an output is one name and one value");
      continue;
    }
    outputs.push_back(
        {setting.name, &setting.parts.front()->value, {}, setting.name_span(), setting.parts.front()->span});
  }
}

ConditionDeclaration decode_condition(const ast::Block& block, Diagnostics& diagnostics) {
  ConditionDeclaration declaration;
  declaration.warns = block.type.name == "warn";
  if (!block.labels.empty() && block.labels.front().parts.size() == 1) {
    declaration.name = block.labels.front().parts.front().text;
  }
  BodyReader reader(block, diagnostics);
  declaration.condition = reader.need("condition");
  declaration.message = reader.need("message");
  declaration.help = reader.take("help");
  declaration.block = block.header;
  reader.finish();
  return declaration;
}

}  // namespace nmx
