#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lang/config/configuration.hpp"
#include "lang/config/evaluate.hpp"
#include "lang/config/trace.hpp"

namespace nmx {

/// One value, computed when it is first asked for.
struct Slot {
  enum class State : std::uint8_t { empty, running, done } state = State::empty;
  Value value;
  /// What computing it read; null pointer: no resource.
  const Trace* trace = nullptr;
};

/// What a block declaration came to, in one place: its instances by key (one without a key where there is no
/// `for_each`).
struct Expansion {
  enum class State : std::uint8_t { empty, running, done } state = State::empty;
  bool has_for_each = false;
  /// Its `when` is false.
  bool absent = false;
  bool broken = false;
  std::vector<std::pair<std::string, Node*>> nodes;
  const Trace* trace = nullptr;
};

/// Something that a block made: a module, an instance of a kind, a resource, a nested block. All are kept by the
/// evaluator.
struct Node : Entity {
  enum class Role { module, instance, resource, nested, provider } role = Role::module;
  /// The module or instance in whose text the block stands; null pointer for the root module.
  Node* home = nullptr;
  const BlockDeclaration* block = nullptr;
  /// Of an instance. Of a nested block: that of the instance it belongs to.
  const Kind* definition = nullptr;
  const ModuleDeclaration* module = nullptr;
  /// Of a nested block: what it takes, and the definition's own block of the same label under the user's.
  const Shape* shape = nullptr;
  const BlockDeclaration* given = nullptr;
  /// Of a nested block: the instance it belongs to, and the `each` that it stands in.
  Node* owner = nullptr;
  const Node* outer_each = nullptr;

  std::string name;
  Address place;
  std::optional<std::string> each_key;
  Value each_value;
  std::size_t ordinal = 0;

  /// Inputs (instance, nested) or variables (module), by position; locals and outputs of module and instance.
  std::vector<Slot> inputs, locals, outputs;
  /// Attributes of a resource, settings of a provider, by name.
  std::unordered_map<std::string, Slot> attributes;
  std::unordered_map<const BlockDeclaration*, Expansion> expansions;
  std::unordered_map<std::string, Slot> nested;
  std::unique_ptr<ResourceInstance> resource;
  std::unique_ptr<ResourceConfiguration> configuration;
  /// Of a resource that is configured: what that read, and the resources it needs.
  std::vector<Read> reads;
  std::vector<const Node*> needs;

  std::string address() const override { return to_string(place); }
  std::string kind() const override;
  std::string member() const override { return definition == nullptr ? std::string() : definition->member; }
  const Contents& contents() const { return role == Role::module ? module->contents : definition->contents; }
  /// The module or instance in whose text the block's attributes stand.
  Node* text_home() const { return home; }
  /// The block that the user wrote and through which this came to be.
  const Node& written() const;
};

}  // namespace nmx
