#include <fmt/core.h>

#include "lang/diagnostics/suggest.hpp"
#include "lang/value/convert.hpp"
#include "lang/value/ip_address.hpp"
#include "lang/value/operators.hpp"

namespace nmx {
namespace {

using Kind = OperationError::Kind;

enum class Shown { all, nothing };

OperationError no_key(const Object& object, std::string_view key, Shown shown) {
  if (shown == Shown::nothing) return {Kind::index, "no attribute of that name in this object"};
  std::vector<std::string> keys;
  for (const auto& [name, value] : object) keys.push_back(name);
  std::string help = did_you_mean(key, keys);
  if (help.empty() && object.empty()) help = "the object is empty";
  return {Kind::index, fmt::format("no attribute `{}` in this object", key), std::move(help)};
}

/// A checked cidr is an ordinary string; its two parts are read from the text.
std::optional<Value> part_of_cidr(const std::string& text, std::string_view name) {
  if (name != "prefix" && name != "address") return std::nullopt;
  const auto cidr = parse_cidr(text);
  if (!cidr) return std::nullopt;
  return name == "prefix" ? Value(cidr->prefix) : Value(to_string(cidr->address));
}

Value spread(const Value& from, Value value) {
  value.secret = value.secret || from.secret;
  return value;
}

OperationError no_attributes(const Value& object, std::string_view name) {
  if (object.is_null()) {
    return {Kind::null, fmt::format("cannot read `{}` of null", name), fmt::format("`?.{}` gives null instead", name)};
  }
  return {Kind::operands, fmt::format("a value of type `{}` has no attribute `{}`", type_name(object), name)};
}

Outcome element_of(const List& list, const Value& key) {
  const auto* position = key.integer();
  if (!position) {
    return OperationError{Kind::index, fmt::format("a list is indexed by `int`, not by `{}`", type_name(key))};
  }
  if (*position < 0 || static_cast<std::uint64_t>(*position) >= list.size()) {
    const std::string size = list.empty() ? "the list is empty" : fmt::format("the list has {} elements", list.size());
    return OperationError{Kind::index, fmt::format("index {} is out of range: {}", *position, size),
                          *position < 0 ? "`reverse(list)[0]` is the last element" : ""};
  }
  return list[static_cast<std::size_t>(*position)];
}

}  // namespace

Outcome member(const Value& object, std::string_view name) {
  if (object.is_poison()) return Value(Poison{});
  if (object.is_hole()) return remember("member", {object, Value(name)});
  if (const Object* fields = object.object()) {
    if (const Value* found = fields->find(name)) return spread(object, *found);
    return no_key(*fields, name, object.secret ? Shown::nothing : Shown::all);
  }
  if (const std::string* text = object.string()) {
    if (auto part = part_of_cidr(*text, name)) return spread(object, *std::move(part));
  }
  return no_attributes(object, name);
}

Outcome index(const Value& object, const Value& key) {
  if (object.is_poison() || key.is_poison()) return Value(Poison{});
  if (object.is_hole() || key.is_hole()) return remember("index", {object, key});
  if (object.is_null()) {
    return OperationError{Kind::null, "cannot index null", "give a default: `(a ?? [])[0]`"};
  }
  Outcome result = Value();
  if (const List* list = object.list()) {
    result = element_of(*list, key);
  } else if (const Object* fields = object.object()) {
    const std::string* name = key.string();
    if (!name) {
      return OperationError{Kind::index, fmt::format("an object is indexed by `string`, not by `{}`", type_name(key))};
    }
    const Value* found = fields->find(*name);
    result = found ? Outcome(*found)
                   : Outcome(no_key(*fields, *name, object.secret || key.secret ? Shown::nothing : Shown::all));
  } else {
    return OperationError{Kind::operands, fmt::format("a value of type `{}` cannot be indexed", type_name(object)),
                          object.is_string() ? "`substr(text, 0, 1)` takes characters of a text" : ""};
  }
  if (Value* value = std::get_if<Value>(&result)) value->secret = value->secret || object.secret || key.secret;
  return result;
}

Outcome concatenate(const List& pieces) {
  bool secret = false;
  bool hole = false;
  std::string text;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Value& piece = pieces[i];
    if (piece.is_poison()) return Value(Poison{});
    secret = secret || piece.secret;
    if (piece.is_hole()) {
      hole = true;
      continue;
    }
    const auto part = to_text(piece);
    if (!part) {
      OperationError error{
          Kind::operands, fmt::format("`{}` cannot stand inside a text", type_name(piece)), {}, static_cast<int>(i)};
      if (piece.is_list()) error.help = "write `${join(\", \", list)}`";
      if (piece.is_object()) error.help = "write `${jsonencode(object)}`";
      if (piece.is<Instance>()) error.help = "name one of its attributes";
      if (piece.is_null())
        error = {Kind::null, "null cannot stand inside a text", "give a default: `${a ?? \"\"}`", static_cast<int>(i)};
      return error;
    }
    if (!hole) text += *part;
  }
  if (hole) return remember("concatenate", pieces, Type::simple(Type::Tag::string));
  Value result(std::move(text));
  result.secret = secret;
  return result;
}

}  // namespace nmx
