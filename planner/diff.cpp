#include "planner/diff.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace nmx {
namespace {

const Type& element_type(const Type& type) {
  static const Type any;
  return type.of && !type.of->empty() ? type.of->front() : any;
}

const Type& field_type(const Type& type, std::string_view name) {
  static const Type any;
  if (!type.fields) return any;
  const auto found =
      std::find_if(type.fields->begin(), type.fields->end(), [&](const Field& field) { return field.name == name; });
  return found == type.fields->end() ? any : found->type;
}

/// The elements of a list by what tells them apart. Two that show the same (written twice, secret, not known yet) are
/// told apart by their order.
std::map<std::string, Value> by_identity(const Value& list, const std::string& identity) {
  std::map<std::string, Value> elements;
  if (list.list() == nullptr) return elements;
  for (const auto& element : *list.list()) {
    const auto* object = element.object();
    if (object == nullptr) continue;
    const auto shown = display(object->at_or_null(identity), 4'000);
    auto key = shown;
    for (int number = 2; !elements.emplace(key, element).second; ++number) key = fmt::format("{} ({})", shown, number);
  }
  return elements;
}

/// A quoted text is shown without its quotes inside `mounts[…]`.
std::string plain(const std::string& shown) {
  return shown.size() >= 2 && shown.front() == '"' ? shown.substr(1, shown.size() - 2) : shown;
}

/// What becomes secret was meant to be so before, and what is none any more may still be used elsewhere.
void keep_secret(AttributeChange& change, const Type& type) {
  const bool before = contains_secret(change.before);
  const bool after = contains_secret(change.after);
  if (type.secret || (after && !before)) change.before.secret = true;
  if (type.secret || (before && !after)) change.after.secret = true;
}

class Comparison {
 public:
  Comparison(const ResourceType& type, const ThreeWay& views, const ResourceConfiguration& configuration)
      : type_(type), views_(views), configuration_(configuration) {}

  std::vector<AttributeChange> take() {
    for (const auto& attribute : type_.schema().interface.attributes) compare(attribute);
    const auto follows = [&](const AttributeChange& change) { return type_.schema().rule(change.path).derived; };
    if (!std::all_of(changes_.begin(), changes_.end(), follows)) std::erase_if(changes_, follows);
    return std::move(changes_);
  }

 private:
  void compare(const InterfaceAttribute& attribute) {
    const auto& ignored = configuration_.lifecycle.ignore_changes;
    if (std::find(ignored.begin(), ignored.end(), attribute.name) != ignored.end()) return;
    const auto* wanted = views_.wanted->find(attribute.name);
    if (wanted == nullptr || wanted->is_null()) return;
    const auto& rule = type_.schema().rule(attribute.name);
    const auto* before = views_.real->find(attribute.name);
    if (rule.write_only) {
      before = views_.applied == nullptr ? nullptr : views_.applied->find(attribute.name);
      if (before == nullptr) return;  // nobody knows what it is: not tracked
    }
    const auto& real = before == nullptr ? null_ : *before;
    const auto equal = [&](const Value& a, const Value& b, const Type& type) {
      return rule.whole ? a == b : same(a, b, type);
    };
    const bool by_element = wanted->list() != nullptr && (real.is_null() || real.list() != nullptr);
    if (rule.identity.empty() || !by_element) {
      if (!equal(*wanted, real, attribute.type)) add(attribute, rule, attribute.name, real, *wanted);
      return;
    }
    const auto old_elements = by_identity(real, rule.identity);
    const auto new_elements = by_identity(*wanted, rule.identity);
    for (const auto& [key, element] : old_elements) {
      if (!new_elements.contains(key)) add(attribute, rule, path(attribute, key), element, null_);
    }
    for (const auto& [key, element] : new_elements) {
      const auto old = old_elements.find(key);
      const auto& was = old == old_elements.end() ? null_ : old->second;
      if (!equal(element, was, element_type(attribute.type))) add(attribute, rule, path(attribute, key), was, element);
    }
  }

  static std::string path(const InterfaceAttribute& attribute, const std::string& key) {
    return fmt::format("{}[{}]", attribute.name, plain(key));
  }

  void add(const InterfaceAttribute& attribute, const AttributeRule& rule, std::string at, const Value& before,
           const Value& after) {
    AttributeChange change;
    change.path = std::move(at);
    change.before = before;
    change.after = after;
    keep_secret(change, attribute.type);
    const auto effect = type_.on_change(change.path, before, after).value_or(rule.on_change);
    switch (effect) {
      case OnChange::live: change.danger = ChangeClass::live; break;
      case OnChange::restart: change.danger = ChangeClass::restart; break;
      case OnChange::replace: change.danger = ChangeClass::replace; break;
      case OnChange::forbidden: change.forbidden = true; break;
    }
    const auto place = configuration_.places.find(attribute.name);
    if (place != configuration_.places.end()) change.place = place->second;
    if (views_.applied != nullptr) {
      const auto* applied = views_.applied->find(attribute.name);
      const auto* wanted = views_.wanted->find(attribute.name);
      const auto* real = views_.real->find(attribute.name);
      // Somebody changed it only where it is no longer what was applied.
      const bool drifted = applied != nullptr && (real == nullptr || !(*real == *applied));
      change.undoes_drift = drifted && same(*wanted, *applied, attribute.type);
    }
    changes_.push_back(std::move(change));
  }

  const ResourceType& type_;
  const ThreeWay& views_;
  const ResourceConfiguration& configuration_;
  const Value null_;
  std::vector<AttributeChange> changes_;
};

}  // namespace

bool same(const Value& wanted, const Value& real, const Type& type) {
  if (type.tag == Type::Tag::object && wanted.object() != nullptr && real.object() != nullptr) {
    for (const auto& [name, value] : *wanted.object()) {
      if (!value.is_null() && !same(value, real.object()->at_or_null(name), field_type(type, name))) return false;
    }
    return true;
  }
  if (type.tag == Type::Tag::list && wanted.list() != nullptr && real.list() != nullptr) {
    const auto& a = *wanted.list();
    const auto& b = *real.list();
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](const Value& x, const Value& y) {
             return same(x, y, element_type(type));
           });
  }
  return wanted == real;
}

std::vector<AttributeChange> differences(const ResourceType& type, const ThreeWay& views,
                                         const ResourceConfiguration& configuration) {
  return Comparison(type, views, configuration).take();
}

std::vector<AttributeChange> drift(const ResourceType& type, const ThreeWay& views) {
  std::vector<AttributeChange> changes;
  for (const auto& attribute : type.schema().interface.attributes) {
    const auto* wanted = views.wanted == nullptr ? nullptr : views.wanted->find(attribute.name);
    if (views.wanted != nullptr && (wanted == nullptr || wanted->is_null())) continue;
    if (type.schema().rule(attribute.name).write_only) continue;
    const auto& applied = views.applied->at_or_null(attribute.name);
    const auto& real = views.real->at_or_null(attribute.name);
    if (same(applied, real, attribute.type) && same(real, applied, attribute.type)) continue;
    AttributeChange change;
    change.path = attribute.name;
    change.before = applied;
    change.after = real;
    keep_secret(change, attribute.type);
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace nmx
