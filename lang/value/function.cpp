#include "lang/value/function.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "lang/value/convert.hpp"
#include "lang/value/function_families.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;

const Parameter& parameter_of(const Function& function, std::size_t position) {
  return function.parameters[std::min(position, function.parameters.size() - 1)];
}

std::string plural(std::size_t count) { return fmt::format("{} argument{}", count, count == 1 ? "" : "s"); }

std::optional<OperationError> wrong_count(const Function& function, std::size_t given) {
  const std::size_t most = function.parameters.size();
  std::size_t least = 0;
  for (std::size_t i = 0; i < most; ++i) {
    const bool repeated = function.variadic && i + 1 == most;
    if (!function.parameters[i].optional && !repeated) ++least;
  }
  if (given >= least && (function.variadic || given <= most)) return std::nullopt;
  const bool open = function.variadic || least < most;
  const std::string wanted = !open           ? plural(most)
                             : given < least ? fmt::format("at least {}", plural(least))
                                             : fmt::format("at most {}", plural(most));
  return OperationError{Kind::argument_count, fmt::format("`{}` takes {}, found {}", function.name, wanted, given),
                        fmt::format("`{}`", signature(function))};
}

/// The error of a body or a conversion, told of the function and of the argument that is to blame.
OperationError named(const Function& function, OperationError error) {
  if (error.argument >= 0) {
    const Parameter& parameter = parameter_of(function, static_cast<std::size_t>(error.argument));
    error.message = fmt::format("argument `{}` of `{}`: {}", parameter.name, function.name, error.message);
  } else {
    error.message = fmt::format("`{}`: {}", function.name, error.message);
  }
  return error;
}

/// A list of a certain type has no room for null, though null as such fits every type.
std::optional<std::string> null_inside(const Value& value, const Type& type) {
  const bool typed = type.of && !type.of->empty() && type.of->front().tag != Type::Tag::any;
  if (!typed) return std::nullopt;
  if (const List* list = value.list(); list && type.tag == Type::Tag::list) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if ((*list)[i].is_null()) return fmt::format("[{}] is null", i);
      if (auto inner = null_inside((*list)[i], type.of->front())) return fmt::format("[{}]{}", i, *inner);
    }
  }
  if (const Object* object = value.object(); object && type.tag == Type::Tag::map) {
    for (const auto& [key, element] : *object) {
      if (element.is_null()) return fmt::format(".{} is null", key);
      if (auto inner = null_inside(element, type.of->front())) return fmt::format(".{}{}", key, *inner);
    }
  }
  return std::nullopt;
}

std::variant<Value, OperationError> prepared(const Function& function, const Value& argument, std::size_t position) {
  const Parameter& parameter = parameter_of(function, position);
  const Type& type = parameter.type;
  const auto at = static_cast<int>(position);
  if (argument.is_null() && !parameter.nullable) {
    return OperationError{Kind::null, "null is not allowed", "give a default: `a ?? …`", at};
  }
  if (type.tag == Type::Tag::any) return argument;
  auto converted = convert(argument, type);
  if (auto* mismatch = std::get_if<Mismatch>(&converted)) {
    const std::string where = mismatch->path.empty() ? "" : fmt::format("{}: ", mismatch->path);
    return OperationError{Kind::argument, where + mismatch->message, std::move(mismatch->help), at};
  }
  if (!parameter.nullable) {
    if (auto found = null_inside(argument, type)) return OperationError{Kind::null, *std::move(found), {}, at};
  }
  return std::get<Value>(std::move(converted));
}

struct Contents {
  bool hole = false;
  bool poison = false;
  bool secret = false;
};

void look(const Value& value, Contents& contents) {
  contents.hole = contents.hole || value.is_hole();
  contents.poison = contents.poison || value.is_poison();
  contents.secret = contents.secret || value.secret;
  if (const List* list = value.list()) {
    for (const Value& element : *list) look(element, contents);
  } else if (const Object* object = value.object()) {
    for (const auto& [key, element] : *object) look(element, contents);
  }
}

Contents contents_of(std::span<const Value> arguments, const Function& function) {
  Contents contents;
  for (const Value& argument : arguments) {
    if (!function.structural) {
      look(argument, contents);
      continue;
    }
    contents.hole = contents.hole || argument.is_hole();
    contents.poison = contents.poison || argument.is_poison();
    contents.secret = contents.secret || argument.secret;
  }
  return contents;
}

Value unknown_result(const Function& function, std::vector<Value> arguments) {
  Value hole = remember(function.name, std::move(arguments), function.result);
  if (function.reveals) hole.secret = false;
  return hole;
}

std::map<std::string, Function, std::less<>> all_functions() {
  std::map<std::string, Function, std::less<>> all;
  for (auto& family : function_families()) {
    for (Function& function : family.functions) {
      if (!function.body) continue;
      std::string name = function.name;
      all.emplace(std::move(name), std::move(function));
    }
  }
  return all;
}

}  // namespace

const std::map<std::string, Function, std::less<>>& functions() {
  static const std::map<std::string, Function, std::less<>> all = all_functions();
  return all;
}

const Function* find_function(std::string_view name) {
  const auto found = functions().find(name);
  return found == functions().end() ? nullptr : &found->second;
}

std::string signature(const Function& function) {
  std::string parameters;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const bool repeated = function.variadic && i + 1 == function.parameters.size();
    parameters += fmt::format("{}{}{}", i == 0 ? "" : ", ", function.parameters[i].name,
                              repeated                          ? "…"
                              : function.parameters[i].optional ? "?"
                                                                : "");
  }
  return fmt::format("{}({})", function.name, parameters);
}

Outcome call(const Function& function, std::span<const Value> arguments, const CallContext& context) {
  // Null for an optional argument is the same as leaving it out, except where null is a default like any other.
  while (!arguments.empty() && arguments.back().is_null() && arguments.size() <= function.parameters.size()) {
    const Parameter& last = function.parameters[arguments.size() - 1];
    if (!last.optional || last.nullable) break;
    arguments = arguments.first(arguments.size() - 1);
  }
  for (const Value& argument : arguments) {
    if (argument.is_poison()) return Value(Poison{});
  }
  if (auto error = wrong_count(function, arguments.size())) return *std::move(error);
  std::vector<Value> converted;
  converted.reserve(arguments.size());
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    auto argument = prepared(function, arguments[i], i);
    if (auto* error = std::get_if<OperationError>(&argument)) return named(function, std::move(*error));
    converted.push_back(std::get<Value>(std::move(argument)));
  }
  const Contents contents = contents_of(converted, function);
  if (contents.poison) return Value(Poison{});
  if (contents.hole && function.reads) {
    return named(function, {Kind::not_known, "its arguments must be known while planning"});
  }
  if (contents.hole) return unknown_result(function, std::move(converted));
  Outcome result = function.body(converted, context);
  if (auto* error = std::get_if<OperationError>(&result)) {
    if (error->kind == Kind::not_known) return unknown_result(function, std::move(converted));
    // What a body says may repeat its argument.
    if (contents.secret) *error = {error->kind, "this cannot be done with the secret it got", {}, error->argument};
    return named(function, std::move(*error));
  }
  Value& value = std::get<Value>(result);
  value.secret = !function.reveals && (value.secret || contents.secret);
  return result;
}

}  // namespace nmx
