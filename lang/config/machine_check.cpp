#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "lang/config/machine.hpp"
#include "lang/diagnostics/suggest.hpp"

// Conditions, and every value that nothing else asked for, so that its mistakes are found.
namespace nmx {

void Machine::check_all() {
  expand_all();
  for (std::size_t at = 0; at < all_modules.size(); ++at) {
    auto& module = *all_modules[at];
    for (std::size_t i = 0; i < module.inputs.size(); ++i) check_variable(module, i);
    if (&module != root) check_module_settings(module);
    check_home(module);
  }
  for (std::size_t at = 0; at < all_instances.size(); ++at) {
    auto& instance = *all_instances[at];
    for (std::size_t i = 0; i < instance.inputs.size(); ++i) static_cast<void>(input(instance, i));
    for (const auto* interface : instance.definition->shape.blocks) check_nested(nested_blocks(instance, *interface));
    check_home(instance);
  }
  for (auto* resource : resources) {
    if (resource->resource) static_cast<void>(configuration_of(*resource));
  }
  check_unique();
  check_resource_cycles();
  for (const auto& one : configuration.overrides) {
    if (root->module->variable_at.contains(one.name)) continue;
    std::vector<std::string> names;
    for (const auto& variable : root->module->variables) names.push_back(variable.name);
    diagnostics.error(Code::unknown_variable, one.span, fmt::format("there is no variable `{}`", one.name))
        .with_help(did_you_mean(one.name, names));
  }
}

void Machine::check_nested(const Value& value) {
  const auto check = [&](const Value& one) {
    const auto* instance = std::get_if<Instance>(&one.held);
    if (instance == nullptr) return;
    auto& node = *const_cast<Node*>(static_cast<const Node*>(instance->entity));
    for (std::size_t i = 0; i < node.inputs.size(); ++i) static_cast<void>(input(node, i));
  };
  if (const auto* object = value.object()) {
    for (const auto& [label, one] : *object) check(one);
  } else {
    check(value);
  }
}

void Machine::check_variable(Node& module, std::size_t at) {
  const auto& declaration = module.module->variables[at];
  if (variable(module, at).is_poison()) return;
  for (const auto& condition : declaration.validations)
    check_condition(module, condition, Code::validation_failed, declaration.name_span);
}

/// A module takes its variables and nothing else.
void Machine::check_module_settings(const Node& module) {
  for (const auto& setting : module.block->settings) {
    if (setting.name == "source" || module.module->variable_at.contains(setting.name)) continue;
    std::vector<std::string> names;
    for (const auto& variable : module.module->variables) names.push_back(variable.name);
    diagnostics
        .error(Code::unknown_attribute, setting.name_span(),
               fmt::format("the module `{}` has no variable `{}`", module.name, setting.name))
        .with_help(did_you_mean(setting.name, names));
  }
}

void Machine::check_home(Node& home) {
  const auto& contents = home.contents();
  for (std::size_t i = 0; i < contents.locals.size(); ++i) static_cast<void>(local(home, i));
  for (std::size_t i = 0; i < contents.outputs.size(); ++i) static_cast<void>(output(home, i));
  const bool is_module = home.role == Node::Role::module;
  for (const auto& condition : contents.conditions) {
    check_condition(home, condition, is_module ? Code::check_failed : Code::validation_failed,
                    is_module ? condition.block : home.written().block->header());
  }
}

/// Told at the user's own block; the definition is a note.
void Machine::check_condition(Node& home, const ConditionDeclaration& condition, Code code, Span at) {
  if (condition.condition == nullptr || condition.message == nullptr) return;
  const auto frame = frame_of(home, each_of(&home));
  const auto holds = truth(*condition.condition, frame, "condition");
  if (!holds || *holds) return;
  const auto message = evaluate(*condition.message, frame);
  const auto* text = message.string();
  auto said = text == nullptr || message.secret ? std::string("a condition does not hold") : *text;
  auto& told =
      condition.warns ? diagnostics.warning(code, at, std::move(said)) : diagnostics.error(code, at, std::move(said));
  if (at != condition.block) told.label(condition.condition->span, "this does not hold");
  if (condition.help != nullptr) {
    const auto help = evaluate(*condition.help, frame);
    if (help.string() != nullptr && !help.secret) told.with_help(*help.string());
  }
}

/// Resources that wait for each other: no order makes them.
void Machine::check_resource_cycles() {
  enum class Mark { open, done };
  std::unordered_map<const Node*, Mark> marks;
  marks.reserve(resources.size());
  for (const auto* start : resources) {
    struct Visit {
      const Node* node;
      std::size_t next;
    };
    std::vector<Visit> path;
    if (start->resource && marks.emplace(start, Mark::open).second) path.push_back({start, 0});
    while (!path.empty()) {
      auto& visit = path.back();
      if (visit.next == visit.node->needs.size()) {
        marks[visit.node] = Mark::done;
        path.pop_back();
        continue;
      }
      const auto* other = visit.node->needs[visit.next++];
      if (!other->resource) continue;
      const auto [mark, is_new] = marks.emplace(other, Mark::open);
      if (is_new) {
        path.push_back({other, 0});
      } else if (mark->second == Mark::open) {
        const auto first = std::find_if(path.begin(), path.end(), [&](const Visit& one) { return one.node == other; });
        auto& told =
            diagnostics.error(Code::cycle, other->block->header(), fmt::format("`{}` needs itself", other->address()));
        for (auto one = first; one != path.end(); ++one) {
          const auto* next = one + 1 == path.end() ? other : (one + 1)->node;
          told.label(one->node->block->header(), fmt::format("`{}` needs `{}`", one->node->address(), next->address()));
        }
        told.with_help("one of these must not read the next");
        return;
      }
    }
  }
}

void Machine::check_unique() {
  std::map<std::string, Node*> seen;
  std::map<const Kind*, Node*> single;
  for (auto* instance : all_instances) {
    const auto& kind = *instance->definition;
    if (kind.single) {
      const auto [first, is_new] = single.emplace(&kind, instance);
      if (!is_new) {
        diagnostics
            .error(Code::single_instance, instance->written().block->header(),
                   fmt::format("there can be one `{}` only", kind.name))
            .label(first->second->written().block->header(), "the first one");
      }
    }
    for (const auto& name : kind.unique) {
      const auto value = attribute(*instance, name.name, name.span, Absent::is_null);
      if (value.is_null() || value.is_poison() || value.is_hole()) continue;
      const auto [first, is_new] = seen.emplace(kind.name + "\n" + name.name + "\n" + display(value, 1000), instance);
      if (is_new) continue;
      diagnostics
          .error(Code::not_unique, instance->written().block->header(),
                 fmt::format("`{}` and `{}` have the same `{}`: {}", first->second->address(), instance->address(),
                             name.name, display(value)))
          .label(first->second->written().block->header(), "the first one");
    }
  }
}

}  // namespace nmx
