#include "providers/authentik/translate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

using Form = Attribute::Form;

constexpr Release has_several_parents{2025, 12};
constexpr Release has_redirect_use{2026, 5};

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array units = {Unit{"weeks", 604'800'000}, Unit{"days", 86'400'000}, Unit{"hours", 3'600'000},
                              Unit{"minutes", 60'000},    Unit{"seconds", 1'000},   Unit{"milliseconds", 1}};

bool always_there(std::string_view mapping) {
  return mapping == "openid" || mapping == "email" || mapping == "profile" || mapping == "proxy";
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> found;
  for (const auto& element : elements(list)) {
    if (auto text = tolerant_text(element)) found.push_back(*std::move(text));
  }
  return found;
}

Value sorted(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return Value(List(words.begin(), words.end()));
}

/// `matching`, `url`, `use`, whatever was left out.
Value normal_redirects(const Value& written) {
  List redirects;
  for (const auto& element : elements(written)) {
    const auto* plain = element.string();
    const Fields fields(element);
    redirects.emplace_back(Object{{"url", plain ? *plain : fields.text_or("url", "")},
                                  {"matching", fields.text_or("matching", "strict")},
                                  {"use", fields.text_or("use", "authorization")}});
  }
  const auto before = [](const Value& a, const Value& b) {
    const Fields left(a);
    const Fields right(b);
    return std::tuple(left.text_or("use", ""), left.text_or("url", ""), left.text_or("matching", "")) <
           std::tuple(right.text_or("use", ""), right.text_or("url", ""), right.text_or("matching", ""));
  };
  std::sort(redirects.begin(), redirects.end(), before);
  redirects.erase(std::unique(redirects.begin(), redirects.end()), redirects.end());
  return redirects;
}

Value redirects_from_api(const Value& json) {
  List redirects;
  for (const auto& element : elements(json)) {
    const Fields fields(element);
    redirects.emplace_back(Object{{"url", fields.text_or("url", "")},
                                  {"matching", fields.text_or("matching_mode", "strict")},
                                  {"use", fields.text_or("redirect_uri_type", "authorization")}});
  }
  return normal_redirects(redirects);
}

Value redirects_to_api(const Value& value, Release release) {
  List redirects;
  for (const auto& element : elements(value)) {
    const Fields fields(element);
    Object one{{"url", fields.at("url")}, {"matching_mode", fields.at("matching")}};
    if (release >= has_redirect_use) one.set("redirect_uri_type", fields.at("use"));
    redirects.emplace_back(std::move(one));
  }
  return redirects;
}

Value named(const Attribute& attribute, const Value& id, const Directory& directory) {
  return directory.name(attribute.names, id).value_or(tolerant_text(id).value_or(""));
}

Value value_from_api(const Attribute& attribute, const Value& json, const Directory& directory) {
  switch (attribute.form) {
    case Form::plain: return attribute.names == Names::nothing ? json : named(attribute, json, directory);
    case Form::set:
    case Form::extra: {
      std::vector<std::string> words;
      for (const auto& element : elements(json)) {
        const auto word = attribute.names == Names::nothing ? element : named(attribute, element, directory);
        words.push_back(tolerant_text(word).value_or(""));
      }
      if (attribute.form == Form::extra) std::erase_if(words, always_there);
      return sorted(std::move(words));
    }
    case Form::lines: return sorted(split_list(tolerant_text(json).value_or(""), "\n"));
    case Form::validity: {
      const auto duration = read_validity(tolerant_text(json).value_or(""));
      return duration ? Value(*duration) : json;
    }
    case Form::redirects: return redirects_from_api(json);
    case Form::attributes: {
      auto own = json.object() ? *json.object() : Object{};
      own.erase(mark_key);
      return own;
    }
    case Form::config: return json;
  }
  return {};
}

Result<Value> id_of(const Attribute& attribute, const std::string& name, const Directory& directory) {
  if (name.empty()) return Value{};
  auto id = directory.id(attribute.names, name);
  if (!id) return Error{fmt::format("`{}`: there is no `{}`", attribute.name(), name)};
  return *std::move(id);
}

Result<Value> value_to_api(const Attribute& attribute, const Value& value, const Directory& directory,
                           Release release) {
  switch (attribute.form) {
    case Form::plain:
      if (attribute.names == Names::nothing) return value;
      return id_of(attribute, tolerant_text(value).value_or(""), directory);
    case Form::set:
    case Form::extra: {
      if (attribute.names == Names::nothing) return value;
      List ids;
      for (const auto& name : texts(value)) {
        auto id = id_of(attribute, name, directory);
        if (!id) return id.error();
        ids.push_back(*std::move(id));
      }
      return Value(std::move(ids));
    }
    case Form::lines: {
      std::string lines;
      for (const auto& line : texts(value)) lines += lines.empty() ? line : '\n' + line;
      return Value(std::move(lines));
    }
    case Form::validity: {
      const auto* duration = std::get_if<Duration>(&value.held);
      return duration ? Value(write_validity(*duration)) : value;
    }
    case Form::redirects: return redirects_to_api(value, release);
    case Form::attributes:
    case Form::config: return value;
  }
  return Value{};
}

}  // namespace

Object from_api(const Model& model, const Value& json, const Directory& directory) {
  const Fields fields(json);
  const Fields config(fields.at("config"));
  Object object;
  for (const auto& attribute : model.attributes) {
    if (attribute.field.empty()) continue;
    const auto& told = attribute.form == Form::config ? config.at(attribute.field) : fields.at(attribute.field);
    const bool is_key = std::find(model.key.begin(), model.key.end(), attribute.name()) != model.key.end();
    if (told.is_null()) {
      // Naming nothing is written as an empty text, so that it can be asked for.
      const bool names_one = attribute.names != Names::nothing && attribute.form == Form::plain;
      if (names_one && !is_key && fields.at(attribute.field).is_null()) object.set(attribute.name(), "");
      continue;
    }
    auto value = value_from_api(attribute, told, directory);
    if (attribute.interface.type.secret) value.secret = true;
    object.set(attribute.name(), std::move(value));
  }
  // Releases before 2025.12 know one parent, under another name.
  if (model.find("parents") && fields.at("parents").is_null()) {
    const auto& parent = fields.at("parent");
    const List one{parent.is_null() ? Value{} : named(*model.find("parents"), parent, directory)};
    object.set("parents", parent.is_null() ? List{} : one);
  }
  return object;
}

Result<Object> to_api(const Model& model, const Object& wanted, const std::vector<std::string>& attributes,
                      const Directory& directory, Release release) {
  Object body;
  for (const auto& name : attributes) {
    const auto* attribute = model.find(name);
    const auto* value = wanted.find(name);
    if (!attribute || !value || attribute->field.empty() || attribute->form == Form::config) continue;
    if (attribute->since > release) {
      // Planned before the server was there to say what it knows.
      if (*value == normal_value(*attribute, attribute->interface.fallback, {})) continue;
      return Error{fmt::format("`{}` needs Authentik {}, and this server is {}", name, to_string(attribute->since),
                               to_string(release))};
    }
    auto given = value_to_api(*attribute, *value, directory, release);
    if (!given) return given.error();
    if (name == "parents" && release < has_several_parents) {
      const auto& parents = elements(*given);
      body.set("parent", parents.empty() ? Value{} : parents.front());
      continue;
    }
    body.set(attribute->field, *std::move(given));
  }
  return body;
}

Value normal_value(const Attribute& attribute, const Value& written, const Object& mappings) {
  if (written.is_hole() || contains_hole(written)) return written;
  switch (attribute.form) {
    case Form::set:
    case Form::extra: {
      auto words = texts(written);
      if (attribute.names == Names::mapping) {
        for (auto& word : words) word = Fields(mappings).text_or(word, word);
      }
      if (attribute.form == Form::extra) std::erase_if(words, always_there);
      return sorted(std::move(words));
    }
    case Form::lines: return sorted(texts(written));
    case Form::redirects: return normal_redirects(written);
    case Form::attributes: {
      auto own = written.object() ? *written.object() : Object{};
      own.erase(mark_key);
      return own;
    }
    case Form::plain:
    case Form::validity:
    case Form::config: return written;
  }
  return written;
}

std::vector<std::string> unknown_names(const Attribute& attribute, const Value& value, const Directory& directory) {
  if (attribute.names == Names::nothing) return {};
  std::vector<std::string> unknown;
  const List single{value};
  for (const auto& name : texts(value.is_list() ? value : Value(single))) {
    if (!name.empty() && !directory.id(attribute.names, name)) unknown.push_back(name);
  }
  return unknown;
}

std::string write_validity(Duration duration) {
  for (const auto& unit : units) {
    if (duration.milliseconds % unit.milliseconds == 0 && unit.name != "weeks")
      return fmt::format("{}={}", unit.name, duration.milliseconds / unit.milliseconds);
  }
  return "seconds=0";
}

std::optional<Duration> read_validity(std::string_view text) {
  std::int64_t total = 0;
  for (const auto& part : split_list(text, ";,")) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const auto name = std::string_view(part).substr(0, equals);
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& one) { return one.name == name; });
    const auto count = tolerant_integer(Value(part.substr(equals + 1)));
    if (unit == units.end() || !count) return std::nullopt;
    total += *count * unit->milliseconds;
  }
  return Duration{total};
}

}  // namespace nmx::authentik
