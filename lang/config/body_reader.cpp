#include "lang/config/body_reader.hpp"

#include <algorithm>
#include <unordered_map>

#include <fmt/core.h>

#include "lang/diagnostics/suggest.hpp"

namespace nmx {
namespace {

std::string spelled(const ast::Key& key) {
  std::string text;
  for (const auto& part : key.parts) {
    if (!text.empty()) text += '.';
    text += part.text;
  }
  return text;
}

bool leads(const ast::Key& shorter, const ast::Key& longer) {
  if (shorter.parts.size() > longer.parts.size()) return false;
  for (std::size_t at = 0; at < shorter.parts.size(); ++at) {
    if (shorter.parts[at].computed || longer.parts[at].computed) return false;
    if (shorter.parts[at].text != longer.parts[at].text) return false;
  }
  return true;
}

/// Of keys sorted by their parts, one that leads another stands directly before one that it leads.
void refuse_repetitions(const Setting& setting, Diagnostics& diagnostics) {
  if (setting.parts.size() < 2) return;
  auto sorted = setting.parts;
  std::stable_sort(sorted.begin(), sorted.end(), [](const ast::Attribute* a, const ast::Attribute* b) {
    return std::lexicographical_compare(
        a->key.parts.begin(), a->key.parts.end(), b->key.parts.begin(), b->key.parts.end(),
        [](const ast::KeyPart& left, const ast::KeyPart& right) { return left.text < right.text; });
  });
  for (std::size_t at = 1; at < sorted.size(); ++at) {
    if (!leads(sorted[at - 1]->key, sorted[at]->key)) continue;
    const auto* first = sorted[at - 1];
    const auto* second = sorted[at];
    if (second->span < first->span) std::swap(first, second);
    diagnostics
        .error(Code::duplicate_attribute, second->key.span, fmt::format("`{}` is set twice", spelled(second->key)))
        .label(first->key.span, "first set here");
  }
}

}  // namespace

std::vector<Setting> settings_of(const ast::Body& body, Diagnostics& diagnostics) {
  std::vector<Setting> settings;
  std::unordered_map<std::string_view, std::size_t> known;
  for (const auto& attribute : body.attributes) {
    const auto& first = attribute.key.parts.front();
    if (first.computed) {
      diagnostics.error(Code::syntax, first.span, "the name of an attribute cannot be computed")
          .with_help("computed keys belong into objects: `name = { \"${key}\" = … }`");
      continue;
    }
    const auto [at, is_new] = known.emplace(first.text, settings.size());
    if (is_new) {
      settings.push_back({first.text, {&attribute}});
    } else {
      settings[at->second].parts.push_back(&attribute);
    }
  }
  for (const auto& setting : settings) refuse_repetitions(setting, diagnostics);
  return settings;
}

std::optional<std::string> constant_text(const ast::Expression& expression) {
  const auto* literal = std::get_if<ast::Literal>(&expression.node);
  if (literal == nullptr || literal->value.string() == nullptr) return std::nullopt;
  return *literal->value.string();
}

void require_constant(const ast::Expression& expression, std::string_view what, Diagnostics& diagnostics) {
  diagnostics.error(Code::wrong_type, expression.span, fmt::format("{} is written as a constant", what));
}

BodyReader::BodyReader(const ast::Block& block, Diagnostics& diagnostics)
    : block_(block), diagnostics_(diagnostics), settings_(settings_of(block.body, diagnostics)) {
  for (const auto& function : block.body.functions) {
    diagnostics.error(Code::misplaced_block, function.name.span, "a function cannot be declared here");
  }
}

const Setting* BodyReader::setting(std::string_view name) {
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.emplace_back(name);
  for (const auto& setting : settings_) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

const ast::Expression* BodyReader::take(std::string_view name) {
  const auto* found = setting(name);
  if (found == nullptr) return nullptr;
  if (!found->is_plain()) {
    const auto& key = found->parts.front()->key;
    diagnostics_.error(Code::unknown_attribute, key.span, fmt::format("`{}` has no parts here", name));
    return nullptr;
  }
  const auto& attribute = *found->parts.front();
  if (attribute.condition) {
    diagnostics_.error(Code::syntax, attribute.condition->span, fmt::format("`{}` cannot be conditional here", name));
  }
  return &attribute.value;
}

const ast::Expression* BodyReader::need(std::string_view name) {
  const auto* found = take(name);
  if (found == nullptr && setting(name) == nullptr) {
    diagnostics_.error(Code::missing_attribute, block_.header, fmt::format("`{}` needs `{}`", block_.type.name, name));
  }
  return found;
}

std::optional<std::string> BodyReader::text(std::string_view name) {
  const auto* expression = take(name);
  if (expression == nullptr) return std::nullopt;
  auto constant = constant_text(*expression);
  if (!constant) require_constant(*expression, fmt::format("`{}`, a string,", name), diagnostics_);
  return constant;
}

bool BodyReader::flag(std::string_view name, bool otherwise) {
  const auto* expression = take(name);
  if (expression == nullptr) return otherwise;
  const auto* literal = std::get_if<ast::Literal>(&expression->node);
  if (literal != nullptr && literal->value.boolean() != nullptr) return *literal->value.boolean();
  require_constant(*expression, fmt::format("`{}`, `true` or `false`,", name), diagnostics_);
  return otherwise;
}

std::vector<const ast::Block*> BodyReader::blocks(std::string_view type) {
  known_blocks_.emplace_back(type);
  std::vector<const ast::Block*> found;
  for (const auto& block : block_.body.blocks) {
    if (block.type.name == type) found.push_back(&block);
  }
  return found;
}

void BodyReader::finish() {
  for (const auto& setting : settings_) {
    if (std::find(known_.begin(), known_.end(), setting.name) != known_.end()) continue;
    diagnostics_
        .error(Code::unknown_attribute, setting.name_span(),
               fmt::format("`{}` has no attribute `{}`", block_.type.name, setting.name))
        .with_help(did_you_mean(setting.name, known_));
  }
  for (const auto& block : block_.body.blocks) {
    if (std::find(known_blocks_.begin(), known_blocks_.end(), block.type.name) != known_blocks_.end()) continue;
    diagnostics_
        .error(Code::unknown_block, block.type.span,
               fmt::format("`{}` has no block `{}`", block_.type.name, block.type.name))
        .with_help(did_you_mean(block.type.name, known_blocks_));
  }
}

bool expect_labels(const ast::Block& block, std::size_t count, std::string_view example, Diagnostics& diagnostics) {
  if (block.labels.size() == count) return true;
  const auto& type = block.type.name;
  if (block.labels.size() > count) {
    diagnostics
        .error(Code::bad_labels, block.labels[count].span,
               count == 0 ? fmt::format("`{}` takes no name", type)
                          : fmt::format("`{}` takes {}, not {}", type, count == 1 ? "one name" : "two names",
                                        block.labels.size()))
        .with_help(fmt::format("write `{}`", example));
  } else {
    diagnostics
        .error(Code::bad_labels, block.header,
               block.labels.empty() && count == 1 ? fmt::format("`{}` has no name", type)
                                                  : fmt::format("`{}` has too few names", type))
        .with_help(fmt::format("write `{}`", example));
  }
  return false;
}

std::optional<std::string> plain_label(const ast::Label& label, Diagnostics& diagnostics) {
  if (label.parts.size() == 1 && !label.parts.front().computed) return label.parts.front().text;
  diagnostics.error(Code::bad_labels, label.span,
                    label.parts.size() > 1 ? "a name with dots is written in quotes" : "this name cannot be computed");
  return std::nullopt;
}

}  // namespace nmx
