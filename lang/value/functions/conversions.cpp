#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "lang/value/convert.hpp"
#include "lang/value/functions/families.hpp"
#include "lang/value/functions/nix_text.hpp"
#include "lang/value/units.hpp"

namespace nmx {

Value revealed(const Value& value) {
  Value result = value;
  result.secret = false;
  if (!contains_secret(result)) return result;
  if (const List* list = value.list()) {
    List open;
    for (const Value& element : *list) open.push_back(revealed(element));
    return open;
  }
  Object open;
  for (const auto& [key, element] : object_of(value)) open.set(key, revealed(element));
  return open;
}

namespace {

OperationError cannot_become(const Value& value, std::string_view type) {
  const std::string shown =
      value.is_string() && !value.secret ? display(value, 40) : fmt::format("`{}`", type_name(value));
  return bad_argument(0, fmt::format("{} cannot become {}", shown, type));
}

Outcome tostring(Arguments arguments, const CallContext&) {
  if (arguments[0].is_null()) return Value();
  if (auto text = to_text(arguments[0])) return Value(*std::move(text));
  return bad_argument(0, fmt::format("`{}` has no text", type_name(arguments[0])),
                      "`jsonencode(…)` writes lists and objects");
}

Outcome tonumber(Arguments arguments, const CallContext&) {
  const Value& value = arguments[0];
  if (value.is_null() || value.is_number()) return value;
  const std::string* text = value.string();
  if (!text) return cannot_become(value, "a number");
  const char* begin = text->data();
  const char* end = begin + text->size();
  std::int64_t integer = 0;
  if (const auto read = std::from_chars(begin, end, integer); read.ec == std::errc() && read.ptr == end)
    return Value(integer);
  double number = 0;
  const auto read = std::from_chars(begin, end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return cannot_become(value, "a number");
  return Value(number);
}

Outcome tobool(Arguments arguments, const CallContext&) {
  const Value& value = arguments[0];
  if (value.is_null() || value.boolean()) return value;
  if (const std::string* text = value.string(); text && (*text == "true" || *text == "false"))
    return Value(*text == "true");
  return cannot_become(value, "a bool");
}

Outcome tobytes(Arguments arguments, const CallContext&) {
  const Value& value = arguments[0];
  if (value.is_null() || value.is<Bytes>()) return value;
  if (const std::string* text = value.string()) {
    if (const auto bytes = parse_bytes(*text)) return Value(*bytes);
  }
  return cannot_become(value, "bytes");
}

Outcome toduration(Arguments arguments, const CallContext&) {
  const Value& value = arguments[0];
  if (value.is_null() || value.is<Duration>()) return value;
  if (const std::string* text = value.string()) {
    if (const auto duration = parse_duration(*text)) return Value(*duration);
  }
  return cannot_become(value, "a duration");
}

Outcome tolist(Arguments arguments, const CallContext&) {
  if (arguments[0].is_null() || arguments[0].is_list()) return arguments[0];
  OperationError error = cannot_become(arguments[0], "a list");
  if (arguments[0].is_object()) error.help = "`values(…)` or `keys(…)` take one side of an object";
  return error;
}

Outcome tomap(Arguments arguments, const CallContext&) {
  if (arguments[0].is_null() || arguments[0].is_object()) return arguments[0];
  return cannot_become(arguments[0], "a map");
}

Outcome reveal(Arguments arguments, const CallContext&) { return revealed(arguments[0]); }
Outcome sensitive(Arguments arguments, const CallContext&) { return arguments[0].as_secret(); }
Outcome issensitive(Arguments arguments, const CallContext&) { return Value(arguments[0].secret); }
/// Nothing of this language lives for one run only.
Outcome ephemeralasnull(Arguments arguments, const CallContext&) { return arguments[0]; }
Outcome nix(Arguments arguments, const CallContext&) { return Value(Nix{text_of(arguments[0])}); }

/// `a.b` is a package in a set of packages.
Outcome pkgs(Arguments arguments, const CallContext&) {
  const std::string name = text_of(arguments[0]);
  std::string code = "pkgs";
  for (std::size_t at = 0; at <= name.size();) {
    const auto end = std::min(name.find('.', at), name.size());
    if (end == at)
      return bad_argument(0, fmt::format("`{}` names no package", name), "as in nixpkgs: `python3Packages.requests`");
    code += '.' + nix_key(std::string_view(name).substr(at, end - at));
    at = end + 1;
  }
  return Value(Nix{std::move(code)});
}

}  // namespace

std::vector<Function> conversion_functions() {
  const std::vector<Parameter> anything = {{.name = "value", .type = types::any, .nullable = true}};
  // clang-format off
  return {
      {.name = "tostring", .parameters = anything, .result = types::string,
       .doc = "The text of a bool, number, bytes or duration, as inside `${…}`.\ntostring(80)  # \"80\"", .body = tostring},
      {.name = "tonumber", .parameters = anything, .result = types::number,
       .doc = "The number that a text writes.\ntonumber(\"80\")  # 80", .body = tonumber},
      {.name = "tobool", .parameters = anything, .result = types::boolean,
       .doc = "true of \"true\", false of \"false\".\ntobool(\"true\")  # true", .body = tobool},
      {.name = "tobytes", .parameters = anything, .result = Type::simple(Type::Tag::bytes),
       .doc = "The bytes that a text writes with a unit.\ntobytes(\"512MiB\")  # 512MiB", .body = tobytes},
      {.name = "toduration", .parameters = anything, .result = Type::simple(Type::Tag::duration),
       .doc = "The duration that a text writes with a unit.\ntoduration(\"90s\")  # 90s", .body = toduration},
      {.name = "tolist", .parameters = anything, .result = types::list,
       .doc = "A list as it is; an error for all else.\ntolist([1, 2])  # [1, 2]", .body = tolist, .structural = true},
      {.name = "tomap", .parameters = anything, .result = types::map,
       .doc = "An object as it is; an error for all else.\ntomap({ a = 1 })  # { a = 1 }", .body = tomap, .structural = true},
      {.name = "reveal", .parameters = anything, .result = types::any,
       .doc = "The value, no longer secret.\nreveal(sensitive(\"a\"))  # \"a\"", .body = reveal, .reveals = true},
      {.name = "sensitive", .parameters = anything, .result = Type::secret_of(types::any),
       .doc = "The value as a secret: never shown, never stored in the clear.\nsensitive(\"a\") == \"a\"  # (secret)", .body = sensitive, .structural = true},
      {.name = "nonsensitive", .parameters = anything, .result = types::any,
       .doc = "Terraform's word for `reveal`.\nnonsensitive(sensitive(\"a\"))  # \"a\"", .body = reveal, .reveals = true},
      {.name = "issensitive", .parameters = anything, .result = types::boolean,
       .doc = "Whether a value is secret as a whole; what is inside of it may be, too.\nissensitive(\"a\")  # false", .body = issensitive, .structural = true, .reveals = true},
      {.name = "ephemeralasnull", .parameters = anything, .result = types::any,
       .doc = "The value as it is: nothing here is ephemeral as it is in Terraform.\nephemeralasnull(1)  # 1", .body = ephemeralasnull, .structural = true},
      {.name = "nix", .parameters = {{"code", types::string}}, .result = Type::simple(Type::Tag::nix),
       .doc = "Nix code, placed into generated files as it is.\nnix(\"pkgs.postgresql_17\")  # nix(\"pkgs.postgresql_17\")", .body = nix},
      {.name = "pkgs", .parameters = {{"name", types::string}}, .result = Type::simple(Type::Tag::nix),
       .doc = "A package of nixpkgs.\npkgs(\"python3Packages.requests\")  # nix(\"pkgs.python3Packages.requests\")", .body = pkgs},
  };
  // clang-format on
}

}  // namespace nmx
