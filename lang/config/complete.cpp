#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "lang/config/body_reader.hpp"
#include "lang/config/decode.hpp"
#include "lang/config/type_syntax.hpp"
#include "lang/diagnostics/suggest.hpp"

// What can only be checked once all files are read: which kinds there are, what their blocks take.
namespace nmx {
namespace {

class Completion {
 public:
  Completion(Configuration& configuration, Diagnostics& diagnostics)
      : configuration_(configuration), diagnostics_(diagnostics) {}

  void run() {
    declare_kinds();
    for (auto& kind : configuration_.kind_declarations) types(kind.inputs, kind.blocks);
    for (auto& module : configuration_.modules) {
      for (auto& variable : module.variables) {
        if (variable.type_expression != nullptr)
          variable.type = type_of(*variable.type_expression, configuration_, diagnostics_);
      }
    }
    for (auto& [name, kind] : configuration_.kinds) shape(*kind);
    for (auto& [name, kind] : configuration_.kinds) fill(*kind);
    for (auto& module : configuration_.modules) complete_module(module);
  }

 private:
  void declare_kinds() {
    for (const auto& declaration : configuration_.kind_declarations) {
      auto kind = std::make_unique<Kind>();
      kind->name = declaration.family;
      kind->member = declaration.member;
      kind->doc = declaration.doc;
      kind->own = &declaration;
      configuration_.kinds[declaration.full_name()] = std::move(kind);
    }
    for (auto& [name, kind] : configuration_.kinds) {
      const auto* family = configuration_.kind(kind->name);
      if (family == nullptr) {
        diagnostics_
            .error(Code::bad_definition, kind->own->block->labels.front().span,
                   fmt::format("`{}` belongs to a family that nothing defines", name))
            .with_help(fmt::format("define `kind {} {{ … }}` too", kind->name));
        kind->family = kind->own;
        continue;
      }
      kind->family = family->own;
      if (!kind->member.empty()) configuration_.kinds[kind->name]->is_family = true;
      kind->single = kind->own->single || family->own->single;
    }
  }

  void types(std::vector<InputDeclaration>& inputs, std::vector<BlockInterface>& blocks) {
    for (auto& input : inputs) {
      if (input.type_expression != nullptr) input.type = type_of(*input.type_expression, configuration_, diagnostics_);
    }
    for (auto& block : blocks) types(block.inputs, block.blocks);
  }

  void shape(Kind& kind) {
    const auto add = [&](const KindDeclaration& from) {
      for (const auto& input : from.inputs) kind.shape.inputs.push_back(&input);
      for (const auto& block : from.blocks) kind.shape.blocks.push_back(&block);
    };
    add(*kind.family);
    if (kind.own != kind.family) add(*kind.own);
    kind.shape.index();
    for (const auto* block : kind.shape.blocks) nested_shape(kind, *block);
  }

  void nested_shape(Kind& kind, const BlockInterface& block) {
    Shape made;
    made.label = block.label;
    for (const auto& input : block.inputs) made.inputs.push_back(&input);
    for (const auto& inner : block.blocks) made.blocks.push_back(&inner);
    made.index();
    kind.nested.emplace(&block, std::move(made));
    for (const auto& inner : block.blocks) nested_shape(kind, inner);
  }

  void fill(Kind& kind) {
    add_part(kind, *const_cast<KindDeclaration*>(kind.family));
    if (kind.own != kind.family) add_part(kind, *const_cast<KindDeclaration*>(kind.own));
    kind.contents.index();
    for (const auto& name : kind.unique) {
      if (kind.shape.input_at.contains(name.name) || kind.contents.output_at.contains(name.name)) continue;
      diagnostics_.error(Code::bad_definition, name.span,
                         fmt::format("`{}` has no attribute `{}`", kind.name, name.name));
    }
  }

  void add_part(Kind& kind, KindDeclaration& part) {
    auto& contents = kind.contents;
    contents.locals.insert(contents.locals.end(), part.locals.begin(), part.locals.end());
    contents.outputs.insert(contents.outputs.end(), part.outputs.begin(), part.outputs.end());
    contents.conditions.insert(contents.conditions.end(), part.validations.begin(), part.validations.end());
    contents.functions.insert(contents.functions.end(), part.functions.begin(), part.functions.end());
    kind.unique.insert(kind.unique.end(), part.unique.begin(), part.unique.end());
    for (const auto& setting : part.settings) {
      if (kind.shape.input_at.contains(setting.name)) {
        kind.settings.push_back(&setting);
      } else if (completed_.insert(&setting).second) {
        diagnostics_
            .error(Code::unknown_attribute, setting.name_span(),
                   fmt::format("`{}` has no input `{}`", kind.name, setting.name))
            .with_help(did_you_mean(setting.name, input_names(kind.shape)));
      }
    }
    for (auto& block : part.owned_blocks) {
      if (once(block)) labels_of_language(block);
      contents.blocks.push_back(&block);
    }
    for (auto& block : part.made) {
      const bool is_nested = kind.shape.block_at.contains(block.type);
      if (is_nested) {
        block.role = BlockRole::nested;
        if (once(block)) check_nested(kind, kind.shape, block);
        kind.given.push_back(&block);
      } else {
        if (once(block)) instance_block(block);
        contents.blocks.push_back(&block);
      }
    }
  }

  bool once(const BlockDeclaration& block) { return completed_.insert(&block).second; }

  void complete_module(ModuleDeclaration& module) {
    for (std::size_t i = 0; i < module.variables.size(); ++i) module.variable_at.emplace(module.variables[i].name, i);
    repeated(module.variables, "variable");
    for (auto& block : module.owned_blocks) {
      if (block.role == BlockRole::instance) {
        instance_block(block);
      } else {
        labels_of_language(block);
      }
      module.contents.blocks.push_back(&block);
    }
    module.contents.index();
    repeated_blocks(module.contents);
    repeated(module.contents.outputs, "output");
    for (std::size_t i = 0; i < module.contents.locals.size(); ++i) {
      const auto& local = module.contents.locals[i];
      const auto first = module.contents.local_at.at(local.name);
      if (first == i) continue;
      diagnostics_
          .error(Code::duplicate_block, local.setting.name_span(),
                 fmt::format("`local.{}` is declared twice", local.name))
          .label(module.contents.locals[first].setting.name_span(), "first declared here");
    }
  }

  template <typename Declaration>
  void repeated(const std::vector<Declaration>& all, std::string_view what) {
    std::map<std::string_view, const Declaration*> seen;
    for (const auto& one : all) {
      const auto [first, is_new] = seen.emplace(one.name, &one);
      if (is_new) continue;
      diagnostics_
          .error(Code::duplicate_block, one.name_span, fmt::format("the {} `{}` is declared twice", what, one.name))
          .label(first->second->name_span, "first declared here");
    }
  }

  void repeated_blocks(const Contents& contents) {
    std::map<std::pair<std::string_view, std::string_view>, const BlockDeclaration*> seen;
    for (const auto* block : contents.blocks) {
      if (block->has_computed_label()) continue;
      const auto space = block->role == BlockRole::module ? std::string_view("module") : std::string_view(block->type);
      const auto [first, is_new] = seen.emplace(std::pair(space, block->static_name()), block);
      if (is_new) continue;
      auto& told = diagnostics_.error(Code::duplicate_block, block->header(),
                                      fmt::format("`{}` is declared twice", block->title()));
      told.label(first->second->header(), "first declared here");
      if (block->role == BlockRole::provider && block->static_name().empty()) {
        told.with_help(fmt::format("a second one has a name: `provider {} attic {{ … }}`", block->type));
      }
    }
  }

  /// `resource TYPE NAME`, `module NAME`, `provider TYPE [NAME]`.
  void labels_of_language(BlockDeclaration& block) {
    const auto count = block.block->labels.size();
    if (block.role == BlockRole::resource && count != 2)
      expect_labels(*block.block, 2, "resource TYPE NAME { … }", diagnostics_);
    if (block.role == BlockRole::module && count != 1)
      expect_labels(*block.block, 1, "module NAME { source = … }", diagnostics_);
    if (block.role == BlockRole::provider && (count == 0 || count > 2))
      expect_labels(*block.block, 1, "provider TYPE { … }", diagnostics_);
    for (const auto& nested : block.nested) {
      auto help = did_you_mean(nested.type, {"lifecycle", "timeouts"});
      if (help.empty()) help = fmt::format("write an attribute: `{} = {{ … }}`", nested.type);
      diagnostics_
          .error(Code::unknown_block, nested.block->type.span,
                 fmt::format("`{}` has no block `{}`", block.title(), nested.type))
          .with_help(std::move(help));
    }
  }

  void instance_block(BlockDeclaration& block) {
    const auto* family = configuration_.kind(block.type);
    if (family == nullptr) return unknown_kind(block);
    const auto& labels = block.block->labels;
    const auto* kind = family;
    if (family->is_family) {
      if (labels.empty() || labels.size() > 2) {
        expect_labels(*block.block, 1, fmt::format("{} TYPE NAME {{ … }}", block.type), diagnostics_);
        return;
      }
      const auto member = plain_label(labels.front(), diagnostics_);
      if (!member) return;
      block.member = *member;
      block.label = labels.size() == 2 ? &labels.back().parts.front() : nullptr;
      kind = configuration_.kind(block.type + "." + *member);
      if (kind == nullptr) {
        std::vector<std::string> members;
        const auto prefix = block.type + ".";
        for (const auto& known : configuration_.known_kinds) {
          if (known.rfind(prefix, 0) == 0) members.push_back(known.substr(prefix.size()));
        }
        diagnostics_
            .error(Code::unknown_kind, labels.front().span, fmt::format("there is no {} `{}`", block.type, *member))
            .with_help(did_you_mean(*member, members));
        return;
      }
    } else if (labels.size() > 1) {
      expect_labels(*block.block, 1, fmt::format("{} NAME {{ … }}", block.type), diagnostics_);
    }
    check_settings(kind->name, kind->shape, block);
    for (auto& nested : block.nested) check_nested(*kind, kind->shape, nested);
  }

  void unknown_kind(const BlockDeclaration& block) {
    if (!unknown_.insert(block.type).second) return;
    auto candidates = configuration_.known_kinds;
    for (const auto* word : {"variable", "locals", "output", "outputs", "module", "resource", "provider", "check",
                             "environment", "state", "moved", "removed", "import", "kind", "function"}) {
      candidates.emplace_back(word);
    }
    diagnostics_.error(Code::unknown_kind, block.block->type.span, fmt::format("nothing defines `{}`", block.type))
        .with_help(did_you_mean(block.type, candidates));
  }

  static std::vector<std::string> input_names(const Shape& shape) {
    std::vector<std::string> names;
    for (const auto* input : shape.inputs) names.push_back(input->name);
    return names;
  }

  void check_settings(std::string_view title, const Shape& shape, const BlockDeclaration& block) {
    for (const auto& setting : block.settings) {
      const auto at = shape.input_at.find(setting.name);
      if (at == shape.input_at.end()) {
        auto names = input_names(shape);
        for (const auto name : reserved_attributes) names.emplace_back(name);
        auto help = did_you_mean(setting.name, names);
        if (shape.block_at.contains(setting.name))
          help = fmt::format("`{}` is a block: write `{} {{ … }}`", setting.name, setting.name);
        diagnostics_
            .error(Code::unknown_attribute, setting.name_span(),
                   fmt::format("`{}` has no attribute `{}`", title, setting.name))
            .label(block.header(), "in this block")
            .with_help(std::move(help));
        continue;
      }
      const auto& input = *shape.inputs[at->second];
      if (input.fixed) {
        diagnostics_
            .error(Code::fixed_input, setting.name_span(),
                   fmt::format("`{}` is fixed by the definition of `{}`", setting.name, title))
            .label(input.name_span, "declared `fixed` here");
      }
      if (!input.deprecated.empty()) {
        diagnostics_.warning(Code::deprecated, setting.name_span(), fmt::format("`{}` is deprecated", setting.name))
            .with_help(input.deprecated);
      }
    }
  }

  void check_nested(const Kind& kind, const Shape& shape, BlockDeclaration& block) {
    const auto at = shape.block_at.find(block.type);
    if (at == shape.block_at.end()) {
      std::vector<std::string> names;
      for (const auto* one : shape.blocks) names.push_back(one->name);
      names.insert(names.end(), {"lifecycle", "timeouts"});
      auto help = did_you_mean(block.type, names);
      if (shape.input_at.contains(block.type))
        help = fmt::format("`{}` is an attribute: write `{} = …`", block.type, block.type);
      diagnostics_
          .error(Code::unknown_block, block.block->type.span,
                 fmt::format("`{}` has no block `{}`", kind.name, block.type))
          .with_help(std::move(help));
      return;
    }
    const auto& interface = *shape.blocks[at->second];
    const auto wanted = interface.label.empty() ? 0u : 1u;
    if (block.block->labels.size() != wanted) {
      expect_labels(*block.block, wanted,
                    wanted == 0 ? block.type + " { … }" : fmt::format("{} \"{}\" {{ … }}", block.type, interface.label),
                    diagnostics_);
    }
    const auto& inner = kind.nested.at(&interface);
    check_settings(block.type, inner, block);
    for (auto& nested : block.nested) check_nested(kind, inner, nested);
  }

  Configuration& configuration_;
  Diagnostics& diagnostics_;
  std::set<const void*> completed_;
  std::set<std::string> unknown_;
};

}  // namespace

void complete(Configuration& configuration, Diagnostics& diagnostics) { Completion(configuration, diagnostics).run(); }

}  // namespace nmx
