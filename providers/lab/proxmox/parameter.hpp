#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nmx::lab::proxmox {

using Json = nlohmann::json;
/// Messages by parameter.
using Errors = std::map<std::string, std::string>;

/// What a parameter, or a key of a property string, may hold.
struct Parameter {
  enum class Kind { text, integer, number, boolean };
  std::string name;
  Kind kind = Kind::text;
  bool required = false;
  std::optional<double> min, max;
  std::optional<std::size_t> shortest, longest;
  const char* pattern = nullptr;
  /// A named format, or `property:net` for a property string.
  std::string format;
  std::vector<std::string> members;
  /// Present only together with this one.
  std::string needs;
  /// The key that a part without `=` is of.
  bool is_default_key = false;

  // Written as a sentence: `text("name").named("dns-name").up_to(255)`.
  Parameter need() && { return required = true, std::move(*this); }
  Parameter from(double least) && { return min = least, std::move(*this); }
  Parameter to(double most) && { return max = most, std::move(*this); }
  Parameter at_least(std::size_t characters) && { return shortest = characters, std::move(*this); }
  Parameter up_to(std::size_t characters) && { return longest = characters, std::move(*this); }
  Parameter like(const char* expression) && { return pattern = expression, std::move(*this); }
  Parameter named(std::string known_format) && { return format = std::move(known_format), std::move(*this); }
  Parameter one_of(std::vector<std::string> words) && { return members = std::move(words), std::move(*this); }
  Parameter with(std::string other) && { return needs = std::move(other), std::move(*this); }
  Parameter by_default() && { return is_default_key = true, std::move(*this); }
};

Parameter text(std::string name);
Parameter integer(std::string name);
Parameter number(std::string name);
Parameter boolean(std::string name);

/// What a method takes; an indexed parameter (`net[n]`) stands once, with how many there may be.
struct ParameterSet {
  std::vector<Parameter> parameters;
  std::map<std::string, int> indexed;  // `net` → 32

  /// The parameter that a name is, an indexed one included (`net3`); null pointer: none.
  const Parameter* find(std::string_view name) const;
  ParameterSet& add(Parameter parameter) { return parameters.push_back(std::move(parameter)), *this; }
  ParameterSet& add(const ParameterSet& others);
  ParameterSet& add_indexed(Parameter parameter, int count);
};

/// The message for one value, or nothing.
std::optional<std::string> value_error(const Parameter& parameter, const Json& value);
/// All messages for the parameters of a request.
Errors validate(const ParameterSet& set, const Json& given);

/// A property string taken apart; the keys in the order of the format when printed.
struct PropertyString {
  std::map<std::string, std::string> values;
  std::optional<std::string> error;
};
/// `kind`: `net`, `rootfs`, `mp`, `dev`, `features`, `unused`. `name`: the option, for messages (`net0`).
PropertyString parse_property_string(std::string_view kind, std::string_view name, std::string_view value);
std::string print_property_string(std::string_view kind, const std::map<std::string, std::string>& values);

/// The kind of property string that an option holds (`net0` → `net`), or empty.
std::string property_kind(std::string_view option);

/// The options of a container's configuration, and those that only creation takes.
const ParameterSet& container_options();
const ParameterSet& creation_options();

}  // namespace nmx::lab::proxmox
