#include "lang/value/value.hpp"

#include <algorithm>

#include "lang/value/overloaded.hpp"

namespace nmx {
namespace {

constexpr auto before = [](const Object::Entry& entry, std::string_view key) { return entry.first < key; };

bool same_number(std::int64_t integer, double number) {
  // A double holds no more than 53 bits, so that comparing as doubles would call 2^53 and 2^53 + 1 equal.
  constexpr double limit = 9223372036854775808.0;
  return number >= -limit && number < limit && static_cast<double>(static_cast<std::int64_t>(number)) == number &&
         static_cast<std::int64_t>(number) == integer;
}

template <typename Found>
bool anywhere(const Value& value, Found found) {
  if (found(value)) return true;
  if (const List* list = value.list()) {
    return std::any_of(list->begin(), list->end(), [&](const Value& element) { return anywhere(element, found); });
  }
  if (const Object* object = value.object()) {
    return std::any_of(object->begin(), object->end(),
                       [&](const Object::Entry& entry) { return anywhere(entry.second, found); });
  }
  return false;
}

}  // namespace

Object::Object(std::initializer_list<Entry> entries) : Object(from({entries.begin(), entries.end()})) {}

Object Object::from(std::vector<Entry> entries) {
  Object object;
  const auto by_key = [](const Entry& left, const Entry& right) { return left.first < right.first; };
  const auto not_rising = [](const Entry& left, const Entry& right) { return left.first >= right.first; };
  if (std::adjacent_find(entries.begin(), entries.end(), not_rising) == entries.end()) {
    object.entries_ = std::move(entries);
    return object;
  }
  std::stable_sort(entries.begin(), entries.end(), by_key);
  object.entries_.reserve(entries.size());
  for (Entry& entry : entries) {
    if (!object.entries_.empty() && object.entries_.back().first == entry.first) {
      object.entries_.back().second = std::move(entry.second);
    } else {
      object.entries_.push_back(std::move(entry));
    }
  }
  return object;
}

const Value* Object::find(std::string_view key) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), key, before);
  return found != entries_.end() && found->first == key ? &found->second : nullptr;
}

Value* Object::find(std::string_view key) {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), key, before);
  return found != entries_.end() && found->first == key ? &found->second : nullptr;
}

const Value& Object::at_or_null(std::string_view key) const {
  static const Value null;
  const Value* found = find(key);
  return found ? *found : null;
}

void Object::set(std::string key, Value value) {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), std::string_view(key), before);
  if (place != entries_.end() && place->first == key) {
    place->second = std::move(value);
  } else {
    entries_.insert(place, Entry{std::move(key), std::move(value)});
  }
}

bool Object::erase(std::string_view key) {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), key, before);
  if (place == entries_.end() || place->first != key) return false;
  entries_.erase(place);
  return true;
}

std::size_t Object::size() const { return entries_.size(); }
std::vector<Object::Entry>::const_iterator Object::begin() const { return entries_.begin(); }
std::vector<Object::Entry>::const_iterator Object::end() const { return entries_.end(); }
std::vector<Object::Entry>::iterator Object::begin() { return entries_.begin(); }
std::vector<Object::Entry>::iterator Object::end() { return entries_.end(); }
bool Object::operator==(const Object& other) const { return entries_ == other.entries_; }

const List* Value::list() const {
  const SharedList* list = std::get_if<SharedList>(&held);
  return list ? list->get() : nullptr;
}

const Object* Value::object() const {
  const SharedObject* object = std::get_if<SharedObject>(&held);
  return object ? object->get() : nullptr;
}

bool Value::operator==(const Value& other) const {
  return std::visit(
      Overloaded{
          [](std::int64_t left, double right) { return same_number(left, right); },
          [](double left, std::int64_t right) { return same_number(right, left); },
          [](const SharedList& left, const SharedList& right) { return left == right || *left == *right; },
          [](const SharedObject& left, const SharedObject& right) { return left == right || *left == *right; },
          [](const Instance& left, const Instance& right) {
            return left.entity == right.entity ||
                   (left.entity && right.entity && left.entity->address() == right.entity->address());
          },
          []<typename Left, typename Right>(const Left& left, const Right& right) {
            if constexpr (std::is_same_v<Left, Right>) {
              return left == right;
            } else {
              return false;
            }
          },
      },
      held, other.held);
}

bool Hole::operator==(const Hole& other) const {
  if (unknown == other.unknown) return true;
  if (!unknown || !other.unknown) return false;
  return unknown->address == other.unknown->address && unknown->attribute == other.unknown->attribute &&
         unknown->function == other.unknown->function && unknown->arguments == other.unknown->arguments;
}

bool contains_hole(const Value& value) {
  return anywhere(value, [](const Value& inner) { return inner.is_hole(); });
}

bool contains_poison(const Value& value) {
  return anywhere(value, [](const Value& inner) { return inner.is_poison(); });
}

bool contains_secret(const Value& value) {
  return anywhere(value, [](const Value& inner) { return inner.secret; });
}

}  // namespace nmx
