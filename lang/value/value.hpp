#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lang/value/type.hpp"

namespace nmx {

class Value;

struct Null {
  bool operator==(const Null&) const = default;
};
/// Stands where an error was already told; whoever meets it stays silent. Never enters a plan.
struct Poison {
  bool operator==(const Poison&) const = default;
};
/// A number of bytes, never negative when it comes from a literal.
struct Bytes {
  std::int64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};
struct Duration {
  std::int64_t milliseconds = 0;
  auto operator<=>(const Duration&) const = default;
};
/// Nix code, placed into generated files as it is.
struct Nix {
  std::string text;
  bool operator==(const Nix&) const = default;
};

using List = std::vector<Value>;

/// String keys to values in byte order of the keys; a flat sorted vector.
class Object {
 public:
  using Entry = std::pair<std::string, Value>;
  Object() = default;
  Object(std::initializer_list<Entry> entries);
  /// Sorts; of equal keys the last one stays.
  static Object from(std::vector<Entry> entries);

  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  /// Null where the key is absent.
  const Value& at_or_null(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  void set(std::string key, Value value);
  bool erase(std::string_view key);
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  std::vector<Entry>::const_iterator begin() const;
  std::vector<Entry>::const_iterator end() const;
  std::vector<Entry>::iterator begin();
  std::vector<Entry>::iterator end();
  bool operator==(const Object& other) const;

 private:
  std::vector<Entry> entries_;
};

/// A block seen as a value: an instance of a kind, a resource, a nested block. The evaluator owns it and evaluates its
/// attributes when they are asked for; as a value it is only compared and passed on.
class Entity {
 public:
  virtual ~Entity() = default;
  /// `container.media`, unique in a run.
  virtual std::string address() const = 0;
  /// What `kindof` answers: `container`, `service`, `resource` …
  virtual std::string kind() const = 0;
  /// Which of a family it is: `postgresql` of a `service`; empty where the kind has no members.
  virtual std::string member() const { return {}; }
};
struct Instance {
  const Entity* entity = nullptr;
  /// Nothing more is known of it than its family: it shows what the family declares.
  bool by_family = false;
  bool operator==(const Instance& other) const { return entity == other.entity; }
};

struct Unknown;
/// Known only after apply. The unknown is shared by all values that were computed from it and is never changed.
struct Hole {
  std::shared_ptr<const Unknown> unknown;
  bool operator==(const Hole& other) const;
};

/// Anything the language computes with. Lists and objects are immutable and shared between copies; a change copies.
class Value {
 public:
  using SharedList = std::shared_ptr<const List>;      // shared by every copy of the value
  using SharedObject = std::shared_ptr<const Object>;  // likewise
  using Held = std::variant<Null, Poison, bool, std::int64_t, double, Bytes, Duration, std::string, SharedList,
                            SharedObject, Nix, Instance, Hole>;

  Value() = default;
  Value(Null) {}
  Value(Poison) : held(Poison{}) {}
  Value(bool boolean) : held(boolean) {}
  Value(std::int64_t integer) : held(integer) {}
  Value(int integer) : held(std::int64_t{integer}) {}
  Value(double number) : held(number) {}
  Value(Bytes bytes) : held(bytes) {}
  Value(Duration duration) : held(duration) {}
  Value(std::string text) : held(std::move(text)) {}
  Value(std::string_view text) : held(std::string(text)) {}
  Value(const char* text) : held(std::string(text)) {}
  Value(List list) : held(std::make_shared<const List>(std::move(list))) {}
  Value(Object object) : held(std::make_shared<const Object>(std::move(object))) {}
  Value(Nix nix) : held(std::move(nix)) {}
  Value(Instance instance) : held(instance) {}
  Value(Hole hole) : held(std::move(hole)) {}

  Held held;
  /// Never shown, never stored in the clear. Spreads: whatever is computed from a secret is secret.
  bool secret = false;

  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(held);
  }
  bool is_null() const { return is<Null>(); }
  bool is_poison() const { return is<Poison>(); }
  bool is_hole() const { return is<Hole>(); }
  bool is_list() const { return is<SharedList>(); }
  bool is_object() const { return is<SharedObject>(); }
  bool is_string() const { return is<std::string>(); }
  bool is_number() const { return is<std::int64_t>() || is<double>(); }

  /// Null pointers where the value is something else.
  const std::string* string() const { return std::get_if<std::string>(&held); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&held); }
  const bool* boolean() const { return std::get_if<bool>(&held); }
  const List* list() const;
  const Object* object() const;

  /// By meaning: 1 and 1.0 are equal, secrecy does not count, instances by address.
  bool operator==(const Value& other) const;

  Value as_secret() const& {
    Value copy = *this;
    copy.secret = true;
    return copy;
  }
};

/// What stands behind a hole: an attribute that only apply learns, or a pure function of values that hold such holes.
struct Unknown {
  /// The object and attribute, `container.media.lxc` and `volume`; empty address for a computed one.
  std::string address;
  std::string attribute;
  /// Who decides it: `Proxmox`.
  std::string decider;
  /// The operator or function (`operators.hpp`, `function.hpp`) to call once the arguments are known; empty for a
  /// source.
  std::string function;
  std::vector<Value> arguments;
  Type type;
};

/// Whether a hole (or poison) stands anywhere inside.
bool contains_hole(const Value& value);
bool contains_poison(const Value& value);
bool contains_secret(const Value& value);

/// `string`, `list`, `bytes` … as users write types; for messages.
std::string type_name(const Value& value);
/// One line for messages and plans, cut at `limit` characters; secrets are `(secret)`, holes `⟨from …⟩`.
std::string display(const Value& value, std::size_t limit = 80);

}  // namespace nmx
