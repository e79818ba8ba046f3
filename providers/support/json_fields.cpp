#include "providers/support/json_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/core.h>

namespace nmx {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

}  // namespace

std::optional<std::int64_t> tolerant_integer(const Value& value) {
  if (const auto* integer = value.integer()) return *integer;
  if (const auto* boolean = value.boolean()) return *boolean ? 1 : 0;
  if (const auto* number = std::get_if<double>(&value.held)) {
    constexpr double limit = 9.2e18;
    if (std::isfinite(*number) && std::abs(*number) < limit && std::floor(*number) == *number)
      return static_cast<std::int64_t>(*number);
    return std::nullopt;
  }
  if (const auto* text = value.string()) {
    std::int64_t integer = 0;
    const char* begin = text->data();
    const char* end = begin + text->size();
    if (begin != end && *begin == '+') ++begin;
    const auto parsed = std::from_chars(begin, end, integer);
    if (parsed.ec == std::errc{} && parsed.ptr == end && begin != end) return integer;
  }
  return std::nullopt;
}

std::optional<bool> tolerant_boolean(const Value& value) {
  if (const auto* boolean = value.boolean()) return *boolean;
  if (const auto* text = value.string()) {
    const auto word = lower(*text);
    if (word == "1" || word == "true" || word == "yes" || word == "on") return true;
    if (word == "0" || word == "false" || word == "no" || word == "off") return false;
    return std::nullopt;
  }
  if (const auto integer = tolerant_integer(value)) return *integer != 0;
  return std::nullopt;
}

std::optional<std::string> tolerant_text(const Value& value) {
  if (const auto* text = value.string()) return *text;
  if (const auto* integer = value.integer()) return std::to_string(*integer);
  if (const auto* boolean = value.boolean()) return std::string(*boolean ? "1" : "0");
  if (const auto* number = std::get_if<double>(&value.held)) return fmt::format("{}", *number);
  return std::nullopt;
}

const Value& Fields::at(std::string_view name) const {
  static const Value nothing;
  return object_ ? object_->at_or_null(name) : nothing;
}

std::string Fields::text_or(std::string_view name, std::string_view otherwise) const {
  auto found = text(name);
  return found ? *std::move(found) : std::string(otherwise);
}

std::int64_t Fields::integer_or(std::string_view name, std::int64_t otherwise) const {
  return integer(name).value_or(otherwise);
}

bool Fields::boolean_or(std::string_view name, bool otherwise) const { return boolean(name).value_or(otherwise); }

const List& elements(const Value& json) {
  static const List none;
  const auto* list = json.list();
  return list ? *list : none;
}

Object without_nulls(const Object& written) {
  Object object;
  for (const auto& [name, value] : written) {
    if (!value.is_null()) object.set(name, value);
  }
  return object;
}

std::vector<std::string> split_list(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    if (end > at) parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace nmx
