#include <algorithm>

#include <fmt/core.h>

#include "lang/config/body_reader.hpp"
#include "lang/config/decode.hpp"

namespace nmx {
namespace {

/// `[memory, "disk"]`: names, not values.
std::vector<std::string> names_in(const ast::Expression& expression, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  const auto* list = std::get_if<ast::ListLiteral>(&expression.node);
  if (list == nullptr) {
    diagnostics.error(Code::wrong_type, expression.span, "expected a list of attributes")
        .with_help("write their names: `[memory, cores]`");
    return names;
  }
  for (const auto& item : list->items) {
    if (const auto* name = std::get_if<ast::Name>(&item.value.node)) {
      names.push_back(name->name);
    } else if (auto text = constant_text(item.value)) {
      names.push_back(std::move(*text));
    } else {
      diagnostics.error(Code::wrong_type, item.value.span, "expected the name of an attribute");
    }
  }
  return names;
}

LifecycleDeclaration decode_lifecycle(const ast::Block& block, Diagnostics& diagnostics) {
  LifecycleDeclaration lifecycle;
  BodyReader reader(block, diagnostics);
  lifecycle.protect = reader.flag("protect", false);
  lifecycle.create_before_destroy = reader.flag("create_before_destroy", false);
  if (const auto* names = reader.take("ignore_changes")) lifecycle.ignore_changes = names_in(*names, diagnostics);
  if (const auto* reasons = reader.take("replace_when")) lifecycle.replace_when.push_back(reasons);
  reader.finish();
  return lifecycle;
}

TimeoutsDeclaration decode_timeouts(const ast::Block& block, Diagnostics& diagnostics) {
  TimeoutsDeclaration timeouts;
  BodyReader reader(block, diagnostics);
  timeouts.create = reader.take("create");
  timeouts.update = reader.take("update");
  timeouts.destroy = reader.take("destroy");
  reader.finish();
  return timeouts;
}

const ast::Expression** meta_slot(BlockDeclaration& declaration, std::string_view name) {
  if (name == "when") return &declaration.when;
  if (name == "for_each") return &declaration.for_each;
  if (name == "depends_on") return &declaration.depends_on;
  if (name == "provider") return &declaration.provider;
  return nullptr;
}

/// `provider.proxmox` or `provider.proxmox.attic`.
bool names_a_provider(const ast::Expression& expression) {
  const auto* outer = std::get_if<ast::Member>(&expression.node);
  const auto* inner = outer == nullptr ? nullptr : std::get_if<ast::Member>(&outer->object->node);
  const auto* root = outer == nullptr
                         ? nullptr
                         : std::get_if<ast::Name>(inner == nullptr ? &outer->object->node : &inner->object->node);
  return root != nullptr && root->name == "provider";
}

void take_settings(BlockDeclaration& declaration, Diagnostics& diagnostics) {
  for (auto& setting : settings_of(declaration.block->body, diagnostics)) {
    if (setting.name == "lifecycle" || setting.name == "timeouts") {
      diagnostics.error(Code::reserved_name, setting.name_span(), fmt::format("`{}` is a block", setting.name))
          .with_help(fmt::format("write `{} {{ … }}`", setting.name));
      continue;
    }
    const auto** slot = declaration.role == BlockRole::provider && setting.name == "provider"
                            ? nullptr
                            : meta_slot(declaration, setting.name);
    if (slot == nullptr) {
      declaration.settings.push_back(std::move(setting));
    } else if (!setting.is_plain()) {
      diagnostics.error(Code::reserved_name, setting.parts.front()->key.span,
                        fmt::format("`{}` has no parts", setting.name));
    } else if (setting.name == "provider" && !names_a_provider(setting.parts.front()->value)) {
      diagnostics
          .error(Code::reserved_name, setting.parts.front()->value.span,
                 "`provider` says which provider block serves this, and this is none")
          .with_help(
              "write `provider.NAME` or `provider.NAME.SECOND`; an attribute of another meaning has another name");
    } else {
      *slot = &setting.parts.front()->value;
    }
  }
}

void set_once(bool already, const ast::Block& block, Diagnostics& diagnostics) {
  if (already) {
    diagnostics.error(Code::duplicate_block, block.header,
                      fmt::format("`{}` stands twice in this block", block.type.name));
  }
}

}  // namespace

bool is_reserved(std::string_view name) {
  return std::find(std::begin(reserved_attributes), std::end(reserved_attributes), name) !=
         std::end(reserved_attributes);
}

std::optional<BlockRole> made_by_language(std::string_view type) {
  if (type == "resource") return BlockRole::resource;
  if (type == "module") return BlockRole::module;
  if (type == "provider") return BlockRole::provider;
  return std::nullopt;
}

BlockDeclaration decode_block(const ast::Block& block, BlockRole role, Diagnostics& diagnostics) {
  BlockDeclaration declaration;
  declaration.role = role;
  declaration.block = &block;
  declaration.type = block.type.name;
  for (const auto& function : block.body.functions) {
    diagnostics.error(Code::misplaced_block, function.name.span, "a function cannot be declared here")
        .with_help("functions stand in a module or a definition");
  }
  take_settings(declaration, diagnostics);
  for (const auto& nested : block.body.blocks) {
    if (nested.type.name == "lifecycle") {
      set_once(declaration.lifecycle.has_value(), nested, diagnostics);
      declaration.lifecycle = decode_lifecycle(nested, diagnostics);
    } else if (nested.type.name == "timeouts") {
      set_once(declaration.timeouts.has_value(), nested, diagnostics);
      declaration.timeouts = decode_timeouts(nested, diagnostics);
    } else {
      declaration.nested.push_back(decode_block(nested, BlockRole::nested, diagnostics));
    }
  }
  // The language's own blocks begin with a word for what they make.
  const bool has_type_label = role == BlockRole::resource || role == BlockRole::provider;
  if (has_type_label && !block.labels.empty()) {
    if (auto type = plain_label(block.labels.front(), diagnostics)) declaration.type = std::move(*type);
  }
  const std::size_t own_labels = has_type_label ? 1 : 0;
  if (block.labels.size() > own_labels && block.labels.back().parts.size() == 1) {
    declaration.label = &block.labels.back().parts.front();
    const auto& span = declaration.label->span;
    // A quoted label is longer in the text than its name is: by the quotes at least.
    declaration.quoted = declaration.label->computed || span.end - span.begin != declaration.label->text.size();
  }
  return declaration;
}

const Setting* BlockDeclaration::find(std::string_view name) const {
  for (const auto& setting : settings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::string_view BlockDeclaration::static_name() const {
  if (label != nullptr) return label->computed ? std::string_view() : std::string_view(label->text);
  return member;
}

std::string BlockDeclaration::title() const {
  std::string text = block->type.name;
  for (const auto& one : block->labels) {
    for (const auto& part : one.parts) {
      text += &part == &one.parts.front() ? ' ' : '.';
      if (part.computed) {
        text += "\"…\"";
      } else if (part.span.end - part.span.begin != part.text.size()) {
        text += '"' + part.text + '"';
      } else {
        text += part.text;
      }
    }
  }
  return text;
}

}  // namespace nmx
