#include <fmt/core.h>

#include <algorithm>

#include "lang/config/machine.hpp"

// Lists, objects and settings to values: what is written between brackets and braces, part by part.
namespace nmx {

Value Machine::list(const ast::ListLiteral& node, const Frame& frame) {
  List items;
  items.reserve(node.items.size());
  auto inner = frame;
  inner.wanted = frame.wanted != nullptr && frame.wanted->tag == Type::Tag::list && frame.wanted->of
                     ? &frame.wanted->of->front()
                     : nullptr;
  for (const auto& item : node.items) {
    if (item.condition) {
      const auto holds = truth(*item.condition, frame, "if");
      if (!holds) return Value{Poison{}};
      if (!*holds) continue;
    }
    if (!item.spread) {
      items.push_back(evaluate(item.value, inner));
      continue;
    }
    auto whole = frame;
    const auto value = evaluate(item.value, whole);
    if (value.is_poison()) return value;
    const auto* spread = value.list();
    if (spread == nullptr) {
      diagnostics.error(value.is_hole() ? Code::not_known_yet : Code::wrong_type, item.value.span,
                        fmt::format("`...` spreads a list here, found `{}`",
                                    value.is_hole() ? "what only apply can know" : type_name(value)));
      return Value{Poison{}};
    }
    for (auto element : *spread) {
      element.secret = element.secret || value.secret;
      items.push_back(std::move(element));
    }
  }
  return Value{std::move(items)};
}

namespace {

/// Puts a value under a path of keys, making objects on the way.
bool put(Object& object, const std::vector<std::string>& path, std::size_t at, Value value) {
  if (at + 1 == path.size()) {
    const auto* there = object.find(path[at]);
    if (there != nullptr && there->object() != nullptr && value.object() != nullptr) {
      auto joined = *there->object();
      for (const auto& [name, inner] : *value.object()) {
        if (!put(joined, {name}, 0, inner)) return false;
      }
      object.set(path[at], Value{std::move(joined)});
      return true;
    }
    if (there != nullptr) return false;
    object.set(path[at], std::move(value));
    return true;
  }
  const auto* there = object.find(path[at]);
  if (there != nullptr && there->object() == nullptr) return false;
  auto inner = there == nullptr ? Object{} : *there->object();
  if (!put(inner, path, at + 1, std::move(value))) return false;
  object.set(path[at], Value{std::move(inner)});
  return true;
}

}  // namespace

std::optional<std::vector<std::string>> Machine::key_path(const ast::Key& key, std::size_t from, const Frame& frame) {
  std::vector<std::string> path;
  auto inner = frame;
  inner.wanted = nullptr;
  for (auto at = from; at < key.parts.size(); ++at) {
    const auto& part = key.parts[at];
    if (!part.computed) {
      path.push_back(part.text);
      continue;
    }
    const auto value = evaluate(*part.computed, inner);
    if (value.string() == nullptr || value.secret) {
      if (!value.is_poison())
        diagnostics.error(value.is_hole() ? Code::not_known_yet : Code::wrong_type, part.span,
                          "a key is a known text that is not secret");
      return std::nullopt;
    }
    path.push_back(*value.string());
  }
  return path;
}

Value Machine::object(const ast::ObjectLiteral& node, const Frame& frame) {
  Object result;
  for (const auto& item : node.items) {
    if (item.condition) {
      const auto holds = truth(*item.condition, frame, "if");
      if (!holds) return Value{Poison{}};
      if (!*holds) continue;
    }
    if (item.spread) {
      auto inner = frame;
      const auto value = evaluate(item.value, inner);
      if (value.is_poison()) return value;
      if (value.is_null()) continue;
      const auto* spread = value.object();
      if (spread == nullptr) {
        diagnostics.error(value.is_hole() ? Code::not_known_yet : Code::wrong_type, item.value.span,
                          fmt::format("`...` spreads an object here, found `{}`",
                                      value.is_hole() ? "what only apply can know" : type_name(value)));
        return Value{Poison{}};
      }
      for (const auto& [name, field] : *spread) result.set(name, value.secret ? field.as_secret() : field);
      continue;
    }
    const auto path = key_path(item.key, 0, frame);
    if (!path) return Value{Poison{}};
    auto inner = frame;
    inner.wanted = path->size() == 1 ? field_type(frame.wanted, path->front()) : nullptr;
    auto value = evaluate(item.value, inner);
    if (path->size() == 1) {
      // What was spread before is overridden.
      if (const auto* there = result.find(path->front()); there != nullptr && !is_joined(node, item)) {
        result.set(path->front(), std::move(value));
        continue;
      }
    }
    if (!put(result, *path, 0, std::move(value))) {
      diagnostics.error(Code::duplicate_attribute, item.key.span, "this key is set twice");
      return Value{Poison{}};
    }
  }
  return Value{std::move(result)};
}

/// Whether another item of the object writes below the same first key, so that the two are parts of one.
bool Machine::is_joined(const ast::ObjectLiteral& node, const ast::ObjectItem& item) {
  return std::any_of(node.items.begin(), node.items.end(), [&](const ast::ObjectItem& other) {
    return &other != &item && !other.spread && !other.key.parts.empty() &&
           other.key.parts.front().text == item.key.parts.front().text;
  });
}

const Type* Machine::field_type(const Type* type, std::string_view name) {
  if (type == nullptr) return nullptr;
  if (type->tag == Type::Tag::map && type->of) return &type->of->front();
  if (type->tag != Type::Tag::object || !type->fields) return nullptr;
  for (const auto& field : *type->fields) {
    if (field.name == name) return &field.type;
  }
  return nullptr;
}

Value Machine::evaluate_setting(const Setting& setting, const Frame& frame) {
  const auto holds = [&](const ast::Attribute& part) -> std::optional<bool> {
    return part.condition ? truth(*part.condition, frame, "if") : std::optional(true);
  };
  if (setting.is_plain()) {
    const auto taken = holds(*setting.parts.front());
    if (!taken) return Value{Poison{}};
    return *taken ? evaluate(setting.parts.front()->value, frame) : Value{};
  }
  Object result;
  for (const auto* part : setting.parts) {
    const auto taken = holds(*part);
    if (!taken) return Value{Poison{}};
    if (!*taken) continue;
    auto inner = frame;
    if (part->key.parts.size() > 1) inner.wanted = nullptr;
    auto value = evaluate(part->value, inner);
    if (value.is_poison()) return value;
    const auto path = key_path(part->key, 1, frame);
    if (!path) return Value{Poison{}};
    if (path->empty()) {
      if (value.object() == nullptr) return value;
      for (const auto& [name, field] : *value.object()) put(result, {name}, 0, field);
    } else {
      put(result, *path, 0, std::move(value));
    }
  }
  return Value{std::move(result)};
}

}  // namespace nmx
