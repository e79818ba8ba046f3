#include <fmt/core.h>

#include <map>

#include "lang/diagnostics/suggest.hpp"
#include "lang/value/convert.hpp"
#include "lang/value/functions/families.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;

Outcome keys(Arguments arguments, const CallContext&) {
  List names;
  for (const auto& [key, value] : object_of(arguments[0])) names.emplace_back(key);
  return Value(std::move(names));
}

Outcome values(Arguments arguments, const CallContext&) {
  List all;
  for (const auto& [key, value] : object_of(arguments[0])) all.push_back(value);
  return Value(std::move(all));
}

Outcome lookup(Arguments arguments, const CallContext&) {
  const Object& object = object_of(arguments[0]);
  const std::string& key = text_of(arguments[1]);
  if (const Value* found = object.find(key)) return *found;
  if (arguments.size() > 2) return arguments[2];
  std::vector<std::string> names;
  for (const auto& [name, value] : object) names.push_back(name);
  return bad_argument(1, fmt::format("no key `{}`", key), did_you_mean(key, names));
}

Outcome merge(Arguments arguments, const CallContext&) {
  std::vector<Object::Entry> entries;
  for (const Value& object : arguments) {
    if (object.is_null()) continue;
    entries.insert(entries.end(), object_of(object).begin(), object_of(object).end());
  }
  return Value(Object::from(std::move(entries)));
}

/// Nothing where a hole meets an object: it may turn out to be one, which would have to be joined.
std::optional<Value> joined(const Value& under, const Value& over) {
  const bool objects = under.is_object() && over.is_object();
  if (!objects && (under.is_hole() || over.is_hole()) && (under.is_object() || over.is_object())) return std::nullopt;
  if (!objects) return over;
  Object result = object_of(under);
  for (const auto& [key, value] : object_of(over)) {
    Value* found = result.find(key);
    if (!found) {
      result.set(key, value);
      continue;
    }
    auto inner = joined(*found, value);
    if (!inner) return std::nullopt;
    *found = *std::move(inner);
  }
  Value whole(std::move(result));
  whole.secret = under.secret || over.secret;
  return whole;
}

Outcome merge_deep(Arguments arguments, const CallContext&) {
  Value result{Object{}};
  for (const Value& object : arguments) {
    if (object.is_null()) continue;
    auto whole = joined(result, object);
    if (!whole) return OperationError{Kind::not_known, {}};
    result = *std::move(whole);
  }
  return result;
}

Outcome zipmap(Arguments arguments, const CallContext&) {
  const List& names = list_of(arguments[0]);
  const List& contents = list_of(arguments[1]);
  if (names.size() != contents.size()) {
    return bad_argument(1, fmt::format("{} values for {} keys", contents.size(), names.size()));
  }
  std::vector<Object::Entry> entries;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].is_hole()) return OperationError{Kind::not_known, {}};
    entries.emplace_back(text_of(names[i]), contents[i]);
  }
  return Value(Object::from(std::move(entries)));
}

Value from_groups(const std::map<std::string, List>& groups) {
  Object object;
  for (const auto& [key, members] : groups) object.set(key, members);
  return object;
}

Outcome transpose(Arguments arguments, const CallContext&) {
  std::map<std::string, List> groups;
  for (const auto& [key, names] : object_of(arguments[0])) {
    for (const Value& name : list_of(names)) groups[text_of(name)].emplace_back(key);
  }
  return from_groups(groups);
}

Outcome group_by(Arguments arguments, const CallContext&) {
  std::map<std::string, List> groups;
  const std::string& key = text_of(arguments[1]);
  const List& list = list_of(arguments[0]);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Object* object = list[i].object();
    if (!object) return bad_argument(0, fmt::format("[{}] is `{}`, not an object", i, type_name(list[i])));
    const Value* found = object->find(key);
    if (!found) return bad_argument(0, fmt::format("[{}] has no attribute `{}`", i, key));
    const auto text = to_text(*found);
    if (!text) return bad_argument(0, fmt::format("[{}].{} is `{}`, which is no key", i, key, type_name(*found)));
    groups[*text].push_back(list[i]);
  }
  return from_groups(groups);
}

}  // namespace

std::vector<Function> map_functions() {
  // clang-format off
  return {
      {.name = "keys", .parameters = {{"map", types::map}}, .result = types::strings,
       .doc = "The keys in byte order.\nkeys({ b = 1, a = 2 })  # [\"a\", \"b\"]", .body = keys, .structural = true},
      {.name = "values", .parameters = {{"map", types::map}}, .result = types::list,
       .doc = "The values in the byte order of their keys.\nvalues({ b = 1, a = 2 })  # [2, 1]", .body = values, .structural = true},
      {.name = "lookup", .parameters = {{"map", types::map}, {"key", types::string}, {.name = "default", .type = types::any, .optional = true, .nullable = true}}, .result = types::any,
       .doc = "The value of a key, or a default where there is none.\nlookup({ a = 1 }, \"b\", 0)  # 0", .body = lookup, .structural = true},
      {.name = "merge", .parameters = {{.name = "maps", .type = types::map, .nullable = true}}, .variadic = true, .result = types::map,
       .doc = "The entries of several maps in one; of equal keys the last one stays, null counts as empty.\nmerge({ a = 1 }, { a = 2, b = 3 })  # { a = 2, b = 3 }", .body = merge, .structural = true},
      {.name = "merge_deep", .parameters = {{.name = "maps", .type = types::map, .nullable = true}}, .variadic = true, .result = types::map,
       .doc = "Like `merge`, but objects inside objects are joined too, at any depth.\nmerge_deep({ a = { b = 1 } }, { a = { c = 2 } })  # { a = { b = 1, c = 2 } }", .body = merge_deep, .structural = true},
      {.name = "zipmap", .parameters = {{"keys", types::strings}, {"values", types::list}}, .result = types::map,
       .doc = "A map of keys and values that stand at the same index.\nzipmap([\"a\", \"b\"], [1, 2])  # { a = 1, b = 2 }", .body = zipmap, .structural = true},
      {.name = "transpose", .parameters = {{"map", Type::map_of(types::strings)}}, .result = Type::map_of(types::strings),
       .doc = "A map of lists turned round: for each element the keys under which it stood.\ntranspose({ a = [\"x\"], b = [\"x\", \"y\"] })  # { x = [\"a\", \"b\"], y = [\"b\"] }", .body = transpose},
      {.name = "group_by", .parameters = {{"list", types::list}, {"key", types::string}}, .result = Type::map_of(types::list),
       .doc = "Objects gathered by the text of one of their attributes.\ngroup_by([{ n = 1, on = \"a\" }, { n = 2, on = \"a\" }], \"on\")  # { a = [{ n = 1, on = \"a\" }, { n = 2, on = \"a\" }] }", .body = group_by},
  };
  // clang-format on
}

}  // namespace nmx
