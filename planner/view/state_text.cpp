#include "planner/view/state_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lang/diagnostics/visible.hpp"
#include "lang/value/value_json.hpp"
#include "planner/view/value_text.hpp"

namespace nmx {
namespace {

using Json = nlohmann::json;

Value without_secrets(const Value& value) {
  if (value.secret) return Value("(secret)");
  if (const auto* list = value.list()) {
    List all;
    for (const auto& element : *list) all.push_back(without_secrets(element));
    return all;
  }
  if (const auto* object = value.object()) {
    Object all;
    for (const auto& [name, field] : *object) all.set(name, without_secrets(field));
    return all;
  }
  return value;
}

Json plain(const Value& value) {
  const auto text = to_json(without_secrets(value));
  return text ? Json::parse(*text) : Json(display(without_secrets(value), 200));
}

/// Columns for a value after so many others; some also beside the longest name.
std::size_t left_beside(std::size_t taken, std::size_t width) {
  constexpr std::size_t least = 20;
  return width > taken + least ? width - taken : least;
}

}  // namespace

std::string state_text(const State& state, std::size_t width) {
  if (state.objects.empty() && state.outputs.empty()) return "The state is empty.\n";
  std::string text;
  for (const auto& [address, object] : state.objects) {
    text += fmt::format("{}  ({}{}{})\n", visible(to_string(address)), visible(object.type),
                        object.id.empty() ? "" : " ", visible(object.id));
    std::size_t column = 0;
    for (const auto& [name, value] : object.attributes) column = std::max(column, nmx::width(name));
    for (const auto& [name, value] : object.attributes) {
      text += fmt::format("  {:{}}  {}\n", visible(name), column, value_text(value, left_beside(column + 4, width)));
    }
    if (object.protect) text += "  protected: nothing of nmx's destroys it\n";
    text += "\n";
  }
  if (!state.outputs.empty()) text += outputs_text(state.outputs, width);
  return text;
}

std::string state_json(const State& state) {
  Json all{
      {"format", "nmx-state/1"}, {"lineage", state.lineage}, {"serial", state.serial}, {"objects", Json::object()}};
  for (const auto& [address, object] : state.objects) {
    auto needs = Json::array();
    for (const auto& one : object.dependencies) needs.push_back(to_string(one));
    all["objects"][to_string(address)] = {{"type", object.type},   {"provider", object.provider},
                                          {"id", object.id},       {"attributes", plain(Value(object.attributes))},
                                          {"dependencies", needs}, {"protect", object.protect}};
  }
  all["outputs"] = Json::parse(outputs_json(state.outputs));
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string addresses_json(const State& state) {
  auto list = Json::array();
  for (const auto& [address, object] : state.objects) {
    list.push_back({{"address", to_string(address)}, {"type", object.type}, {"id", object.id}});
  }
  return list.dump(2) + "\n";
}

std::string outputs_text(const std::map<std::string, StateOutput>& outputs, std::size_t width) {
  if (outputs.empty()) return "There are no outputs.\n";
  std::size_t column = 0;
  for (const auto& [name, output] : outputs) column = std::max(column, name.size());
  std::string text;
  for (const auto& [name, output] : outputs) {
    const auto* object = output.value.object();
    if (object == nullptr || output.value.secret) {
      text += fmt::format("{:{}} = {}\n", name, column, value_text(output.value, left_beside(column + 3, width)));
      continue;
    }
    text += fmt::format("{}\n", name);
    std::size_t inner = 0;
    for (const auto& [key, value] : *object) inner = std::max(inner, key.size());
    for (const auto& [key, value] : *object) {
      text += fmt::format("  {:{}} = {}\n", visible(key), inner, value_text(value, left_beside(inner + 5, width)));
    }
  }
  return text;
}

std::string outputs_json(const std::map<std::string, StateOutput>& outputs) {
  auto all = Json::object();
  for (const auto& [name, output] : outputs) all[name] = plain(output.value);
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string output_json(const Value& value) {
  auto open = value;
  open.secret = false;
  const auto text = to_json(open, JsonStyle::pretty);
  return (text ? *text : "\"" + display(value, 200) + "\"") + "\n";
}

}  // namespace nmx
