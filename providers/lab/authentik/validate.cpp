#include <algorithm>
#include <string_view>

#include "providers/lab/authentik/field.hpp"

namespace nmx::lab::authentik {
namespace {

bool is_uuid(const std::string& text) {
  if (text.size() != 36) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    if (dash != (text[at] == '-')) return false;
    if (!dash && std::string_view("0123456789abcdefABCDEF").find(text[at]) == std::string_view::npos) return false;
  }
  return true;
}

bool is_slug(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_address(const std::string& text) {
  const auto scheme = text.find("://");
  return scheme != std::string::npos && scheme > 0 && text.size() > scheme + 3;
}

/// What is wrong with a text; empty: nothing.
std::string text_error(const Field& field, const Json& value) {
  if (!value.is_string() && !value.is_number()) return "Not a valid string.";
  const auto text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.empty()) return field.filled ? "This field may not be blank." : "";
  if (field.longest > 0 && text.size() > field.longest)
    return "Ensure this field has no more than " + std::to_string(field.longest) + " characters.";
  if (field.takes == Takes::slug && !is_slug(text))
    return "Enter a valid \"slug\" consisting of letters, numbers, underscores or hyphens.";
  if (field.takes == Takes::address && !is_address(text)) return "Enter a valid URL.";
  if (field.takes == Takes::mail && text.find('@') == std::string::npos) return "Enter a valid email address.";
  return {};
}

std::string member_error(const Field& field, const Json& value) {
  const auto text = value.is_string() ? value.get<std::string>() : value.dump();
  const bool known = std::find(field.members.begin(), field.members.end(), text) != field.members.end();
  return known ? "" : "\"" + text + "\" is not a valid choice.";
}

std::string uuid_error(const Json& value) {
  if (value.is_string() && is_uuid(value.get<std::string>())) return {};
  return "“" + (value.is_string() ? value.get<std::string>() : value.dump()) + "” is not a valid UUID.";
}

/// What is wrong with the elements of a list, by index.
template <typename Wrong>
Json list_error(const Json& value, const Wrong& wrong) {
  if (!value.is_array())
    return Json::array({"Expected a list of items but got type \"" + std::string(value.type_name()) + "\"."});
  auto errors = Json::object();
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (const auto error = wrong(value[at]); !error.empty()) errors[std::to_string(at)] = Json::array({error});
  }
  return errors.empty() ? Json() : errors;
}

Json redirect_errors(const Json& value, Release release) {
  if (!value.is_array())
    return Json::array({"Expected a list of items but got type \"" + std::string(value.type_name()) + "\"."});
  auto all = Json::array();
  bool any = false;
  for (const auto& uri : value) {
    auto errors = Json::object();
    if (!uri.is_object()) {
      errors["non_field_errors"] = Json::array({"Invalid data. Expected a dictionary."});
    } else {
      for (const auto& [name, inner] : uri.items()) {
        const bool use = name == "redirect_uri_type" && release >= 202605;
        if (name != "matching_mode" && name != "url" && !use)
          errors[name] = Json::array({"The lab: this release has no such field."});
      }
      if (!uri.contains("url") || !uri["url"].is_string() || uri["url"].get<std::string>().empty())
        errors["url"] = Json::array({"This field is required."});
      const auto mode = uri.value("matching_mode", Json());
      if (mode != "strict" && mode != "regex")
        errors["matching_mode"] = Json::array({"\"" + mode.dump() + "\" is not a valid choice."});
      const auto use = uri.value("redirect_uri_type", Json("authorization"));
      if (use != "authorization" && use != "logout")
        errors["redirect_uri_type"] = Json::array({"\"" + use.dump() + "\" is not a valid choice."});
    }
    any = any || !errors.empty();
    all.push_back(std::move(errors));
  }
  return any ? all : Json();
}

/// Null: nothing is wrong.
Json field_error(const Field& field, const Json& value, Release release) {
  const auto told = [](std::string error) { return error.empty() ? Json() : Json::array({std::move(error)}); };
  if (value.is_null()) return told(field.nullable ? "" : "This field may not be null.");
  switch (field.takes) {
    case Takes::text:
    case Takes::slug:
    case Takes::address:
    case Takes::mail: return told(text_error(field, value));
    case Takes::flag: return told(value.is_boolean() ? "" : "Must be a valid boolean.");
    case Takes::number: return told(value.is_number_integer() ? "" : "A valid integer is required.");
    case Takes::member: return told(member_error(field, value));
    case Takes::uuid: return told(uuid_error(value));
    case Takes::members: return list_error(value, [&](const Json& one) { return member_error(field, one); });
    case Takes::uuids: return list_error(value, uuid_error);
    case Takes::numbers:
      return list_error(value, [](const Json& one) {
        return one.is_number_integer() ? std::string() : "Incorrect type. Expected pk value.";
      });
    case Takes::object: return told(value.is_object() ? "" : "Value must be valid JSON.");
    case Takes::redirects: return redirect_errors(value, release);
  }
  return {};
}

}  // namespace

Json validate(const Collection& collection, const Json& body, Release release, bool partial) {
  auto errors = Json::object();
  if (!body.is_object()) {
    errors["non_field_errors"] = Json::array({"Invalid data. Expected a dictionary."});
    return errors;
  }
  for (const auto& [name, value] : body.items()) {
    const auto* field = collection.find(name);
    // The real server passes over these; here they are mistakes of whoever asks.
    if (!field || release < field->since || release >= field->until) {
      errors[name] = Json::array({"The lab: this release has no such field."});
    } else if (field->read_only) {
      errors[name] = Json::array({"The lab: this field can only be read."});
    } else if (auto error = field_error(*field, value, release); !error.is_null()) {
      errors[name] = std::move(error);
    }
  }
  for (const auto& field : collection.fields) {
    if (!partial && field.required && !body.contains(field.name) && release >= field.since)
      errors[field.name] = Json::array({"This field is required."});
  }
  return errors;
}

}  // namespace nmx::lab::authentik
