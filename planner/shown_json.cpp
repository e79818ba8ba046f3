#include "planner/shown_json.hpp"

#include <nlohmann/json.hpp>

#include "lang/value/value_json.hpp"

namespace nmx {
namespace {

Value shown(const Value& value) {
  if (value.secret) return Value("(secret)");
  if (const auto* list = value.list()) {
    List all;
    for (const auto& element : *list) all.push_back(shown(element));
    return all;
  }
  if (const auto* object = value.object()) {
    Object all;
    for (const auto& [name, field] : *object) all.set(name, shown(field));
    return all;
  }
  if (value.is_hole()) return Value(display(value, 200));
  return value;
}

}  // namespace

nlohmann::json shown_json(const Value& value) {
  const auto text = to_json(shown(value));
  return text ? nlohmann::json::parse(*text) : nlohmann::json(display(shown(value), 200));
}

}  // namespace nmx
