#include "lang/value/convert.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "lang/diagnostics/suggest.hpp"
#include "lang/value/checked.hpp"
#include "lang/value/overloaded.hpp"
#include "lang/value/units.hpp"

namespace nmx {
namespace {

using Tag = Type::Tag;
using Reason = Mismatch::Reason;

/// The value fits as it is: nothing is copied.
struct Same {};
using Fit = std::variant<Same, Value, Mismatch>;

Fit fit(const Value& value, const Type& type);

std::optional<Value> literal_of(const std::string& text, Tag tag) {
  const char* end = text.data() + text.size();
  if (tag == Tag::integer || tag == Tag::port || tag == Tag::number) {
    std::int64_t integer = 0;
    const auto whole = std::from_chars(text.data(), end, integer);
    if (whole.ec == std::errc() && whole.ptr == end) return Value(integer);
    double number = 0;
    const auto real = std::from_chars(text.data(), end, number);
    if (tag == Tag::number && real.ec == std::errc() && real.ptr == end && std::isfinite(number)) return Value(number);
  }
  if (tag == Tag::boolean && (text == "true" || text == "false")) return Value(text == "true");
  if (tag == Tag::bytes) {
    if (const auto bytes = parse_bytes(text)) return Value(*bytes);
  }
  if (tag == Tag::duration) {
    if (const auto duration = parse_duration(text)) return Value(*duration);
  }
  return std::nullopt;
}

/// Small bare numbers are meant as MiB, tiny ones as GiB, huge ones as the count itself.
std::string with_byte_unit(const Value& value) {
  const auto* integer = value.integer();
  if (!integer || *integer < 0) return "write it with a unit, for example `512MiB`";
  constexpr std::int64_t tiny = 64;
  constexpr std::int64_t huge = 1 << 20;
  if (*integer >= huge) return fmt::format("write `{}`", to_string(Bytes{*integer}));
  return fmt::format("write `{}{}`", *integer, *integer <= tiny ? "GiB" : "MiB");
}

std::string help_for(const Value& value, const Type& type) {
  if (value.secret) return {};
  if (const std::string* text = value.string()) {
    if (const auto literal = literal_of(*text, type.tag)) return fmt::format("write `{}`", display(*literal));
  }
  if (type.tag == Tag::bytes && value.is_number()) return with_byte_unit(value);
  if (type.tag == Tag::duration && value.is_number()) return fmt::format("write `{}s`", display(value));
  const bool plain = type.tag == Tag::integer || type.tag == Tag::number || type.tag == Tag::port;
  if (plain && value.is<Bytes>()) return "divide by a unit: `a / 1MiB`";
  if (plain && value.is<Duration>()) return "divide by a unit: `a / 1s`";
  if (type.tag == Tag::string) {
    if (const auto text = to_text(value); text && text->size() < 40) return fmt::format("write `\"{}\"`", *text);
  }
  const bool wraps =
      !value.is_list() && (!value.is_object() || (type.of && !type.of->empty() && type.of->front().tag != Tag::any));
  if (type.tag == Tag::list && type.of && !type.of->empty() && wraps) {
    const Fit element = fit(value, type.of->front());
    if (!std::holds_alternative<Mismatch>(element)) return "write `[…]` around it";
  }
  if (type.tag == Tag::integer && value.is<double>()) return "`floor(…)` or `ceil(…)` makes a whole number";
  return {};
}

Mismatch wrong_type(const Value& value, const Type& type) {
  const bool quantity = type.tag == Tag::bytes || type.tag == Tag::duration;
  const bool unit = (quantity && value.is_number()) || value.is<Bytes>() || value.is<Duration>();
  return {unit ? Reason::wrong_unit : Reason::wrong_type,
          {},
          fmt::format("expected `{}`, found `{}`", to_string(type), type_name(value)),
          help_for(value, type)};
}

Fit fit_if(bool fits, const Value& value, const Type& type) {
  if (fits) return Same{};
  return wrong_type(value, type);
}

Fit fit_integer(const Value& value, const Type& type) {
  constexpr double limit = 9223372036854775808.0;
  if (const auto* number = std::get_if<double>(&value.held)) {
    if (*number != std::trunc(*number) || *number < -limit || *number >= limit) return wrong_type(value, type);
    return Value(static_cast<std::int64_t>(*number));
  }
  return fit_if(value.is<std::int64_t>(), value, type);
}

Fit fit_port(const Value& value, const Type& type) {
  constexpr std::int64_t highest = 65535;
  Fit result = fit_integer(value, type);
  if (std::holds_alternative<Mismatch>(result)) return result;
  const Value* converted = std::get_if<Value>(&result);
  const std::int64_t port = *(converted ? *converted : value).integer();
  if (port >= 1 && port <= highest) return result;
  return Mismatch{
      Reason::bad_format, {}, fmt::format("`{}` is not a port", port), "a port is a number from 1 to 65535"};
}

Fit fit_checked(const Value& value, const Type& type) {
  const std::string* text = value.string();
  if (!text) return wrong_type(value, type);
  Result<std::string> form = canonical(type.tag, *text);
  if (!form) {
    return Mismatch{Reason::bad_format, {}, form.error().message, form.error().help};
  }
  if (*form == *text) return Same{};
  return Value(*std::move(form));
}

Fit fit_enumeration(const Value& value, const Type& type) {
  const std::string* text = value.string();
  if (!text) return wrong_type(value, type);
  if (std::find(type.names.begin(), type.names.end(), *text) != type.names.end()) return Same{};
  std::string help = did_you_mean(*text, type.names);
  if (help.empty()) {
    std::string members;
    for (const std::string& name : type.names) members += fmt::format("{}`{}`", members.empty() ? "" : ", ", name);
    help = "one of " + members;
  }
  return Mismatch{
      Reason::unknown_member, {}, fmt::format("`{}` is not a member of `{}`", *text, to_string(type)), std::move(help)};
}

Mismatch within(std::string step, Mismatch mismatch) {
  mismatch.path = std::move(step) + mismatch.path;
  return mismatch;
}

Fit fit_list(const Value& value, const Type& type) {
  const List* list = value.list();
  if (!list) return wrong_type(value, type);
  if (!type.of || type.of->empty()) return Same{};
  std::optional<List> changed;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Fit element = fit((*list)[i], type.of->front());
    if (auto* mismatch = std::get_if<Mismatch>(&element)) return within(fmt::format("[{}]", i), std::move(*mismatch));
    if (auto* converted = std::get_if<Value>(&element)) {
      if (!changed) changed = *list;
      (*changed)[i] = std::move(*converted);
    }
  }
  if (!changed) return Same{};
  return Value(*std::move(changed));
}

Fit fit_map(const Value& value, const Type& type) {
  const Object* object = value.object();
  if (!object) return wrong_type(value, type);
  if (!type.of || type.of->empty()) return Same{};
  std::optional<Object> changed;
  for (const auto& [key, inner] : *object) {
    Fit element = fit(inner, type.of->front());
    if (auto* mismatch = std::get_if<Mismatch>(&element)) {
      return within(fmt::format("[{}]", display(Value(key))), std::move(*mismatch));
    }
    if (auto* converted = std::get_if<Value>(&element)) {
      if (!changed) changed = *object;
      *changed->find(key) = std::move(*converted);
    }
  }
  if (!changed) return Same{};
  return Value(*std::move(changed));
}

std::optional<Mismatch> unknown_key(const Object& object, const std::vector<Field>& fields) {
  for (const auto& [key, inner] : object) {
    const auto named = [&name = key](const Field& field) { return field.name == name; };
    if (std::any_of(fields.begin(), fields.end(), named)) continue;
    std::vector<std::string> names;
    for (const Field& field : fields) names.push_back(field.name);
    std::string help = did_you_mean(key, names);
    if (help.empty()) {
      std::string known;
      for (const std::string& name : names) known += fmt::format("{}`{}`", known.empty() ? "" : ", ", name);
      help = names.empty() ? "" : "it has " + known;
    }
    return Mismatch{Reason::unknown_key, "." + key, fmt::format("unknown field `{}`", key), std::move(help)};
  }
  return std::nullopt;
}

Fit fit_object(const Value& value, const Type& type) {
  const Object* object = value.object();
  if (!object) return wrong_type(value, type);
  if (!type.fields) return Same{};
  if (auto mismatch = unknown_key(*object, *type.fields)) return *std::move(mismatch);
  std::optional<Object> changed;
  const auto put = [&](const std::string& name, Value inner) {
    if (!changed) changed = *object;
    changed->set(name, std::move(inner));
  };
  for (const Field& field : *type.fields) {
    const Value* found = object->find(field.name);
    if (!found || found->is_null()) {
      if (!field.optional) {
        return Mismatch{Reason::missing, "." + field.name, fmt::format("missing field `{}`", field.name),
                        fmt::format("add `{} = …`, of type `{}`", field.name, to_string(field.type))};
      }
      if (field.fallback) {
        put(field.name, *field.fallback);
      } else if (!found) {
        put(field.name, Value());
      }
      continue;
    }
    Fit element = fit(*found, field.type);
    if (auto* mismatch = std::get_if<Mismatch>(&element)) return within("." + field.name, std::move(*mismatch));
    if (auto* converted = std::get_if<Value>(&element)) put(field.name, std::move(*converted));
  }
  if (!changed) return Same{};
  return Value(*std::move(changed));
}

Fit fit_instance(const Value& value, const Type& type) {
  const auto* instance = std::get_if<Instance>(&value.held);
  if (!instance || !instance->entity) return wrong_type(value, type);
  if (!type.names.empty() && instance->entity->kind() != type.names[0]) return wrong_type(value, type);
  const bool by_family = type.names.size() < 2 && !instance->entity->member().empty();
  if (type.names.size() < 2 || instance->entity->member() == type.names[1]) {
    if (type.names.empty() || instance->by_family == by_family) return Same{};
    Value seen{Instance{instance->entity, by_family}};
    seen.secret = value.secret;
    return seen;
  }
  return Mismatch{Reason::wrong_type,
                  {},
                  fmt::format("expected `{}`, found `{}({})`", to_string(type), instance->entity->kind(),
                              instance->entity->member()),
                  {}};
}

Fit fit_one_of(const Value& value, const Type& type) {
  if (!type.of || type.of->empty()) return Same{};
  std::vector<Mismatch> telling;
  for (const Type& alternative : *type.of) {
    Fit result = fit(value, alternative);
    auto* mismatch = std::get_if<Mismatch>(&result);
    if (!mismatch) return result;
    // An alternative that fits in shape and fails inside says more than "none of them".
    if (mismatch->reason != Reason::wrong_type || !mismatch->path.empty()) telling.push_back(std::move(*mismatch));
  }
  if (telling.size() == 1) return telling.front();
  Mismatch mismatch = wrong_type(value, type);
  if (!telling.empty()) {
    mismatch.reason = telling.front().reason;
    mismatch.message = fmt::format("`{}` fits none of `{}`", display(value, 40), to_string(type));
    mismatch.help = telling.front().help;
  }
  return mismatch;
}

Fit fit_plain(const Value& value, const Type& type) {
  switch (type.tag) {
    case Tag::any: return Same{};
    case Tag::boolean: return fit_if(value.is<bool>(), value, type);
    case Tag::integer: return fit_integer(value, type);
    case Tag::number: return fit_if(value.is_number(), value, type);
    case Tag::string: return fit_if(value.is_string(), value, type);
    case Tag::bytes: return fit_if(value.is<Bytes>(), value, type);
    case Tag::duration: return fit_if(value.is<Duration>(), value, type);
    case Tag::nix: return fit_if(value.is<Nix>(), value, type);
    case Tag::port: return fit_port(value, type);
    case Tag::ip:
    case Tag::ip_range:
    case Tag::cidr:
    case Tag::mac:
    case Tag::hostname:
    case Tag::url:
    case Tag::path:
    case Tag::email: return fit_checked(value, type);
    case Tag::list: return fit_list(value, type);
    case Tag::map: return fit_map(value, type);
    case Tag::object: return fit_object(value, type);
    case Tag::enumeration: return fit_enumeration(value, type);
    case Tag::instance: return fit_instance(value, type);
    case Tag::one_of: return fit_one_of(value, type);
  }
  return Same{};
}

/// Says nothing of what a secret holds: no part of it, no key, no help that repeats it.
Mismatch without_secret(Mismatch mismatch, const Type& type) {
  const bool names_types_alone =
      mismatch.path.empty() && (mismatch.reason == Reason::wrong_type || mismatch.reason == Reason::wrong_unit);
  if (!names_types_alone) mismatch.message = fmt::format("the secret does not fit `{}`", to_string(type));
  mismatch.path.clear();
  mismatch.help.clear();
  return mismatch;
}

Fit fit(const Value& value, const Type& type) {
  const bool passes = value.is_null() || value.is_hole() || value.is_poison();
  Fit result = passes ? Fit(Same{}) : fit_plain(value, type);
  const bool secret = value.secret || type.secret;
  if (auto* mismatch = std::get_if<Mismatch>(&result); mismatch && value.secret) {
    return without_secret(std::move(*mismatch), type);
  }
  if (std::holds_alternative<Same>(result) && secret != value.secret) return value.as_secret();
  if (auto* converted = std::get_if<Value>(&result); converted && secret) converted->secret = true;
  return result;
}

}  // namespace

std::variant<Value, Mismatch> convert(const Value& value, const Type& type) {
  Fit result = fit(value, type);
  if (auto* mismatch = std::get_if<Mismatch>(&result)) return std::move(*mismatch);
  if (auto* converted = std::get_if<Value>(&result)) return std::move(*converted);
  return value;
}

std::optional<std::string> to_text(const Value& value) {
  using Text = std::optional<std::string>;
  return std::visit(Overloaded{
                        [](bool boolean) -> Text { return boolean ? "true" : "false"; },
                        [](std::int64_t integer) -> Text { return std::to_string(integer); },
                        [](double number) -> Text { return to_string(number); },
                        [](const Bytes& bytes) -> Text { return to_string(bytes); },
                        [](const Duration& duration) -> Text { return to_string(duration); },
                        [](const std::string& text) -> Text { return text; },
                        [](const Nix& nix) -> Text { return nix.text; },
                        [](const auto&) -> Text { return std::nullopt; },
                    },
                    value.held);
}

}  // namespace nmx
