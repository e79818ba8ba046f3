#include "providers/lab/proxmox/parameter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "providers/lab/proxmox/format.hpp"

namespace nmx::lab::proxmox {
namespace {

/// What Perl calls a reference that stands where a plain value should.
std::string_view reference_name(const Json& value) {
  if (value.is_array()) return "ARRAY";
  if (value.is_object()) return "HASH";
  return "JSON::PP::Boolean";
}

std::string_view type_word(Parameter::Kind kind) {
  switch (kind) {
    case Parameter::Kind::text: return "string";
    case Parameter::Kind::integer: return "integer";
    case Parameter::Kind::number: return "number";
    case Parameter::Kind::boolean: return "boolean";
  }
  return "";
}

bool has_type(Parameter::Kind kind, std::string_view value) {
  switch (kind) {
    case Parameter::Kind::text: return true;
    case Parameter::Kind::integer: return matches(value, "[+-]?[0-9]+");
    case Parameter::Kind::number: return matches(value, "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    case Parameter::Kind::boolean: return matches(value, "[01]");
  }
  return false;
}

std::string number_text(double value) { return fmt::format("{:.0f}", value); }

std::size_t characters(std::string_view value) {
  return static_cast<std::size_t>(
      std::count_if(value.begin(), value.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::optional<std::string> text_error(const Parameter& parameter, const std::string& value) {
  if (!has_type(parameter.kind, value)) {
    return fmt::format("type check ('{}') failed - got '{}'", type_word(parameter.kind), value);
  }
  if (parameter.format.rfind("property:", 0) == 0) {
    const auto kind = parameter.format.substr(9);
    const auto parsed = parse_property_string(kind, parameter.name, value);
    if (parsed.error) return "invalid format - " + *parsed.error + (parsed.error->back() == '\n' ? "" : "\n");
  } else if (!parameter.format.empty()) {
    if (const auto error = format_error(parameter.format, value)) return "invalid format - " + *error + "\n";
  }
  if (parameter.pattern != nullptr && !matches(value, parameter.pattern))
    return "value does not match the regex pattern";
  if (parameter.longest && characters(value) > *parameter.longest) {
    return fmt::format("value may only be {} characters long", *parameter.longest);
  }
  if (parameter.shortest && characters(value) < *parameter.shortest) {
    return fmt::format("value must be at least {} characters long", *parameter.shortest);
  }
  const bool numeric = parameter.kind == Parameter::Kind::integer || parameter.kind == Parameter::Kind::number;
  if (numeric && parameter.max && std::stod(value) > *parameter.max) {
    return "value must have a maximum value of " + number_text(*parameter.max);
  }
  if (numeric && parameter.min && std::stod(value) < *parameter.min) {
    return "value must have a minimum value of " + number_text(*parameter.min);
  }
  if (!parameter.members.empty() &&
      std::find(parameter.members.begin(), parameter.members.end(), value) == parameter.members.end()) {
    return fmt::format("value '{}' does not have a value in the enumeration '{}'", value, joined(parameter.members));
  }
  return std::nullopt;
}

Parameter made(std::string name, Parameter::Kind kind) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.kind = kind;
  return parameter;
}

/// A scalar of a request as text; nothing for what Perl takes as undefined.
std::optional<std::string> scalar_text(const Json& value) {
  if (value.is_null()) return std::nullopt;
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  return value.dump();
}

}  // namespace

Parameter text(std::string name) { return made(std::move(name), Parameter::Kind::text); }
Parameter integer(std::string name) { return made(std::move(name), Parameter::Kind::integer); }
Parameter number(std::string name) { return made(std::move(name), Parameter::Kind::number); }
Parameter boolean(std::string name) { return made(std::move(name), Parameter::Kind::boolean); }

ParameterSet& ParameterSet::add(const ParameterSet& others) {
  parameters.insert(parameters.end(), others.parameters.begin(), others.parameters.end());
  indexed.insert(others.indexed.begin(), others.indexed.end());
  return *this;
}

ParameterSet& ParameterSet::add_indexed(Parameter parameter, int count) {
  indexed[parameter.name] = count;
  return add(std::move(parameter));
}

const Parameter* ParameterSet::find(std::string_view name) const {
  const auto by_name = [&](std::string_view wanted) -> const Parameter* {
    const auto found =
        std::find_if(parameters.begin(), parameters.end(), [&](const auto& one) { return one.name == wanted; });
    return found == parameters.end() ? nullptr : &*found;
  };
  const auto digits = name.find_last_not_of("0123456789") + 1;
  const auto counted = indexed.find(std::string(name.substr(0, digits)));
  if (counted == indexed.end()) return by_name(name);
  const auto index = name.substr(digits);
  const bool plain = !index.empty() && index.size() <= 3 && (index == "0" || index[0] != '0');
  return plain && std::stoi(std::string(index)) < counted->second ? by_name(counted->first) : nullptr;
}

std::optional<std::string> value_error(const Parameter& parameter, const Json& given) {
  Json value = given;
  constexpr std::string_view list = "-list";
  const bool takes_list =
      parameter.format.size() > list.size() && parameter.format.substr(parameter.format.size() - list.size()) == list;
  if (value.is_array() && takes_list) {
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : ",") + scalar_text(element).value_or("");
    value = text;
  }
  const bool boolean_fits = value.is_boolean() && parameter.kind == Parameter::Kind::boolean;
  if (value.is_array() || value.is_object() || (value.is_boolean() && !boolean_fits)) {
    return fmt::format("type check ('{}') failed - got {}", type_word(parameter.kind), reference_name(value));
  }
  return text_error(parameter, scalar_text(value).value_or(""));
}

Errors validate(const ParameterSet& set, const Json& given) {
  Errors errors;
  for (const auto& parameter : set.parameters) {
    if (parameter.required && (!given.contains(parameter.name) || given[parameter.name].is_null())) {
      errors[parameter.name] = "property is missing and it is not optional";
    }
  }
  for (const auto& [name, value] : given.items()) {
    const auto* parameter = set.find(name);
    if (parameter == nullptr) {
      errors[name] = "property is not defined in schema and the schema does not allow additional properties";
      continue;
    }
    if (!parameter->needs.empty() && (!given.contains(parameter->needs) || given[parameter->needs].is_null())) {
      errors[parameter->needs] = fmt::format("missing property required by '{}'", name);
    }
    if (value.is_null()) continue;
    auto named = *parameter;
    named.name = name;
    if (const auto error = value_error(named, value)) errors[name] = *error;
  }
  return errors;
}

}  // namespace nmx::lab::proxmox
