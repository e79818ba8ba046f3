#include <fmt/core.h>

#include <algorithm>

#include "lang/config/machine.hpp"
#include "lang/config/object_builder.hpp"

// Lists, objects and settings to values: what is written between brackets and braces, part by part.
namespace nmx {

Value Machine::list(const ast::ListLiteral& node, const Frame& frame) {
  List items;
  items.reserve(node.items.size());
  auto inner = frame;
  inner.wanted = frame.wanted != nullptr && frame.wanted->tag == Type::Tag::list && frame.wanted->of
                     ? &frame.wanted->of->front()
                     : nullptr;
  bool secret = false;
  for (const auto& item : node.items) {
    if (item.condition) {
      const auto holds = decision(*item.condition, frame, "if");
      if (holds.is_poison()) return holds;
      secret = secret || holds.secret;
      if (!*holds.boolean()) continue;
    }
    if (!item.spread) {
      items.push_back(evaluate(item.value, inner));
      continue;
    }
    const auto value = evaluate(item.value, frame);
    if (value.is_poison()) return value;
    const auto* spread = value.list();
    if (spread == nullptr) {
      diagnostics.error(value.is_hole() ? Code::not_known_yet : Code::wrong_type, item.value.span,
                        fmt::format("`...` spreads a list here, found `{}`",
                                    value.is_hole() ? "what only apply can know" : type_name(value)));
      return Value{Poison{}};
    }
    // How many there are is as secret as they are.
    secret = secret || value.secret;
    items.insert(items.end(), spread->begin(), spread->end());
  }
  Value value{std::move(items)};
  value.secret = secret;
  return value;
}

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

namespace {

/// Most objects are nothing but names and values, each of which stands once.
bool is_plain(const ast::ObjectLiteral& node) {
  std::vector<std::string_view> keys;
  keys.reserve(node.items.size());
  for (const auto& item : node.items) {
    if (item.spread || item.condition || item.key.parts.size() != 1 || item.key.parts.front().computed) return false;
    keys.push_back(item.key.parts.front().text);
  }
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) == keys.end();
}

/// An item whose condition holds, and its keys (of what is spread none).
struct Taken {
  const ast::ObjectItem* item;
  std::vector<std::string> path;
};

}  // namespace

Value Machine::object(const ast::ObjectLiteral& node, const Frame& frame) {
  if (is_plain(node)) return plain_object(node, frame);
  bool secret = false;
  std::vector<Taken> taken;
  std::unordered_map<std::string_view, std::size_t> times;
  taken.reserve(node.items.size());
  for (const auto& item : node.items) {
    if (item.condition) {
      const auto holds = decision(*item.condition, frame, "if");
      if (holds.is_poison()) return holds;
      secret = secret || holds.secret;
      if (!*holds.boolean()) continue;
    }
    auto path = item.spread ? std::optional(std::vector<std::string>()) : key_path(item.key, 0, frame);
    if (!path) return Value{Poison{}};
    taken.push_back({&item, *std::move(path)});
    if (!item.spread) ++times[taken.back().path.front()];
  }
  ObjectBuilder result;
  for (auto& [item, path] : taken) {
    if (item->spread) {
      const auto value = evaluate(item->value, frame);
      if (value.is_poison()) return value;
      if (value.is_null()) continue;
      const auto* spread = value.object();
      if (spread == nullptr) {
        diagnostics.error(value.is_hole() ? Code::not_known_yet : Code::wrong_type, item->value.span,
                          fmt::format("`...` spreads an object here, found `{}`",
                                      value.is_hole() ? "what only apply can know" : type_name(value)));
        return Value{Poison{}};
      }
      // Which keys there are is as secret as what stands under them.
      secret = secret || value.secret;
      for (const auto& [name, field] : *spread) result.set(name, field);
      continue;
    }
    auto inner = frame;
    inner.wanted = type_at(frame.wanted, path);
    auto value = evaluate(item->value, inner);
    // What was spread before is overridden; items below one key are parts of it, and do not override each other.
    if (path.size() == 1 && times[path.front()] == 1 && result.contains(path.front())) {
      result.set(path.front(), std::move(value));
    } else if (!result.put(path, std::move(value))) {
      diagnostics.error(Code::duplicate_attribute, item->key.span, "this key is set twice");
      return Value{Poison{}};
    }
  }
  Value value{result.take()};
  value.secret = secret;
  return value;
}

Value Machine::plain_object(const ast::ObjectLiteral& node, const Frame& frame) {
  std::vector<Object::Entry> entries;
  entries.reserve(node.items.size());
  auto inner = frame;
  for (const auto& item : node.items) {
    const auto& key = item.key.parts.front().text;
    inner.wanted = field_type(frame.wanted, key);
    entries.emplace_back(key, evaluate(item.value, inner));
  }
  return Value{Object::from(std::move(entries))};
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

const Type* Machine::type_at(const Type* type, const std::vector<std::string>& path) {
  for (const auto& name : path) type = field_type(type, name);
  return type;
}

Value Machine::evaluate_setting(const Setting& setting, const Frame& frame) {
  bool secret = false;
  /// Whether the part is taken; nothing: an error was told.
  const auto holds = [&](const ast::Attribute& part) -> std::optional<bool> {
    if (!part.condition) return true;
    const auto value = decision(*part.condition, frame, "if");
    if (value.is_poison()) return std::nullopt;
    secret = secret || value.secret;
    return *value.boolean();
  };
  const auto finished = [&](Value value) {
    value.secret = value.secret || secret;
    return value;
  };
  if (setting.is_plain()) {
    const auto taken = holds(*setting.parts.front());
    if (!taken) return Value{Poison{}};
    return *taken ? finished(evaluate(setting.parts.front()->value, frame)) : Value{};
  }
  ObjectBuilder result;
  for (const auto* part : setting.parts) {
    const auto taken = holds(*part);
    if (!taken) return Value{Poison{}};
    if (!*taken) continue;
    const auto path = key_path(part->key, 1, frame);
    if (!path) return Value{Poison{}};
    auto inner = frame;
    inner.wanted = type_at(frame.wanted, *path);
    auto value = evaluate(part->value, inner);
    if (value.is_poison()) return value;
    if (!path->empty()) {
      result.put(*path, std::move(value));
      continue;
    }
    if (value.object() == nullptr) return finished(std::move(value));
    secret = secret || value.secret;
    for (const auto& [name, field] : *value.object()) result.put({name}, field);
  }
  return finished(Value{result.take()});
}

}  // namespace nmx
