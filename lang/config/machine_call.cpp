#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "lang/config/machine.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "lang/value/function_families.hpp"

// Calls and comprehensions.
namespace nmx {

Value Machine::call_function(const ast::Call& node, Span span, const Frame& frame) {
  const auto& name = node.function.name;
  auto inner = frame;
  inner.wanted = nullptr;
  if (const auto own = own_function(name)) return (this->*own)(node, span, inner);
  List arguments;
  bool secret = false;
  for (const auto& argument : node.arguments) {
    auto value = evaluate(argument.value, inner);
    if (value.is_poison()) return value;
    if (!argument.spread) {
      arguments.push_back(std::move(value));
      continue;
    }
    if (value.list() == nullptr) {
      diagnostics.error(value.is_hole() ? Code::not_known_yet : Code::wrong_type, argument.value.span,
                        fmt::format("`...` spreads a list here, found `{}`", type_name(value)));
      return Value{Poison{}};
    }
    secret = secret || value.secret;
    for (const auto& element : *value.list()) arguments.push_back(value.secret ? element.as_secret() : element);
  }
  for (auto* home = frame.home; home != nullptr; home = home->home) {
    const auto& contents = home->contents();
    const auto at = contents.function_at.find(name);
    if (at != contents.function_at.end()) return call_own(*contents.functions[at->second], *home, arguments, span);
    if (home->role == Node::Role::module) break;
  }
  const auto* function = find_function(name);
  if (function == nullptr) {
    std::vector<std::string> names;
    for (const auto& family : function_families()) {
      for (const auto& one : family.functions) names.push_back(one.name);
    }
    for (const auto* own : frame.home->contents().functions) names.push_back(own->name.name);
    diagnostics.error(Code::unknown_function, node.function.span, fmt::format("there is no function `{}`", name))
        .with_help(did_you_mean(name, names));
    return Value{Poison{}};
  }
  // Functions over instances see their names and keys only; `group_by` and the like read attributes.
  if (name == "group_by" && arguments.size() == 2) {
    if (auto grouped = group_instances(arguments, span)) return *std::move(grouped);
  }
  const CallContext context{folder_of(node.function.span.source), inputs};
  const auto outcome = call(*function, arguments, context);
  if (const auto* error = std::get_if<OperationError>(&outcome)) {
    const bool spread =
        std::any_of(node.arguments.begin(), node.arguments.end(), [](const auto& one) { return one.spread; });
    const auto first = diagnostics.size();
    auto value = poison(*error, error->argument < 0 ? node.function.span : span, spread ? nullptr : &node.arguments);
    // What cannot be read is no mistake of the call, but of the world around it.
    const bool unread = function->reads && error->kind == OperationError::Kind::argument && error->argument == 0;
    if (unread && arguments.front().string() != nullptr)
      diagnostics.at(first).code = name == "env" ? Code::environment_unset : Code::file_unreadable;
    return value;
  }
  auto value = std::get<Value>(outcome);
  // Also where what was spread is empty.
  value.secret = value.secret || (secret && !function->reveals);
  return weighed(std::move(value), span);
}

std::optional<Value> Machine::group_instances(const List& arguments, Span span) {
  const auto* key = arguments[1].string();
  List elements;
  if (const auto* list = arguments[0].list()) elements = *list;
  if (const auto* map = arguments[0].object()) {
    for (const auto& [name, value] : *map) elements.push_back(value);
  }
  const bool all_instances_ = !elements.empty() && std::all_of(elements.begin(), elements.end(),
                                                               [](const Value& one) { return one.is<Instance>(); });
  if (key == nullptr || !all_instances_) return std::nullopt;
  std::map<std::string, List> groups;
  for (const auto& element : elements) {
    const auto value = attribute_seen(std::get<Instance>(element.held), *key, span, Absent::is_error);
    if (value.string() == nullptr) return Value{Poison{}};
    groups[*value.string()].push_back(element);
  }
  Object result;
  for (auto& [name, list] : groups) result.set(name, Value{std::move(list)});
  return Value{std::move(result)};
}

Value Machine::call_own(const ast::FunctionDeclaration& function, Node& home, const List& arguments, Span span) {
  if (arguments.size() != function.parameters.size()) {
    diagnostics
        .error(Code::bad_arguments, span,
               fmt::format("`{}` takes {} argument{}, not {}", function.name.name, function.parameters.size(),
                           function.parameters.size() == 1 ? "" : "s", arguments.size()))
        .label(function.name.span, "declared here");
    return Value{Poison{}};
  }
  if (!calling_.insert(&function).second) {
    if (told_cycles_.insert(&function).second) {
      diagnostics
          .error(Code::recursive_function, span, fmt::format("the function `{}` calls itself", function.name.name))
          .label(function.name.span, "declared here")
          .with_help("functions do not recurse; walk a list with `for`");
    }
    return Value{Poison{}};
  }
  auto frame = frame_of(home, nullptr);
  std::deque<Variable> parameters;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    parameters.push_back({function.parameters[at].name, arguments[at], frame.variables});
    frame.variables = &parameters.back();
  }
  auto value = evaluate(function.value, frame);
  calling_.erase(&function);
  return value;
}

Value Machine::comprehension(const ast::Comprehension& node, Span span, const Frame& frame) {
  List results;
  std::vector<Object::Entry> entries;
  std::unordered_set<std::string> keys;
  bool secret = false;
  auto inner = frame;
  inner.wanted = nullptr;
  const auto filtered = filtered_by_self(node, inner);
  const auto take = [&](const Frame& at) {
    if (node.condition && !filtered) {
      const auto holds = decision(*node.condition, at, "if");
      if (holds.is_poison()) return false;
      secret = secret || holds.secret;
      if (!*holds.boolean()) return true;
    }
    if (!node.key) {
      results.push_back(evaluate(*node.value, at));
      return true;
    }
    const auto key = evaluate(*node.key, at);
    const auto* text = key.string();
    if (text == nullptr) {
      if (!key.is_poison())
        diagnostics.error(key.is_hole() ? Code::not_known_yet : Code::wrong_type, node.key->span,
                          fmt::format("a key is a text, found `{}`", type_name(key)));
      return false;
    }
    secret = secret || key.secret;
    if (!keys.insert(*text).second) {
      diagnostics.error(Code::duplicate_attribute, node.key->span, fmt::format("the key \"{}\" comes up twice", *text))
          .with_help("`group_by` collects several under one key");
      return false;
    }
    entries.emplace_back(*text, evaluate(*node.value, at));
    return true;
  };
  const auto take_element = [&](const Value& element) {
    const Variable variable{node.clauses.front().variables.front().name, element, inner.variables};
    auto at = inner;
    at.variables = &variable;
    return take(at);
  };
  if (filtered) {
    if (!std::all_of(filtered->begin(), filtered->end(), take_element)) return Value{Poison{}};
  } else {
    const auto walked = walk_clauses(node, 0, inner, take);
    if (walked.is_poison()) return walked;
    secret = secret || walked.secret;
  }
  auto value = node.key ? Value{Object::from(std::move(entries))} : Value{std::move(results)};
  value.secret = secret;
  return weighed(std::move(value), span);
}

Value Machine::walk_clauses(const ast::Comprehension& node, std::size_t clause_at, const Frame& frame,
                            const std::function<bool(const Frame&)>& visit) {
  if (clause_at == node.clauses.size()) return visit(frame) ? Value{true} : Value{Poison{}};
  bool secret = false;
  auto walked = walk_clause(node.clauses[clause_at], frame, [&](const Frame& inner) {
    const auto rest = walk_clauses(node, clause_at + 1, inner, visit);
    secret = secret || rest.secret;
    return !rest.is_poison();
  });
  walked.secret = walked.secret || secret;
  return walked;
}

Value Machine::walk_clause(const ast::Comprehension::Clause& clause, const Frame& frame,
                           const std::function<bool(const Frame&)>& visit) {
  const auto source = evaluate(*clause.source, frame);
  if (source.is_poison()) return source;
  Value walked{true};
  walked.secret = source.secret;
  const auto step = [&](Value key, const Value& value) {
    auto inner = frame;
    const Variable first{clause.variables.front().name, std::move(key), frame.variables};
    const bool has_key = clause.variables.size() == 2;
    const Variable last{clause.variables.back().name, source.secret ? value.as_secret() : value,
                        has_key ? &first : frame.variables};
    inner.variables = &last;
    return spend(1, clause.source->span) && visit(inner);
  };
  if (const auto* list = source.list()) {
    for (std::size_t at = 0; at < list->size(); ++at) {
      if (!step(Value{static_cast<std::int64_t>(at)}, (*list)[at])) return Value{Poison{}};
    }
    return walked;
  }
  if (const auto* object = source.object()) {
    for (const auto& [key, value] : *object) {
      if (!step(source.secret ? Value{key}.as_secret() : Value{key}, value)) return Value{Poison{}};
    }
    return walked;
  }
  if (source.is_hole()) {
    diagnostics.error(Code::not_known_yet, clause.source->span, "`for` walks what only apply can know")
        .note(display(source, 200));
  } else {
    diagnostics.error(Code::wrong_type, clause.source->span,
                      fmt::format("`for` walks a list or a map, found `{}`", type_name(source)));
  }
  return Value{Poison{}};
}

}  // namespace nmx
