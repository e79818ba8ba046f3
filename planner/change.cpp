#include "planner/change.hpp"

#include <array>

namespace nmx {
namespace {

constexpr std::array<std::pair<ChangeClass, std::string_view>, 7> classes{{
    {ChangeClass::none, "none"},
    {ChangeClass::create, "create"},
    {ChangeClass::live, "live"},
    {ChangeClass::restart, "restart"},
    {ChangeClass::replace, "replace"},
    {ChangeClass::destroy, "destroy"},
    {ChangeClass::data_loss, "data-loss"},
}};
constexpr std::array<std::pair<Action, std::string_view>, 6> actions{{
    {Action::none, "none"},
    {Action::create, "create"},
    {Action::update, "update"},
    {Action::replace, "replace"},
    {Action::destroy, "destroy"},
    {Action::forget, "forget"},
}};

template <typename Table, typename Value>
std::string_view word(const Table& table, Value value) {
  for (const auto& [one, text] : table) {
    if (one == value) return text;
  }
  return "";
}

template <typename Value, typename Table>
std::optional<Value> value_of(const Table& table, std::string_view text) {
  for (const auto& [one, known] : table) {
    if (known == text) return one;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(ChangeClass danger) { return word(classes, danger); }
std::string_view to_string(Action action) { return word(actions, action); }
std::optional<ChangeClass> parse_change_class(std::string_view text) { return value_of<ChangeClass>(classes, text); }
std::optional<Action> parse_action(std::string_view text) { return value_of<Action>(actions, text); }

}  // namespace nmx
