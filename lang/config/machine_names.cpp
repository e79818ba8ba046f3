#include <fmt/core.h>

#include <algorithm>

#include "lang/config/machine.hpp"
#include "lang/config/type_syntax.hpp"
#include "lang/diagnostics/suggest.hpp"

// What a name means: `var.x`, `container.media`, `self`, a bare word.
namespace nmx {
namespace {

const ast::Name* as_name(const ast::Expression& expression) { return std::get_if<ast::Name>(&expression.node); }

const Value* variable_of(const Frame& frame, std::string_view name) {
  for (const auto* one = frame.variables; one != nullptr; one = one->outer) {
    if (one->name == name) return &one->value;
  }
  return nullptr;
}

/// The one that is meant without `-e`, or the only one there is.
bool is_default_environment(const Configuration& configuration) {
  const auto& all = configuration.environments;
  return all.empty() || std::any_of(all.begin(), all.end(), [&](const EnvironmentDeclaration& one) {
           return one.is_default && one.name == configuration.environment;
         });
}

}  // namespace

Value Machine::value_of(const Expansion& expansion, Node& home, const BlockDeclaration& block, Span span,
                        Absent absent) {
  if (expansion.broken || expansion.state == Expansion::State::running) return Value{Poison{}};
  if (expansion.absent) return absent_value(span, absent, home, block);
  if (!expansion.has_for_each) return Value{Instance{expansion.nodes.front().second}};
  std::vector<Object::Entry> entries;
  for (const auto& [key, node] : expansion.nodes) entries.emplace_back(key, Value{Instance{node}});
  return Value{Object::from(std::move(entries))};
}

Value Machine::absent_value(Span span, Absent absent, const Node&, const BlockDeclaration& block) {
  if (absent == Absent::is_null) return Value{};
  diagnostics.error(Code::absent_block, span, fmt::format("`{}` is not there: its `when` is false", block.title()))
      .label(block.when->span, "this is false")
      .with_help("`?.` and `??` take it as null");
  return Value{Poison{}};
}

Value Machine::lookup(std::string_view kind, const std::string& name, Span span, const Frame& frame, Absent absent) {
  const auto labelled = [&](Node& home) -> const BlockDeclaration* {
    const auto& named = home.contents().named;
    const auto of_kind = named.find(kind);
    if (of_kind == named.end()) return nullptr;
    const auto at = of_kind->second.find(name);
    return at == of_kind->second.end() ? nullptr : home.contents().blocks[at->second];
  };
  const auto answer = [&](Node& home, const BlockDeclaration& block) {
    return value_of(expand(home, block), home, block, span, absent);
  };
  // What this definition makes: under that label, or under that name.
  auto* module = frame.home;
  if (module->role == Node::Role::instance) {
    if (const auto* block = labelled(*module)) return answer(*module, *block);
    if (const auto* block = made_as(*module, kind, name)) return answer(*module, *block);
    while (module->role == Node::Role::instance) module = module->home;
  }
  // A written block, its own module's before others', by its label alone.
  if (const auto* block = labelled(*module)) return answer(*module, *block);
  std::vector<Made> found;
  for (std::size_t at = 0; at < all_modules.size(); ++at) {
    if (all_modules[at] == module) continue;
    if (const auto* block = labelled(*all_modules[at])) found.push_back({all_modules[at], block, nullptr});
  }
  // Whatever is made.
  if (found.empty()) found = made_named(kind, name);
  const auto is_absent = [&](const Made& one) {
    return one.node == nullptr && expand(*one.home, *one.block).nodes.empty();
  };
  if (found.size() > 1 && !std::all_of(found.begin(), found.end(), is_absent)) {
    found.erase(std::remove_if(found.begin(), found.end(), is_absent), found.end());
  }
  if (found.size() > 1) return ambiguous(kind, name, span, found);
  if (found.size() == 1) {
    const auto& one = found.front();
    return one.node != nullptr ? Value{Instance{one.node}} : answer(*one.home, *one.block);
  }
  if (absent == Absent::is_null) return Value{};
  std::vector<std::string> names;
  const auto& all = instances_of(kind);
  for (const auto& [known, node] : all) names.push_back(known);
  auto help = did_you_mean(name, names);
  if (help.empty() && names.empty()) help = fmt::format("there is no `{}` at all", kind);
  diagnostics.error(Code::unknown_instance, span, fmt::format("there is no {} `{}`", kind, name))
      .with_help(std::move(help));
  return Value{Poison{}};
}

Value Machine::ambiguous(std::string_view kind, std::string_view name, Span span, const std::vector<Made>& found) {
  auto& told =
      diagnostics.error(Code::ambiguous_name, span, fmt::format("there are {} {} `{}`", found.size(), kind, name));
  for (const auto& one : found) told.label(one.block->header(), "one of them");
  told.with_help("give one of them another name");
  return Value{Poison{}};
}

Value Machine::named(const ast::Name& name, Span span, const Frame& frame, Absent absent) {
  if (const auto* value = variable_of(frame, name.name)) return *value;
  if (frame.wanted != nullptr) {
    if (const auto* member = enum_member(*frame.wanted, name.name)) return Value{*member};
  }
  if (frame.in_template) {
    std::vector<std::string> given;
    for (const auto* one = frame.variables; one != nullptr; one = one->outer) given.emplace_back(one->name);
    auto help = did_you_mean(name.name, given);
    diagnostics.error(Code::unknown_name, span, fmt::format("this template is given no `{}`", name.name))
        .with_help(help.empty() ? fmt::format("it sees only what it is called with: `{{ {} = … }}`", name.name)
                                : std::move(help));
    return Value{Poison{}};
  }
  if (name.name == "self" && frame.home != nullptr && frame.home->role == Node::Role::instance)
    return Value{Instance{frame.home}};
  if (name.name == "default" && frame.underneath != nullptr) return (*frame.underneath)();
  if (const auto* kind = configuration.kind(name.name)) {
    const auto& all = instances_of(name.name);
    if (kind->single) {
      if (!all.empty()) return Value{Instance{all.begin()->second}};
      if (absent == Absent::is_null) return Value{};
      diagnostics.error(Code::unknown_instance, span, fmt::format("there is no `{}`", name.name))
          .with_help(fmt::format("add `{} home {{ … }}`", name.name));
      return Value{Poison{}};
    }
    std::vector<Object::Entry> entries;
    for (const auto& [known, node] : all) entries.emplace_back(known, Value{Instance{node, kind->is_family}});
    return Value{Object::from(std::move(entries))};
  }
  std::vector<std::string> candidates = configuration.known_kinds;
  for (const auto* word : {"var", "local", "module", "resource", "environment", "self", "input", "each"})
    candidates.emplace_back(word);
  for (const auto* one = frame.variables; one != nullptr; one = one->outer) candidates.emplace_back(one->name);
  std::string help;
  const bool needs_more = name.name == "var" || name.name == "local" || name.name == "input" || name.name == "each" ||
                          name.name == "module" || name.name == "resource" || name.name == "environment" ||
                          name.name == "self";
  if (frame.wanted != nullptr && !enum_members(*frame.wanted).empty()) {
    const auto members = enum_members(*frame.wanted);
    help = did_you_mean(name.name, members);
    if (help.empty()) {
      for (const auto& member : members) help += (help.empty() ? "one of `" : "`, `") + member;
      help += "`";
    }
    diagnostics.error(Code::unknown_member, span, fmt::format("`{}` is none of the words that fit here", name.name))
        .with_help(help);
    return Value{Poison{}};
  }
  if (needs_more) {
    diagnostics.error(Code::unknown_name, span, fmt::format("`{}` has no meaning by itself here", name.name))
        .with_help(name.name == "self" ? "`self` stands in definitions" : fmt::format("write `{}.name`", name.name));
    return Value{Poison{}};
  }
  help = did_you_mean(name.name, candidates);
  if (help.empty()) help = "a text stands in quotes; references are `kind.name`, `var.x`, `local.x`";
  diagnostics.error(Code::unknown_name, span, fmt::format("there is no `{}`", name.name)).with_help(std::move(help));
  return Value{Poison{}};
}

namespace {

template <typename Declarations>
std::vector<std::string> names_of(const Declarations& declarations) {
  std::vector<std::string> names;
  for (const auto& one : declarations) names.push_back(one.name);
  return names;
}

}  // namespace

std::optional<Value> Machine::reference(const ast::Expression& expression, const Frame& frame, Absent absent) {
  if (frame.in_template) return std::nullopt;
  const auto* member = std::get_if<ast::Member>(&expression.node);
  const auto* index = std::get_if<ast::Index>(&expression.node);
  const auto* object = member != nullptr ? member->object.get() : index != nullptr ? index->object.get() : nullptr;
  if (object == nullptr) return std::nullopt;

  // `resource.TYPE.NAME`
  if (const auto* typed = std::get_if<ast::Member>(&object->node); typed != nullptr && member != nullptr) {
    const auto* word = as_name(*typed->object);
    if (word != nullptr && word->name == "resource" && variable_of(frame, "resource") == nullptr) {
      return resource_reference(typed->name, member->name, frame, absent);
    }
    if (word != nullptr && word->name == "provider" && variable_of(frame, "provider") == nullptr)
      return provider_reference(typed->name, member->name.name);
  }
  const auto* word = as_name(*object);
  if (word == nullptr || variable_of(frame, word->name) != nullptr) return std::nullopt;
  const auto& space = word->name;
  if (member != nullptr) {
    const auto& name = member->name;
    if (space == "var") return variable_reference(name, frame);
    if (space == "local") return local_reference(name, frame);
    if (space == "input") return input_reference(name, frame);
    if (space == "each") return each_reference(name, frame);
    if (space == "module") return module_reference(name, frame, absent);
    if (space == "environment") {
      if (name.name == "name") return Value{configuration.environment};
      if (name.name == "is_default") return Value{is_default_environment(configuration)};
      diagnostics.error(Code::unknown_attribute, name.span, fmt::format("`environment` has no `{}`", name.name))
          .with_help("it has `name` and `is_default`");
      return Value{Poison{}};
    }
    if (space == "provider") return provider_reference(name, {});
    if (space == "resource") return std::nullopt;
  }
  const auto* kind = configuration.kind(space);
  if (kind == nullptr || kind->single) return std::nullopt;
  const auto softer = member != nullptr && member->optional ? Absent::is_null : absent;
  if (member != nullptr) return lookup(space, member->name.name, member->name.span, frame, softer);
  auto inner = frame;
  inner.wanted = nullptr;
  const auto key = evaluate(*index->index, inner);
  if (const auto* name = key.string()) return lookup(space, *name, index->index->span, frame, softer);
  if (key.is_poison()) return key;
  return std::nullopt;
}

Value Machine::unknown(Code code, const ast::Identifier& name, std::string message,
                       const std::vector<std::string>& candidates) {
  diagnostics.error(code, name.span, std::move(message)).with_help(did_you_mean(name.name, candidates));
  return Value{Poison{}};
}

Value Machine::variable_reference(const ast::Identifier& name, const Frame& frame) {
  auto* home = frame.home;
  if (home->role != Node::Role::module) {
    diagnostics.error(Code::unknown_name, name.span, "a definition does not see the user's variables")
        .with_help("make it an `input`");
    return Value{Poison{}};
  }
  const auto at = home->module->variable_at.find(name.name);
  if (at != home->module->variable_at.end()) return variable(*home, at->second);
  return unknown(Code::unknown_variable, name, fmt::format("there is no variable `{}`", name.name),
                 names_of(home->module->variables));
}

Value Machine::local_reference(const ast::Identifier& name, const Frame& frame) {
  const auto& contents = frame.home->contents();
  const auto at = contents.local_at.find(name.name);
  if (at != contents.local_at.end()) return local(*frame.home, at->second);
  return unknown(Code::unknown_name, name, fmt::format("there is no local `{}`", name.name), names_of(contents.locals));
}

Value Machine::input_reference(const ast::Identifier& name, const Frame& frame) {
  auto* home = frame.home;
  if (home->role != Node::Role::instance) {
    diagnostics.error(Code::unknown_name, name.span, "`input` stands in definitions").with_help("a module has `var`");
    return Value{Poison{}};
  }
  const auto& shape = home->definition->shape;
  if (const auto at = shape.input_at.find(name.name); at != shape.input_at.end()) return input(*home, at->second);
  if (const auto at = shape.block_at.find(name.name); at != shape.block_at.end())
    return nested_blocks(*home, *shape.blocks[at->second]);
  std::vector<std::string> names;
  for (const auto* one : shape.inputs) names.push_back(one->name);
  for (const auto* one : shape.blocks) names.push_back(one->name);
  return unknown(Code::unknown_name, name, fmt::format("`{}` has no input `{}`", home->definition->name, name.name),
                 names);
}

Value Machine::each_reference(const ast::Identifier& name, const Frame& frame) {
  if (frame.each == nullptr) {
    diagnostics.error(Code::unknown_name, name.span, "`each` stands in blocks with `for_each`");
    return Value{Poison{}};
  }
  if (name.name == "key") return Value{*frame.each->each_key};
  if (name.name == "value") return frame.each->each_value;
  return unknown(Code::unknown_attribute, name, fmt::format("`each` has no `{}`", name.name), {"key", "value"});
}

Value Machine::module_reference(const ast::Identifier& name, const Frame& frame, Absent absent) {
  const auto& contents = frame.home->contents();
  const auto found = contents.named.find("module");
  if (found != contents.named.end()) {
    if (const auto at = found->second.find(name.name); at != found->second.end()) {
      const auto& block = *contents.blocks[at->second];
      return value_of(expand(*frame.home, block), *frame.home, block, name.span, absent);
    }
  }
  std::vector<std::string> names;
  for (const auto index : contents.modules) names.emplace_back(contents.blocks[index]->static_name());
  return unknown(Code::unknown_name, name, fmt::format("there is no module `{}`", name.name), names);
}

/// Which blocks the user wrote is known before anything is expanded, so a definition may ask in its `when`.
Value Machine::provider_reference(const ast::Identifier& type, std::string_view name) {
  if (host.provider_interface(type.name) == nullptr) {
    diagnostics.error(Code::unknown_provider, type.span, fmt::format("there is no provider `{}`", type.name));
    return Value{Poison{}};
  }
  const auto written = [&](std::string_view wanted) -> Node* {
    for (auto* module : all_modules) {
      const auto& contents = module->contents();
      for (const auto index : contents.providers) {
        const auto& block = *contents.blocks[index];
        if (block.type != type.name || block.static_name() != wanted) continue;
        const auto& nodes = expand(*module, block).nodes;
        if (!nodes.empty()) return nodes.front().second;
      }
    }
    return nullptr;
  };
  if (written(name) != nullptr) return Value{name.empty() ? type.name : fmt::format("{}.{}", type.name, name)};
  // `provider.nix.ssh`: a setting of the block without a name.
  const auto* declared = name.empty() ? nullptr : host.provider_interface(type.name)->find(name);
  auto* node = declared == nullptr ? nullptr : written({});
  if (node == nullptr) return Value{};
  const auto* setting = node->block->find(name);
  return setting == nullptr ? declared->fallback : provider_setting(*node, *setting, *declared);
}

Value Machine::resource_reference(const ast::Identifier& type, const ast::Identifier& name, const Frame& frame,
                                  Absent absent) {
  const auto& contents = frame.home->contents();
  if (const auto of_type = contents.named.find(type.name); of_type != contents.named.end()) {
    if (const auto at = of_type->second.find(name.name); at != of_type->second.end()) {
      const auto& block = *contents.blocks[at->second];
      if (block.role == BlockRole::resource) {
        return value_of(expand(*frame.home, block), *frame.home, block, name.span, absent);
      }
    }
  }
  std::vector<std::string> names;
  for (const auto index : contents.resources) {
    if (contents.blocks[index]->type == type.name) names.emplace_back(contents.blocks[index]->static_name());
  }
  if (names.empty()) {
    std::vector<std::string> types;
    for (const auto index : contents.resources) types.push_back(contents.blocks[index]->type);
    return unknown(Code::unknown_name, type, fmt::format("there is no resource `{} {}` here", type.name, name.name),
                   types);
  }
  return unknown(Code::unknown_name, name, fmt::format("there is no resource `{} {}` here", type.name, name.name),
                 names);
}

}  // namespace nmx
