#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lang/config/address.hpp"
#include "lang/config/interface.hpp"
#include "lang/config/loader.hpp"
#include "lang/diagnostics/diagnostic.hpp"
#include "lang/value/function.hpp"
#include "lang/value/value.hpp"

namespace nmx {

/// `lifecycle { … }` of a block.
struct Lifecycle {
  bool protect = false;
  bool create_before_destroy = false;
  std::vector<std::string> ignore_changes;
  /// Evaluated; a change of any of them replaces the object.
  std::vector<Value> replace_when;
};
/// `timeouts { … }` of a block, in milliseconds.
struct Timeouts {
  std::optional<std::int64_t> create, update, destroy;
};

/// One resource that the configuration asks for: found by `instantiate`, its attributes evaluated later.
struct ResourceInstance {
  Address address;
  std::string type;
  /// The `provider` block that serves it: `proxmox`, `proxmox.attic`; for a provider made inside a definition its
  /// address.
  std::string provider;
  /// The resource block itself.
  Span block;
  /// The user's own block through which it came to be (the same where the user wrote the resource): plans group by it.
  Address owner;
  std::string owner_title;  // `container media`
  Span owner_span;
  /// Its natural order in the text, for stable output.
  std::size_t ordinal = 0;
};

/// A value that was passed on the way from one resource to another that it needs: `local.zone`, `site.home.domain`.
struct ReferenceStep {
  std::string text;
  /// Where it is declared.
  Span span;
};

/// What a resource block came to.
struct ResourceConfiguration {
  /// Converted to the interface's types, fallbacks filled in, nulls left out; may hold holes.
  Object attributes;
  /// Where each attribute was set; for defaults of a definition the user's block.
  std::map<std::string, Span> places;
  /// Other resources that evaluation read, and `depends_on`.
  std::vector<Address> dependencies;
  /// Attributes that come from another resource, directly or through other values (`Evaluator::chain` says how).
  std::set<std::string, std::less<>> linked;
  Lifecycle lifecycle;
  Timeouts timeouts;
};

/// Answers for what the language itself cannot know of resources. The planner implements it.
class ResourceHost {
 public:
  virtual ~ResourceHost() = default;
  /// Null pointer: no provider has such a type.
  virtual const Interface* interface(std::string_view type) const = 0;
  virtual std::vector<std::string> types() const = 0;
  /// The provider that serves a type, by the table of types: `value` → `nmx`.
  virtual std::string provider_of(std::string_view type) const = 0;
  /// A computed attribute that the configuration did not set: from state, decided now, or a hole.
  virtual Value computed(const ResourceInstance& resource, const InterfaceAttribute& attribute) = 0;
  /// What `computed` answers now may be another value later: what is made of it is not kept.
  virtual bool is_provisional() const { return false; }
  /// The attributes of a provider block; null pointer: no such provider.
  virtual const Interface* provider_interface(std::string_view provider) const = 0;
};

/// A `provider` block with its settings evaluated.
struct ProviderInstance {
  std::string name;      // as in ResourceInstance::provider
  std::string provider;  // `proxmox`
  Span block;
  Object settings;
  std::map<std::string, Span> places;
  std::vector<Address> dependencies;
  /// No block says so: something uses it, and it needs no setting.
  bool assumed = false;
};

/// The `state` block with its settings evaluated.
struct StateSettings {
  /// Where the block is; empty: there is none.
  std::optional<Span> block;
  Object settings;
  std::map<std::string, Span> places;
};

struct OutputValue {
  std::string name;
  Value value;
  std::string doc;
  Span block;
};

/// Evaluates a configuration, lazily, by attribute, and records what each evaluation touched. Everything it is asked
/// for is computed once. Mistakes go to the diagnostics given at construction, each once.
class Evaluator {
 public:
  Evaluator(const Configuration& configuration, ResourceHost& host, Inputs& inputs, Diagnostics& diagnostics);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// How much may be computed before it is an error that this takes too long; one is about one expression. Without this
  /// it is more than any site needs, and some seconds.
  void limit_work(std::size_t most);

  /// Expands modules, kinds, `when` and `for_each`: every resource there is, by address.
  const std::vector<ResourceInstance>& instantiate();
  /// Null pointer: no such resource (after `instantiate`).
  const ResourceInstance* find(const Address& address) const;
  /// The attributes of one resource.
  const ResourceConfiguration& configuration(const ResourceInstance& resource);
  /// How a resource came to need another: the values passed on the shortest way, its own attribute first. Empty where
  /// nothing is passed (`depends_on` names it) and where it does not need it.
  std::vector<ReferenceStep> chain(const ResourceInstance& resource, const Address& needed);
  /// Every provider block, and one with empty settings for each provider that is used without a block.
  const std::vector<ProviderInstance>& providers();
  /// Evaluates the settings of a provider block again, where what they read was provisional.
  void settle_provider(const std::string& name);
  /// The `state` block's settings, which may use nothing that a state is needed for.
  StateSettings state_settings(const Interface& interface);
  /// The root module's outputs by name.
  std::vector<OutputValue> outputs();
  /// Variables' and kinds' `validate`, `check`, `unique`, and every attribute that nothing else asked for, so that its
  /// mistakes are found.
  void check_all();
  /// One expression in the root module's scope (`nmx console`, `-target` patterns).
  Value evaluate(const ast::Expression& expression);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nmx
